"""What does the class board cost, by the size of the class?

`python -m bench.board [STUDENTS …]`: for each size a process and a database file of its own, with
three hours of a class in the middle of the lab, and requests through the ASGI application. Prints
milliseconds, kilobytes and queries. With one size and DATABASE_URL, that database is measured, and
filled before if it is empty.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import warnings
from importlib import import_module
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SIZES = ("250", "500", "1000")
REQUESTS = 15
ADDRESSES = ("/", "/?page=7", "/?need=stuck", "/?projector=1", "/?section=Section+1")
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def main(sizes: list[str]) -> None:
    if len(sizes) == 1 and os.environ.get("DATABASE_URL"):
        measure(int(sizes[0]))
        return
    for size in sizes or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            database = {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
            command = [sys.executable, "-m", "bench.board", size]
            subprocess.run(command, env=os.environ | database, check=True)


def measure(students: int) -> None:
    # Only now does the environment name the database.
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    settings.STORAGES |= PLAIN
    warnings.filterwarnings("ignore", "No directory at")  # of collected static files
    django.setup()
    call_command("migrate", verbosity=0)
    import_module("config.asgi")  # as a server sets the process up

    from bench import midlab  # noqa: PLC0415

    if midlab.is_empty():
        midlab.fill(students)
    midlab.freshen()
    for address in ADDRESSES:
        print(f"{students:5} {address:14}", measured(midlab.instructor(), address), flush=True)


def measured(user: "User", address: str) -> str:
    from django.db import connection  # noqa: PLC0415
    from django.test import AsyncClient, Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client, plain = AsyncClient(), Client()
    for each in (client, plain):
        each.force_login(user)
    with CaptureQueriesContext(connection) as queries:
        content = plain.get(address).content
    spent, worked = [], []
    with asyncio.Runner() as runner:
        for _ in range(REQUESTS):
            begin, work = time.perf_counter(), time.process_time()
            answer = runner.run(asked(client, address))
            spent.append(1000 * (time.perf_counter() - begin))
            worked.append(1000 * (time.process_time() - work))
    return (
        f"median {median(spent):6.1f} ms, of it CPU {median(worked):6.1f} ms"
        f" (least {min(worked):.1f}), {len(answer.content) / 1000:6.1f} KB gzipped,"
        f" {len(content) / 1000:7.1f} KB plain, {len(queries)} queries"
    )


async def asked(client: Any, address: str) -> Any:
    answer = await client.get(address, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200, answer.status_code
    return answer


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("ALLOWED_HOSTS", "testserver")
    main(sys.argv[1:])
