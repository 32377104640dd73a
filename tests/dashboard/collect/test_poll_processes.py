"""Polls as they run on a server: several at once, and killed in the middle."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests import make
from tests.apiserver import NAMESPACES, PODS, POLICIES, ApiServer
from tests.processes import PATIENCE, running, wait_until
from tests.servers import needs_postgresql, postgresql_server, redis_server

ROOT = Path(__file__).parents[3]
MANAGE = [sys.executable, "manage.py"]
CELERY = [sys.executable, "-m", "celery", "--app", "config"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'db.sqlite3'}"
        return
    with postgresql_server() as url:
        yield url


def environment(database: str, config: str, **more: str) -> dict[str, str]:
    ours = {"DATABASE_URL": database, "KUBECONFIG": config, "DEBUG": "1"}
    return {**os.environ, **ours, **more}


def migrate(surroundings: dict[str, str]) -> None:
    command = [*MANAGE, "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=surroundings, check=True)


ENDED = "heartbeat WHERE finished_at >= started_at"


def number_of(what: str, database: str) -> int:
    kind, _, rest = database.partition("://")
    connect = (
        sqlite3.connect(rest.removeprefix("/")) if kind == "sqlite" else psycopg.connect(database)
    )
    with closing(connect) as connection:
        rows = connection.execute(f"SELECT count(*) FROM dashboard_{what}").fetchall()
        return int(rows[0][0]) if rows else 0


def enrol(server: ApiServer, students: int) -> None:
    """A class whose namespaces each hold one policy and one pod."""
    for number in range(students):
        name = f"student-s{number}-dev"
        server.add(NAMESPACES, make.namespace_manifest(name))
        server.add(PODS, make.pod_manifest(namespace=name))
        server.add(POLICIES, make.policy(namespace=name))


def test_two_polls_at_once_add_one_snapshot(server: ApiServer, config: str, database: str) -> None:
    enrol(server, 30)
    surroundings = environment(database, config)
    migrate(surroundings)
    for round_, policies in enumerate([["default-deny-all"], ["default-deny-all", "another"]], 1):
        server.objects[POLICIES] = [
            make.policy(policy, f"student-s{number}-dev")
            for number in range(30)
            for policy in policies
        ]
        # Both have read the whole class before either goes on.
        server.together = {NAMESPACES: threading.Barrier(2)}
        poll = running([*MANAGE, "poll"], cwd=ROOT, env=surroundings, stderr=subprocess.DEVNULL)
        again = running([*MANAGE, "poll"], cwd=ROOT, env=surroundings, stderr=subprocess.DEVNULL)
        with poll as first, again as second:
            assert [each.wait(PATIENCE) for each in (first, second)] == [0, 0]
        assert number_of("snapshot", database) == 30 * round_
        assert number_of("snapshot WHERE is_open", database) == 30
        assert number_of("podstate", database) == 30


@contextmanager
def worker(surroundings: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    command = [
        *CELERY,
        "worker",
        "--queues",
        "polls",
        "--concurrency",
        "1",
        "--loglevel",
        "warning",
    ]
    with running(command, cwd=ROOT, env=surroundings) as process:
        yield process


def call(surroundings: dict[str, str]) -> None:
    command = [*CELERY, "call", "dashboard.tasks.poll", "--queue", "polls"]
    subprocess.run(command, cwd=ROOT, env=surroundings, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def held(database: str, namespace: str) -> Iterator[None]:
    """Nobody can end the open snapshot of this namespace until the block ends."""
    with psycopg.connect(database) as connection:
        connection.execute(
            "SELECT FROM dashboard_snapshot WHERE is_open AND namespace_id ="
            " (SELECT id FROM dashboard_namespace WHERE name = %s) FOR UPDATE",
            [namespace],
        )
        yield


def kill_child(of: "subprocess.Popen[bytes]") -> None:
    children = Path(f"/proc/{of.pid}/task/{of.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)


def kill_all(of: "subprocess.Popen[bytes]") -> None:
    kill_child(of)
    of.kill()
    of.wait()


@needs_postgresql
@pytest.mark.parametrize("kill", [kill_child, kill_all])
def test_a_worker_that_is_killed_while_it_records_leaves_everything_once(
    server: ApiServer, config: str, kill: Callable[["subprocess.Popen[bytes]"], None]
) -> None:
    """A child that dies is replaced, and its task comes back; else it is for beat to ask again."""
    students = 40
    enrol(server, students)
    with ExitStack() as stack:
        database = stack.enter_context(postgresql_server())
        redis = stack.enter_context(redis_server())
        surroundings = environment(database, config, REDIS_URL=redis)
        migrate(surroundings)
        first = stack.enter_context(worker(surroundings))
        call(surroundings)
        wait_until(lambda: number_of(ENDED, database), "a poll")
        server.objects[POLICIES] = [
            make.policy("another", f"student-s{number}-dev") for number in range(students)
        ]
        with held(database, f"student-s{students // 2}-dev"):
            call(surroundings)
            wait_until(lambda: number_of("snapshot", database) > students, "the first new states")
            kill(first)
            assert number_of("snapshot", database) < 2 * students
        if kill is kill_all:
            stack.enter_context(worker(surroundings))
            call(surroundings)
        whole = f"snapshot HAVING count(*) >= {2 * students}"
        wait_until(lambda: number_of(whole, database), "every new state")
        assert number_of("snapshot", database) == 2 * students
        assert number_of("snapshot WHERE is_open", database) == students
        assert number_of("podstate", database) == students
        assert number_of("stepreached", database) == students
