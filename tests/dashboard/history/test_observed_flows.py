"""What pages are told was observed of each flow, and how fresh it is."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from dashboard.assess.probe_votes import ObservedFlow
from dashboard.history.observed_flows import fetch_observed, fetch_observed_by_namespace
from tests import make

GATEWAY = "Gateway to student-app"


def summary(seen: ObservedFlow) -> tuple[str, str]:
    return seen.outcome.value, seen.reason


@pytest.mark.django_db
def test_a_flow_that_nobody_looked_at_is_unknown_with_the_reason() -> None:
    dev, prod = make.namespace(), make.namespace(environment="prod")
    assert summary(fetch_observed(dev)[GATEWAY]) == ("unknown", "not probed yet")
    assert summary(fetch_observed(dev)["redis to internet HTTPS"]) == (
        "unknown",
        "no probe covers this flow; a prober inside, as redis, would",
    )
    assert summary(fetch_observed(prod)["Gateway to redis"]) == (
        "unknown",
        "no probe covers this flow",
    )


@pytest.mark.django_db
def test_the_newest_open_observation_decides() -> None:
    ada = make.namespace()
    make.observation(ada, last_seen=make.after(60))
    make.observation(ada, method="visits", outcome="blocked", last_seen=make.after(61))
    seen = fetch_observed(ada, make.after(90))[GATEWAY]
    assert (seen.outcome, seen.method, seen.seen) == ("blocked", "visits", make.after(61))


@pytest.mark.django_db
def test_of_two_looks_at_one_instant_the_definite_one_decides() -> None:
    ada = make.namespace()
    make.observation(ada, method="health")
    make.observation(ada, method="visits", outcome="unknown", first_seen=make.after(-10))
    assert fetch_observed(ada, make.NOON)[GATEWAY].method == "health"


@pytest.mark.django_db
def test_an_old_observation_is_unknown_with_its_age() -> None:
    ada = make.namespace()
    now = datetime.now(tz=make.NOON.tzinfo)
    seen = now - timedelta(minutes=12, seconds=30)
    make.observation(ada, first_seen=seen, last_seen=seen)
    assert summary(fetch_observed(ada)[GATEWAY]) == ("unknown", "last seen 12 min ago: too old")


@pytest.mark.django_db
def test_a_moment_in_the_past_shows_what_was_seen_then() -> None:
    ada = make.namespace()
    make.observation(ada, last_seen=make.after(300), is_open=False, looks=6)
    make.observation(
        ada, outcome="blocked", first_seen=make.after(360), last_seen=make.after(900), looks=10
    )
    assert fetch_observed(ada, make.after(200))[GATEWAY].outcome == "reached"
    assert fetch_observed(ada, make.after(330))[GATEWAY].outcome == "reached"
    assert fetch_observed(ada, make.after(400))[GATEWAY].outcome == "blocked"
    assert fetch_observed(ada, make.after(-1))[GATEWAY].outcome == "unknown"
    assert fetch_observed(ada, make.after(7200))[GATEWAY].outcome == "unknown"


@pytest.mark.django_db
@pytest.mark.parametrize("students", [1, 20])
def test_the_observations_of_a_class_are_one_query(
    students: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    namespaces = [make.namespace(f"s{number}") for number in range(students)]
    for namespace in namespaces:
        make.observation(namespace)
    with django_assert_num_queries(1):
        answers = fetch_observed_by_namespace(namespaces, make.NOON)
    assert [answers[one.pk][GATEWAY].outcome for one in namespaces] == ["reached"] * students


@pytest.mark.django_db
def test_a_definite_answer_decides_over_a_newer_one_that_does_not_know() -> None:
    ada = make.namespace()
    make.observation(ada, method="health", last_seen=make.after(60))
    make.observation(ada, method="prober", outcome="unknown", last_seen=make.after(90))
    seen = fetch_observed(ada, make.after(100))[GATEWAY]
    assert (seen.outcome, seen.method) == ("reached", "health")
    assert [(other.method, other.outcome.value) for other in seen.others] == [("prober", "unknown")]


@pytest.mark.django_db
def test_what_is_too_old_does_not_decide_over_what_is_fresh() -> None:
    ada = make.namespace()
    make.observation(ada, method="health")
    make.observation(ada, method="prober", outcome="unknown", last_seen=make.after(3600))
    ada_now = fetch_observed(ada, make.after(3600))[GATEWAY]
    assert (ada_now.method, ada_now.outcome.value) == ("prober", "unknown")
