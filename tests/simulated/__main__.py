"""A class at work for hours, polled all the while, and its history compared with what it did.

`python -m tests.simulated [STUDENTS] [MINUTES] [SEED]`: prints each difference, what was
recorded, and how long a poll took. Students work at random and their pods restart; see
`tests/simulated`.
"""

import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

BEGIN = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
EVERY = timedelta(seconds=30)


def main(students: int = 200, minutes: int = 180, seed: int = 1) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'db.sqlite3'}"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        return _measured(students, minutes, seed, folder)


def _measured(students: int, minutes: int, seed: int, folder: Path) -> int:
    # Models exist only once Django is set up.
    from django.core.management import call_command  # noqa: PLC0415

    from dashboard.models import Incident, PodState, Snapshot, StepReached  # noqa: PLC0415
    from demo.programs import format_kubeconfig  # noqa: PLC0415
    from tests.simulated.compare import differences  # noqa: PLC0415
    from tests.simulated.room import room  # noqa: PLC0415
    from tests.simulated.watching import polls, watch  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    config = folder / "kubeconfig"
    config.write_text(format_kubeconfig("http://127.0.0.1:1"))  # nobody is asked
    classroom = room(seed, students, BEGIN, minutes)
    moments = polls(seed, BEGIN, classroom.start, EVERY)
    began = time.monotonic()
    watch(classroom, moments, str(config), seed)
    took = time.monotonic() - began
    found = differences(classroom, moments)
    print(*found, sep="\n")
    print(
        f"{students} students, {minutes} minutes, {len(moments)} polls of {EVERY.seconds} s, "
        f"seed {seed}: {took:.0f} s, {took / len(moments):.2f} s a poll"
    )
    for model in (Snapshot, StepReached, Incident, PodState):
        print(f"{model.objects.count():7} {model._meta.verbose_name_plural}")  # noqa: SLF001
    print(f"{(folder / 'db.sqlite3').stat().st_size / 1e6:7.1f} MB")
    print(f"{len(found):7} differences from the simulator's log")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
