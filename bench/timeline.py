"""What does the timeline of somebody who changes much cost?

`python -m bench.timeline`: one namespace with 300 changes in four hours and 1,000 looks, as many as
a page draws, in a database in memory; its page through the test client. Prints milliseconds of CPU,
and kilobytes.
"""

import gzip
import os
import time
import warnings
from datetime import timedelta
from random import Random
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHANGES, LOOKS, REQUESTS = 300, 1000, 9
HOURS = 4
FIGURE = '<script id="timeline-figure" type="application/json">'


def main() -> None:
    os.environ |= {"DATABASE_URL": "sqlite://:memory:", "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    settings.STORAGES |= {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    warnings.filterwarnings("ignore", "No directory at")  # of collected static files
    django.setup()
    call_command("migrate", verbosity=0)
    measure()


def measure() -> None:
    from django.test import Client  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(fill())
    worked = []
    for _ in range(REQUESTS):
        begin = time.process_time()
        page = client.get("/n/student-ada-dev/", {"hours": "6"}).content
        worked.append(1000 * (time.process_time() - begin))
    figure = page.decode().split(FIGURE)[1].split("</script>")[0].encode()
    print(f"page: CPU {median(worked):.0f} ms (least {min(worked):.0f}), {kilobytes(page)}")
    print(f"its timeline's figure: {kilobytes(figure)}")


def kilobytes(text: bytes) -> str:
    return f"{len(text) / 1000:.0f} KB, gzipped {len(gzip.compress(text, 6)) / 1000:.0f}"


def fill() -> "User":
    """Any policies of the solution, at each change others."""
    from django.utils import timezone  # noqa: PLC0415

    from dashboard.active_lab import active_lab  # noqa: PLC0415
    from dashboard.models import Observation  # noqa: PLC0415
    from tests import make  # noqa: PLC0415
    from tests.netpol.mistakes import solution  # noqa: PLC0415

    chance, user = Random(1), make.user()
    began = timezone.now() - timedelta(hours=HOURS)
    step = timedelta(hours=HOURS) / CHANGES
    namespace = make.namespace(first_seen=began, last_seen=timezone.now())
    for number in range(CHANGES + 1):
        policies = [each for each in solution() if chance.random() < 0.8]
        since = began + number * step
        until = min(since + step, timezone.now())
        make.snapshot(
            namespace, *policies, first_seen=since, last_seen=until, is_open=number == CHANGES
        )
    flows = [flow.name for flow in active_lab().flows]
    Observation.objects.bulk_create(
        Observation(
            namespace=namespace,
            flow=flows[number % len(flows)],
            method="health",
            vantage="outside",
            outcome=chance.choice(["reached", "blocked"]),
            first_seen=(since := began + number * timedelta(hours=HOURS) / LOOKS),
            last_seen=since + timedelta(minutes=chance.randrange(5)),
            is_open=False,
        )
        for number in range(LOOKS)
    )
    return user


if __name__ == "__main__":
    main()
