"""A round of probes as it runs: queued, taken by a worker, fetched over HTTP, stored in a file."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

from tests.hostile import answer, serving
from tests.processes import running, wait_until
from tests.servers import redis_server

FLOWS = ("Gateway to student-app", "student-app to DNS", "student-app to redis")
ROOT = Path(__file__).parents[3]


def test_a_worker_on_the_probes_queue_stores_what_it_sees(tmp_path: Path) -> None:
    """Beat's task, a real Redis, a real worker, a real HTTP server and a database file."""
    database = tmp_path / "db.sqlite3"
    with ExitStack() as stack:
        server = stack.enter_context(serving(answer(b'{"redis": "connected"}')))
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{database}",
            "REDIS_URL": stack.enter_context(redis_server()),
            "PROBE_GATEWAY": server.url,
            "PROBE_VANTAGE": "classroom",
            "DEBUG": "1",
        }
        celery = [sys.executable, "-m", "celery", "--app", "config"]
        manage = [sys.executable, "manage.py"]

        def command(*arguments: str, given: str = "") -> None:
            subprocess.run(arguments, cwd=ROOT, env=environment, input=given, text=True, check=True)

        command(*manage, "migrate", "--verbosity", "0")
        command(*manage, "loaddata", "--format", "json", "-", given=fixture("ada", "Grace-H"))
        worker = ("worker", "--queues", "probes", "--pool", "solo", "--loglevel", "warning")
        stack.enter_context(running([*celery, *worker], cwd=ROOT, env=environment))
        command(*celery, "call", "dashboard.tasks.probe_class", "--queue", "probes")
        wait_until(lambda: len(stored(database)) == 18, "observations")
    assert {row for row in stored(database) if row[1] == "health"} == {
        (student, "health", flow, "reached", "classroom")
        for student in ("ada", "Grace-H")
        for flow in FLOWS
    }


def fixture(*students: str) -> str:
    """The namespaces of these students, as Django loads data."""
    return json.dumps(
        [
            {
                "model": "dashboard.namespace",
                "fields": {
                    "name": f"student-{student.lower()}-dev",
                    "student": student,
                    "environment": "dev",
                    "first_seen": "2026-03-03T12:00:00Z",
                    "last_seen": "2026-03-03T12:00:00Z",
                },
            }
            for student in students
        ]
    )


def stored(database: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(
            "SELECT student, method, flow, outcome, vantage FROM dashboard_observation o"
            " JOIN dashboard_namespace n ON n.id = o.namespace_id WHERE is_open"
        ).fetchall()
