"""How much a class leaves behind: some namespaces for some days, extrapolated to 1,000 for 8 weeks.

`python -m bench.retention [NAMESPACES [DAYS]]` lets a simulated class do its labs through the real
`polling.record`, `probing.keep` and diagnoses, into an SQLite file of its own, and measures each
table with its indexes by `dbstat`: as recorded, with `tasks.fold` at the end of each day, and
after `manage.py prune` of all but the last day. Rounds that would find nothing new only extend rows
and are left out.

What is assumed of a namespace and a week, by the demo's stories of right and wrong (`bench.weeks`):

- two sessions of two hours, in each a story from its beginning, mistakes included; pods that are
  cut off go unready and restart while a policy does that, be it until the next session;
- every second student calls policies by names of their own, and shares no assessment with others;
- three rollouts of the app, with new pods;
- in one of 40 namespaces the app crashes for ever: ready for a minute, then down for up to five;
- URLs are visited each minute; one of 5,000 visits fails, and the next does not;
- two of three namespaces have probers inside.
"""

import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

if TYPE_CHECKING:
    from bench.recording import Sizes

CLASS, WEEKS = 1_000, 8


def main(namespaces: int = 40, days: int = 7) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'class.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PROBE_SECONDS": "600",
        }
        django.setup()
        call_command("migrate", verbosity=0)
        # Models exist only once Django is set up.
        from bench.recording import fold, prune, simulate, sizes  # noqa: PLC0415

        begun = time.monotonic()
        simulate(namespaces, timedelta(days=days))
        weeks = namespaces * days / 7
        print(f"{namespaces} namespaces, {days} days, {time.monotonic() - begun:.0f} s")
        show("as recorded", sizes(), weeks)
        fold(days)
        show("with what flaps folded each day", sizes(), weeks)
        prune(days)
        show("after pruning all but the last day", sizes(), weeks)


def show(title: str, found: "Sizes", weeks: float) -> None:
    times = CLASS * WEEKS / weeks / 1e6
    print(f"\n{title}")
    print(f"{'table':<18}{'rows':>9}{'bytes each':>12}{'a namespace-week':>18}{'MB of all':>11}")
    for table, (count, size) in sorted(found.items(), key=lambda each: -each[1][1]):
        print(
            f"{table:<18}{count:>9}{size / count:>12.0f}{count / weeks:>18.1f}{size * times:>11.1f}"
        )
    print(f"{'together':<57}{sum(size for _, size in found.values()) * times:>11.1f}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
