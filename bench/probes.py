"""How old is what is known of students whose URLs answer, while those of a third hang?

`python -m bench.probes [STUDENTS] [MINUTES] [PROCESSES]`: real Redis, Celery's beat and workers,
a database file, and HTTP on loopback. Prints the ages of the newest looks, in seconds.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.hanging import hangs
from tests.processes import running
from tests.servers import free_port, redis_server

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = 5.0
NEWEST = """SELECT n.student, max(o.last_seen) FROM dashboard_observation o
            JOIN dashboard_namespace n ON n.id = o.namespace_id
            WHERE o.method = 'visits' GROUP BY n.student"""


def main(students: int = 1000, minutes: float = 5, processes: int = 2) -> None:
    logins = [f"student-{number}" for number in range(students)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database, port = folder / "db.sqlite3", free_port()
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{database}",
            "REDIS_URL": stack.enter_context(redis_server()),
            "PROBE_GATEWAY": f"http://127.0.0.1:{port}",
            "PROBE_SECONDS": "60",
            "LOG_LEVEL": "WARNING",
        }

        def start(*command: str) -> None:
            program = [sys.executable, "-m", *command]
            stack.enter_context(running(program, cwd=ROOT, env=environment))

        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        load = [*manage, "loaddata", "-v0", "--format", "json", "-"]
        given = "".join(fixture(logins))
        subprocess.run(load, cwd=ROOT, env=environment, input=given, text=True, check=True)
        start("bench.hanging", f"{port}")
        celery = ("celery", "--app", "config")
        for number in range(processes):
            name = f"probes{number}@%h"
            start(
                *celery, "worker", "--queues", "polls,probes", "--hostname", name,
                "--concurrency", "1", "--without-gossip", "--without-mingle",
                "--loglevel", "warning",
            )  # fmt: skip
        start(*celery, "beat", "--schedule", f"{folder / 'beat'}", "--pidfile=", "-l", "warning")
        # Beat lets a whole period pass before its first round.
        call = [sys.executable, "-m", *celery, "call", "dashboard.tasks.probe_class"]
        subprocess.run([*call, "--queue", "probes"], cwd=ROOT, env=environment, check=True)
        watch(database, logins, minutes)


def fixture(logins: list[str]) -> Iterator[str]:
    now = f"{datetime.now(UTC):%FT%TZ}"
    rows = [
        {
            "model": "dashboard.namespace",
            "fields": {
                "name": f"student-{login}-dev",
                "student": login,
                "environment": "dev",
                "first_seen": now,
                "last_seen": now,
            },
        }
        for login in logins
    ]
    yield json.dumps(rows)


def watch(database: Path, logins: list[str], minutes: float) -> None:
    """A line for each sample; who was never seen counts from the beginning."""
    began, worst = datetime.now(UTC), 0.0
    answering = {login for login in logins if not hangs(login)}
    print(f"{len(logins)} students, {len(logins) - len(answering)} of them hanging", flush=True)
    while (passed := (datetime.now(UTC) - began).total_seconds()) < 60 * minutes:
        time.sleep(SAMPLE)
        seen, now = newest(database), datetime.now(UTC)
        ages = [(now - seen.get(login, began)).total_seconds() for login in answering]
        worst = max(worst, *ages)
        print(
            f"{passed:6.0f} s  seen {len(answering & seen.keys())}  "
            f"age median {median(ages):5.1f}  oldest {max(ages):5.1f}",
            flush=True,
        )
    print(f"oldest of those who answer: {worst:.0f} s")


def newest(database: Path) -> dict[str, datetime]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(NEWEST).fetchall()
    return {login: datetime.fromisoformat(seen).replace(tzinfo=UTC) for login, seen in rows}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
