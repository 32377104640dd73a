"""Runs that are named by themselves: each once, however often and from wherever it is looked."""

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from dashboard.collect.poll import poll_class
from dashboard.history import runs
from dashboard.models import Heartbeat, Run, RunOrigin
from tests import make
from tests.dashboard.polls import DENY

pytestmark = pytest.mark.django_db


def minute(number: float) -> datetime:
    return make.after(60 * number)


def students(*changing: float, idle: int = 0) -> None:
    """Each without policies from half an hour before noon on, and with one at their minute."""
    for number, at in enumerate(changing):
        namespace = make.namespace(f"s{number}", first_seen=minute(-30))
        make.snapshot(namespace, seconds=-1800, last_seen=minute(at))
        make.snapshot(namespace, DENY, seconds=60 * at)
    for number in range(idle):
        make.snapshot(make.namespace(f"idle{number}", first_seen=minute(-30)), seconds=-1800)


def sessions() -> list[tuple[str, datetime | None]]:
    held = Run.objects.filter(origin=RunOrigin.SESSION).order_by("began_at")
    return [(run.name, run.ended_at) for run in held]


def test_who_comes_second_makes_nothing_twice() -> None:
    """Both had looked as far as the other: what the first one keeps is not read by the second."""
    students(0, 1, 2)
    runs.record_sessions(minute(-1))
    looked = Heartbeat.objects.get(work="runs")
    for at in (2, 60):
        for _ in range(2):
            looked.save()
            runs.record_sessions(minute(at))
    assert sessions() == [("Lab session, 2026-03-03 12:00", minute(2))]


def test_an_older_look_that_comes_late_changes_nothing() -> None:
    runs.record_sessions(minute(5))
    runs.record_sessions(minute(1))
    assert Heartbeat.objects.get(work="runs").succeeded_at == minute(5)


def test_a_session_is_open_until_it_is_over() -> None:
    students(0, 1, 2, 30, 31, 32)
    runs.record_sessions(minute(1))
    assert sessions() == []
    runs.record_sessions(minute(2))
    assert sessions() == [("Lab session, 2026-03-03 12:00", None)]
    runs.record_sessions(minute(77))
    assert sessions() == [("Lab session, 2026-03-03 12:00", None)]
    runs.record_sessions(minute(78))
    assert sessions() == [("Lab session, 2026-03-03 12:00", minute(32))]


def test_sessions_that_nobody_named_when_they_were_are_named_later_and_once() -> None:
    students(0, 1, 2, 100, 101, 102)
    for at in (200, 201):
        runs.record_sessions(minute(at))
    assert sessions() == [
        ("Lab session, 2026-03-03 12:00", minute(2)),
        ("Lab session, 2026-03-03 13:40", minute(102)),
    ]


@pytest.mark.parametrize(("idle", "found"), [(27, 1), (28, 0)])
def test_a_session_takes_a_tenth_of_those_who_are_there_and_do_this_lab(
    idle: int, found: int
) -> None:
    students(0, 1, 2, idle=idle)
    make.namespace("ada", "prod", first_seen=minute(-30))
    make.namespace("gone", first_seen=minute(-30), gone_at=minute(-10))
    runs.record_sessions(minute(3))
    assert len(sessions()) == found


def test_who_comes_into_the_class_with_policies_has_changed_none() -> None:
    for number in range(5):
        make.snapshot(make.namespace(f"new{number}"), DENY, seconds=60)
    runs.record_sessions(minute(2))
    assert sessions() == []


def test_a_session_that_was_deleted_is_not_found_again() -> None:
    students(0, 1, 2)
    runs.record_sessions(minute(60))
    Run.objects.all().delete()
    runs.record_sessions(minute(61))
    assert sessions() == []


def test_a_session_of_another_lab_ends_where_it_was_last_looked_for() -> None:
    for name, began in (("earlier", -60), ("later", 20)):
        Run.objects.create(
            name=name, lab=name, origin=RunOrigin.SESSION, began_at=minute(began), ended_at=None
        )
    runs.record_sessions(minute(10))
    Run.objects.update(ended_at=None)
    runs.record_sessions(minute(30))
    assert sessions() == [("earlier", minute(10)), ("later", minute(20))]


@pytest.mark.parametrize("number", [1, 30])
def test_a_class_that_changes_nothing_costs_the_same_queries_at_any_size(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    students(idle=number)
    runs.record_sessions(minute(0))
    with django_assert_num_queries(8):
        runs.record_sessions(minute(1))


def test_a_poll_names_runs(config: str, two_students: None) -> None:  # noqa: ARG001
    poll_class(config, None)
    assert Heartbeat.objects.filter(work="runs").exists()
