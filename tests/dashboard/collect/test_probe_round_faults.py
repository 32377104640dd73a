"""A round that breaks off, overlaps with another or holds what cannot be kept."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from pytest_django import Settings

from dashboard import models
from dashboard.collect import probe_round
from dashboard.collect.http.answers import HttpAnswer
from dashboard.collect.http.hosts import ProbeAnswer
from dashboard.models import Observation, ProbeTurn
from tests import make
from tests.hostile import answer, serving

CONNECTED = answer(b'{"redis": "connected"}')


@dataclass
class Holding:
    """Never answers Bob, and knows whether a request of his was still under way when one came."""

    held: list[socket.socket] = field(default_factory=list)
    overlaps: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, connection: socket.socket, head: str) -> None:
        if "host: bob.dev" not in head.lower():
            CONNECTED(connection, head)
            return
        with self.lock:
            self.overlaps += any(map(is_open, self.held))
            self.held.append(connection.dup())
        connection.recv(1)


def is_open(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


@pytest.fixture
def holding(settings: Settings) -> Iterator[Holding]:
    holding = Holding()
    with serving(holding) as server:
        settings.PROBE_GATEWAY = server.url
        yield holding
    for each in holding.held:
        each.close()


def first_batch(namespace: models.Namespace) -> None:
    """Take what comes within a second, and then no more of it."""
    looking = probe_round.ask_namespaces([namespace], lambda: make.NOON)
    next(looking)
    looking.close()


class BrokenOff(Exception):  # noqa: N818  stands for a worker's time limit
    pass


def broken_off(namespace: models.Namespace) -> None:
    calls = 0

    def now() -> datetime:
        nonlocal calls
        calls += threading.current_thread() is threading.main_thread()
        if calls == 2:  # where the first batch is kept
            calls += 1
            raise BrokenOff
        return make.NOON

    with pytest.raises(BrokenOff):
        probe_round.probe_namespaces([namespace.name], now)


@pytest.mark.django_db
@pytest.mark.parametrize("end", [first_batch, broken_off])
def test_hosts_are_free_only_when_no_request_is_under_way_any_more(
    end: Callable[[models.Namespace], None], holding: Holding
) -> None:
    bob = make.namespace("bob")
    for _ in range(2):
        end(bob)
        assert not ProbeTurn.objects.filter(free_at__gt=make.NOON).exists()
        assert not any(map(is_open, holding.held))
    assert (len(holding.held), holding.overlaps) == (2, 0)


@pytest.mark.django_db
@pytest.mark.usefixtures("holding")
def test_a_round_that_breaks_off_waits_for_no_answer() -> None:
    """Else it would have been the turn of the host's other URL."""
    asked: list[str] = []

    def now() -> datetime:
        asked.append(threading.current_thread().name)
        return make.NOON

    looking = probe_round.ask_namespaces([make.namespace("bob")], now)
    next(looking)
    looking.close()
    theirs = [name for name in asked if name != threading.current_thread().name]
    assert len(theirs) == 2  # for /health and the status page


@pytest.mark.django_db
def test_a_host_that_another_round_is_asking_is_left_out(holding: Holding) -> None:
    ada, bob = make.namespace("ada"), make.namespace("bob")
    looking = probe_round.ask_namespaces([bob], lambda: make.NOON)
    next(looking)
    probe_round.probe_namespaces([ada.name, bob.name], lambda: make.after(1))
    looking.close()
    assert len(holding.held) == 1
    assert set(Observation.objects.values_list("namespace__student", flat=True)) == {"ada"}


@pytest.mark.django_db
@pytest.mark.parametrize("student", ["ada", "ADA"])
def test_two_namespaces_of_one_student_that_share_hosts_ask_them_once(
    student: str, settings: Settings
) -> None:
    names = [make.namespace("ada").name, make.namespace(student, name="student-ada-b-dev").name]
    with serving(CONNECTED) as server:
        settings.PROBE_GATEWAY = server.url
        probe_round.probe_namespaces(names, lambda: make.NOON)
    assert sum(head.startswith("GET /health ") for head in server.heads) == 1
    assert Observation.objects.values("namespace").distinct().count() == 1


def seen(seconds: float = 0.1) -> dict[str, ProbeAnswer]:
    return {"health": ProbeAnswer(make.NOON, HttpAnswer(200, b'{"redis": "connected"}', seconds))}


@pytest.mark.django_db
def test_what_the_database_refuses_of_one_namespace_costs_the_others_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No database holds how long this took."""
    students = [make.namespace(student) for student in ("ada", "mallory", "bob")]
    looks = [seen(), seen(1e30), seen()]
    probe_round.record_answers(list(zip(students, looks, strict=True)), make.NOON)
    assert set(Observation.objects.values_list("namespace__student", flat=True)) == {"ada", "bob"}
    assert Observation.objects.count() == 6
    assert "the answers of 1 namespaces cannot be stored" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_namespace_that_is_gone_from_the_database_costs_the_others_nothing() -> None:
    ada, mallory = make.namespace("ada"), make.namespace("mallory")
    batch = [(ada, seen()), (models.Namespace.objects.get(pk=mallory.pk), seen())]
    mallory.delete()
    probe_round.record_answers(batch, make.NOON)
    assert set(Observation.objects.values_list("namespace__student", flat=True)) == {"ada"}
