"""Many students at once, against a real server that counts who is asking."""

import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from dashboard.probes.answers import Answer, Cause, Failure
from dashboard.probes.get import Limits, Reach
from dashboard.probes.visits import fetch
from tests.dashboard.hostile import answer, serving, silent
from tests.servers import free_port

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def urls(student: str) -> tuple[str, ...]:
    host = f"http://{student}.dev.lab.example"
    return f"{host}/health", f"{host}/visits"


@dataclass
class Counting:
    """A slow app that remembers how many requests it held at once, in all and for one host."""

    now: Counter[str] = field(default_factory=Counter)
    most: int = 0
    most_for_one: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, connection: socket.socket, head: str) -> None:
        host = next(line for line in head.splitlines() if line.lower().startswith("host:"))
        with self.lock:
            self.now[host] += 1
            self.most = max(self.most, self.now.total())
            self.most_for_one = max(self.most_for_one, self.now[host])
        time.sleep(0.03)
        with self.lock:
            self.now[host] -= 1
        answer(b"{}")(connection, head)


def test_several_students_are_asked_at_once_but_each_one_url_after_the_other() -> None:
    students = [urls(f"student{number}") for number in range(20)]
    counting = Counting()
    with serving(counting) as server:
        visits = fetch(students, Reach(server.url, at_once=5), lambda: NOW)
    assert list(visits) == students
    assert all(
        isinstance(result, Answer) for visit in visits.values() for result in visit.results.values()
    )
    assert 1 < counting.most <= 5
    assert counting.most_for_one == 1


def test_the_same_urls_given_twice_are_visited_once() -> None:
    with serving(answer(b"{}")) as server:
        fetch([urls("ada"), urls("ada")], Reach(server.url), lambda: NOW)
    assert len(server.heads) == 2


def test_a_host_that_hangs_is_asked_once_and_keeps_nobody_waiting() -> None:
    def ada_hangs(connection: socket.socket, head: str) -> None:
        behaviour = silent if "ada.dev" in head else answer(b"{}")
        behaviour(connection, head)

    with serving(ada_hangs) as server:
        reach = Reach(server.url, limits=Limits(connect=1, read=0.3, whole=1))
        visits = fetch([urls("ada"), urls("bob")], reach, lambda: NOW)
    assert set(visits[urls("ada")].results.values()) == {Failure(Cause.TIMEOUT)}
    assert all(isinstance(result, Answer) for result in visits[urls("bob")].results.values())
    assert sum("ada.dev" in head for head in server.heads) == 1


def test_a_url_that_misbehaves_alone_leaves_the_hosts_others_to_be_asked() -> None:
    def no_health(connection: socket.socket, head: str) -> None:
        status = "302 Found" if "/health" in head else "200 OK"
        answer(b"{}", status, "Location: /")(connection, head)

    with serving(no_health) as server:
        visit = fetch([urls("ada")], Reach(server.url), lambda: NOW)[urls("ada")]
    assert visit.results[urls("ada")[0]] == Failure(Cause.REDIRECTED)
    assert isinstance(visit.results[urls("ada")[1]], Answer)


@pytest.mark.parametrize("students", [[], [urls("ada")]])
def test_a_gateway_that_is_down_is_an_answer_too(students: list[tuple[str, ...]]) -> None:
    visits = fetch(students, Reach(f"http://127.0.0.1:{free_port()}"), lambda: NOW)
    assert all(
        result == Failure(Cause.REFUSED)
        for visit in visits.values()
        for result in visit.results.values()
    )
    assert [visit.at for visit in visits.values()] == [NOW] * len(students)
