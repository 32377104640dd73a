"""Probe results become intervals: an equal one extends, another outcome begins a new one."""

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from dashboard import models
from dashboard.history.observations import record_observations
from dashboard.models import Observation, ObservedOutcome, ProbeSign
from tests import make

GATEWAY, DNS, REDIS = "Gateway to student-app", "student-app to DNS", "student-app to redis"


def rows() -> list[tuple[str, bool, int]]:
    found = Observation.objects.order_by("flow", "method", "first_seen")
    return list(found.values_list("outcome", "is_open", "looks"))


def result(
    namespace: models.Namespace,
    at: datetime = make.NOON,
    outcome: ObservedOutcome = ObservedOutcome.REACHED,
    *,
    flow: str = GATEWAY,
    method: str = "health",
    reason: str = "the app answered",
    vantage: str = "worker",
) -> Observation:
    return Observation(
        namespace=namespace,
        flow=flow,
        method=method,
        vantage=vantage,
        outcome=outcome,
        sign=ProbeSign.ANSWERED,
        reason=reason,
        latency_ms=12,
        first_seen=at,
        last_seen=at,
    )


@pytest.mark.django_db
def test_a_result_recorded_twice_is_one_row() -> None:
    seen = [result(make.namespace())]
    record_observations(seen)
    record_observations(seen)
    assert Observation.objects.count() == 1


@pytest.mark.django_db
def test_a_result_older_than_the_newest_is_dropped() -> None:
    ada = make.namespace()
    record_observations([result(ada, make.after(60))])
    record_observations([result(ada, make.NOON, ObservedOutcome.BLOCKED)])
    assert [row.outcome for row in Observation.objects.all()] == ["reached"]


@pytest.mark.django_db
def test_vantages_and_methods_keep_intervals_of_their_own() -> None:
    ada = make.namespace()
    record_observations([result(ada), result(ada, method="visits")])
    record_observations([result(ada, make.after(1), ObservedOutcome.BLOCKED, vantage="laptop")])
    assert Observation.objects.filter(is_open=True).count() == 3


@pytest.mark.django_db
def test_outcomes_that_recur_are_intervals_each() -> None:
    ada = make.namespace()
    for minute, outcome in enumerate(["reached", "blocked", "reached"]):
        record_observations([result(ada, make.after(60 * minute), ObservedOutcome(outcome))])
    assert rows() == [("reached", False, 1), ("blocked", False, 1), ("reached", True, 1)]


@pytest.mark.django_db
def test_another_reason_for_the_same_outcome_is_another_interval() -> None:
    ada = make.namespace()
    record_observations([result(ada, reason="the app answered")])
    record_observations([result(ada, make.after(60), reason="the status page answered")])
    assert rows() == [("reached", False, 1), ("reached", True, 1)]


@pytest.mark.django_db
def test_looks_are_counted_for_they_vote() -> None:
    ada = make.namespace()
    for minute in range(3):
        record_observations([result(ada, make.after(60 * minute))])
    assert rows() == [("reached", True, 3)]


LONGEST_GAP = 600
"""Seconds: ten rounds of a minute."""


@pytest.mark.django_db
def test_an_interval_ends_where_nobody_looked_for_too_long() -> None:
    ada = make.namespace()
    for seconds in (0, 60, 60 + LONGEST_GAP + 1, 60 + LONGEST_GAP + 61):
        record_observations([result(ada, make.after(seconds))])
    found = Observation.objects.order_by("first_seen")
    assert list(found.values_list("first_seen", "last_seen", "is_open", "looks")) == [
        (make.NOON, make.after(60), False, 2),
        (make.after(60 + LONGEST_GAP + 1), make.after(60 + LONGEST_GAP + 61), True, 2),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("every", "expected"), [(60, 1), (30, 2), (120, 1)])
def test_how_long_is_too_long_goes_by_how_often_is_looked(
    every: int, expected: int, settings: Settings
) -> None:
    settings.PROBE_SECONDS = every
    ada = make.namespace()
    for seconds in (0, LONGEST_GAP):
        record_observations([result(ada, make.after(seconds))])
    assert Observation.objects.count() == expected


@pytest.mark.django_db
@pytest.mark.parametrize("students", [1, 20])
def test_recording_takes_as_many_queries_for_twenty_students_as_for_one(
    students: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    namespaces = [make.namespace(f"s{number}") for number in range(students)]
    flows = [GATEWAY, DNS, REDIS]
    record_observations([result(one, flow=flow) for one in namespaces for flow in flows])
    changed = {GATEWAY: ObservedOutcome.BLOCKED}
    with django_assert_num_queries(6):  # with BEGIN and COMMIT as a savepoint's
        record_observations(
            [
                result(
                    one,
                    make.after(60),
                    flow=flow,
                    outcome=changed.get(flow, ObservedOutcome.REACHED),
                )
                for one in namespaces
                for flow in flows
            ]
        )
