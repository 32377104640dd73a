"""`python -m demo` as a user starts it: real processes, real Redis, real HTTP."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from demo.options import open_socket
from tests.processes import PATIENCE, list_processes, running, wait_until
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
OWN = "student-amara-o-dev"
ANOTHERS = "student-bruno-dev-dev"


@dataclass(frozen=True, slots=True)
class Demo:
    process: subprocess.Popen[bytes]
    port: int
    said: list[str]
    groups: frozenset[int]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, follow_redirects=True, trust_env=False, timeout=PATIENCE
        )

    @contextmanager
    def signed_in(self, user: str) -> Iterator[httpx.Client]:
        with self.client() as client:
            assert client.post("/demo/sign-in/", data={"user": user}).status_code == 200
            yield client

    def rows(self, query: str, *values: str) -> list[tuple[int]]:
        database = ROOT / "var" / "demo" / str(self.port) / "db.sqlite3"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def left(self) -> dict[int, str]:
        """What still runs of the processes that it started, and that they started."""
        return {each.id: each.name for each in list_processes() if each.group in self.groups}

    def has_its_pool(self) -> bool:
        """Redis, three servers, the worker; below it beat and four that work."""
        return len(self.left()) == 10

    def ended(self) -> list[str]:
        """What it said since it was ready, once it has ended."""
        output, _ = self.process.communicate(timeout=PATIENCE)
        return output.decode().splitlines()


def start_demo(port: int, **more: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=os.environ | {"PORT": str(port), "STUDENTS": "6"} | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@contextmanager
def started() -> Iterator[Demo]:
    port = free_port()
    with start_demo(port) as begun:
        said: list[str] = []
        assert begun.stdout
        for line in begun.stdout:
            said.append(line.decode().rstrip())
            if said[-1].startswith("READY"):
                break
        assert said[-1] == f"READY http://127.0.0.1:{port}/", "\n".join(said)
        groups = frozenset(each.group for each in list_processes() if each.parent == begun.pid)
        with begun.stdout:
            yield Demo(begun, port, said, groups)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with started() as found:
        yield found


def test_it_says_what_it_does_until_it_is_ready(demo: Demo) -> None:
    assert demo.said[0].startswith("Setting up a class of 6")
    assert "  the past three hours of the class" in demo.said


def test_an_instructor_sees_the_class_and_its_past(demo: Demo) -> None:
    with demo.signed_in("instructor") as client:
        board = client.get("/").text
        for login in ("amara-o", "bruno-dev", "Chen-Li", "dalia88", "emeka-n", "Freya-S"):
            assert login in board
        assert "simulated on this machine" in board
        assert client.get("/system/").status_code == 200
        assert client.get(f"/n/{ANOTHERS}/").status_code == 200
    for table in ("snapshot", "observation", "podstate"):
        ((count,),) = demo.rows(f"SELECT count(*) FROM dashboard_{table} WHERE NOT is_open")
        assert count > 10, table


def test_a_student_sees_their_own_namespace_and_nobody_elses(demo: Demo) -> None:
    with demo.signed_in("amara-o") as client:
        assert client.get(f"/n/{OWN}/").status_code == 200
        assert client.get(f"/n/{ANOTHERS}/").status_code == 404


def test_the_sign_in_page_offers_everybody(demo: Demo) -> None:
    with demo.client() as client:
        page = client.get("/").text
    offered = re.findall(r'name="user" value="([^"]+)"', page)
    assert offered[:3] == ["instructor", "amara-o", "bruno-dev"]
    assert len(offered) == 7


def test_one_click_is_for_those_who_are_there(demo: Demo) -> None:
    with demo.client() as client:
        assert client.get("/demo/sign-in/").status_code == 405
        assert client.post("/demo/sign-in/", data={"user": "nobody"}).status_code == 404
        answer = client.post(
            "/demo/sign-in/", data={"user": "instructor"}, headers={"Host": "evil.example"}
        )
        assert answer.status_code == 400


@pytest.mark.parametrize("work", ["poll", "probe"])
def test_the_worker_goes_on_polling_and_probing(demo: Demo, work: str) -> None:
    now = f"{datetime.now(UTC):%F %T}"
    query = """SELECT 1 FROM dashboard_heartbeat
               WHERE error = '' AND work = ? AND succeeded_at > ?"""
    wait_until(lambda: demo.rows(query, work, now), f"a {work} by the worker")


def test_a_second_demo_on_the_same_port_says_so_and_leaves_the_first_alone(demo: Demo) -> None:
    with start_demo(demo.port) as second:
        output, _ = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert f"Port {demo.port} cannot be used: Address already in use" in output.decode()
    with demo.client() as client:
        assert client.get("/healthz").status_code == 200


def test_a_choice_that_is_none_is_refused() -> None:
    with start_demo(free_port(), STUDENTS="many") as refused:
        output, _ = refused.communicate(timeout=PATIENCE)
    assert (refused.returncode, output) == (1, b"STUDENTS=many is no number from 1 to 500.\n")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_it_is_told_to(sent: signal.Signals) -> None:
    with started() as demo:
        assert len(demo.groups) == 5
        wait_until(demo.has_its_pool, "the worker's children")
        demo.process.send_signal(sent)
        assert demo.ended()[-1] == "Ended."
    assert demo.process.returncode == 0
    assert demo.left() == {}
    open_socket(demo.port).close()


def test_nothing_is_left_when_it_is_killed() -> None:
    with started() as demo:
        wait_until(demo.has_its_pool, "the worker's children")
        demo.process.kill()
        wait_until(lambda: not demo.left(), "the end of all processes")


def test_it_ends_when_one_of_its_processes_dies_and_shows_its_last_words() -> None:
    with started() as demo:
        redis = next(pid for pid, name in demo.left().items() if name == "redis-server")
        os.kill(redis, signal.SIGKILL)
        said = "\n".join(demo.ended())
    assert demo.process.returncode == 1
    assert "The process 'redis' ended (status -9)" in said
    assert "Ready to accept connections" in said
    assert demo.left() == {}
