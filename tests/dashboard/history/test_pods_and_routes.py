"""How pods fared, as intervals that are no part of a snapshot."""

from typing import Any

import pytest

from dashboard.models import PodState
from dashboard.models.interval import IntervalQuerySet
from tests import make
from tests.dashboard.polls import DENY, see

pytestmark = pytest.mark.django_db


def looks() -> list[tuple[str, int, bool]]:
    states = PodState.objects.order_by("first_seen", "pod")
    return [(state.pod, state.restarts, state.is_open) for state in states]


def test_a_pod_that_restarts_all_the_time_adds_no_row_and_no_snapshot() -> None:
    see(make.reading(DENY, pods=[make.pod_reading()]))
    for restarts in (1, 2, 5):
        pods = [make.pod_reading(restarts=restarts)]
        assert see(make.reading(DENY, pods=pods), seconds=30 * restarts).unchanged == 1
    assert looks() == [("student-app-1", 5, True)]
    assert PodState.objects.get().last_seen == make.after(150)


def test_a_pod_that_looks_the_same_only_lasts_longer() -> None:
    for seconds in (0, 30):
        see(make.reading(pods=[make.pod_reading()]), seconds=seconds)
    state = PodState.objects.get()
    assert (state.first_seen, state.last_seen) == (make.after(0), make.after(30))
    assert (state.phase, state.ready, state.addresses) == ("Running", True, ["10.244.1.5"])


def test_a_pod_that_is_no_more_ends() -> None:
    see(make.reading(pods=[make.pod_reading(), make.pod_reading("redis-0")]))
    see(make.reading(pods=[make.pod_reading()]), seconds=30)
    assert looks() == [("redis-0", 0, False), ("student-app-1", 0, True)]


def test_an_older_reading_of_a_pod_is_dropped() -> None:
    see(make.reading(pods=[make.pod_reading(restarts=2)]), seconds=60)
    see(make.reading(pods=[make.pod_reading(restarts=1)]), seconds=30)
    assert looks() == [("student-app-1", 2, True)]


def test_restarts_that_a_later_poll_counts_meanwhile_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between this one's reading of the rows and its writing."""

    real = IntervalQuerySet.extend_to

    def seen_meanwhile(*given: Any) -> None:
        monkeypatch.setattr(IntervalQuerySet, "extend_to", real)
        see(make.reading(pods=[make.pod_reading(restarts=5)]), seconds=60)
        real(*given)

    see(make.reading(pods=[make.pod_reading(restarts=1)]))
    monkeypatch.setattr(IntervalQuerySet, "extend_to", seen_meanwhile)
    see(make.reading(pods=[make.pod_reading(restarts=2)]), seconds=30)
    assert looks() == [("student-app-1", 5, True)]
    assert PodState.objects.get().last_seen == make.after(60)


def test_pods_of_a_failing_namespace_stay_as_they_were() -> None:
    see(make.reading(pods=[make.pod_reading()]))
    see(make.failure(), seconds=30)
    assert looks() == [("student-app-1", 0, True)]
