"""Which states of a namespace are kept as snapshots: a row for each change."""

from typing import Any

import pytest

from dashboard.history.snapshots import RecordedPoll
from dashboard.models import (
    PolicySet,
    Snapshot,
    StepReached,
)
from netpol.model import Outcome
from tests import make
from tests.dashboard.polls import DENY, intervals, see

pytestmark = pytest.mark.django_db


def test_the_first_look_begins_a_snapshot() -> None:
    assert see(make.reading(DENY)) == RecordedPoll(1, 0, ())
    assert intervals() == [(1, 0, 0, True)]


def test_the_same_state_only_lasts_longer() -> None:
    see(make.reading(DENY))
    assert see(make.reading(DENY), seconds=30) == RecordedPoll(0, 1, ())
    assert intervals() == [(1, 0, 30, True)]


def test_the_same_reading_twice_changes_nothing() -> None:
    see(make.reading(DENY), seconds=30)
    assert see(make.reading(DENY), seconds=30).new == 0
    assert intervals() == [(1, 30, 30, True)]


def test_a_change_ends_one_snapshot_and_begins_another() -> None:
    see(make.reading())
    see(make.reading(), seconds=30)
    see(make.reading(DENY), seconds=60)
    assert intervals() == [(0, 0, 30, False), (1, 60, 60, True)]


def test_a_state_that_comes_back_is_a_snapshot_of_its_own() -> None:
    for seconds, policies in enumerate([[], [DENY], []]):
        see(make.reading(*policies), seconds=seconds)
    assert intervals() == [(0, 0, 0, False), (1, 1, 1, False), (0, 2, 2, True)]


def test_an_older_reading_of_the_same_state_never_moves_its_end_back() -> None:
    see(make.reading(DENY), seconds=60)
    see(make.reading(DENY), seconds=30)
    assert intervals() == [(1, 60, 60, True)]


def test_an_older_reading_of_another_state_is_dropped() -> None:
    see(make.reading(), seconds=60)
    assert see(make.reading(DENY), seconds=30).new == 0
    assert intervals() == [(0, 60, 60, True)]


def test_of_two_readings_of_one_moment_the_first_stays() -> None:
    see(make.reading(), seconds=60)
    see(make.reading(DENY), seconds=60)
    assert intervals() == [(0, 60, 60, True)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"policyTypes": ["Ingress"], "ingress": []}, {"podSelector": {}}),
        (
            {"ingress": [{"ports": [{"port": 80}]}]},
            {"ingress": [{"from": [], "ports": [{"protocol": "TCP", "port": 80}]}]},
        ),
    ],
)
def test_what_the_server_would_keep_alike_is_the_same_state(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    see(make.reading(make.policy(**first)))
    assert see(make.reading(make.policy(**second)), seconds=30).unchanged == 1


def test_pods_that_differ_in_name_address_restarts_and_hashes_are_the_same_state() -> None:
    pod = make.pod_manifest(labels={"app": "student-app", "pod-template-hash": "a"})
    other = make.pod_manifest(
        "student-app-2",
        labels={"app": "student-app", "pod-template-hash": "b"},
        address="10.244.9.9",
        restarts=4,
    )
    see(make.reading(DENY, pods=make.pod_readings(pod)))
    assert see(make.reading(DENY, pods=make.pod_readings(other)), seconds=30).unchanged == 1


@pytest.mark.parametrize(
    "change",
    [
        {"labels": {"app": "student-app", "tier": "web"}},
        {"hostNetwork": True},
        {"containers": [{"ports": [{"containerPort": 8080}]}]},
    ],
)
def test_pods_of_another_shape_are_another_state(change: dict[str, Any]) -> None:
    see(make.reading(DENY, pods=make.pod_readings(make.pod_manifest())))
    changed = make.pod_readings(make.pod_manifest(**change))
    assert see(make.reading(DENY, pods=changed), seconds=30).new == 1


def test_equal_policies_are_stored_once_for_the_whole_class() -> None:
    see(make.reading(DENY), make.reading(DENY, student="bob"))
    assert PolicySet.objects.get().manifests == [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "default-deny-all"},
            "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        }
    ]


def test_a_snapshot_says_how_the_namespace_does() -> None:
    see(make.reading(*make.solution()))
    summary = Snapshot.objects.get().summary
    assert (summary["met"], summary["total"], summary["blocker"]) == (18, 18, "")
    assert summary["steps"]["all-flows"] is True
    assert summary["steps"]["committed"] is None
    assert summary["flows"]["Gateway to redis"] == Outcome.DENY


def test_a_snapshot_names_what_is_in_the_way_of_the_next_step() -> None:
    see(make.reading())
    see(make.reading(DENY), seconds=10)
    after, before = (snapshot.summary["blocker"] for snapshot in Snapshot.objects.all())
    assert before.startswith("Not isolated: redis for egress")
    assert after.startswith("student-app to DNS should be open. Blocked at student-app")
    assert "default-deny-all" in after


def test_steps_are_kept_with_the_moment_they_were_first_reached() -> None:
    see(make.reading(), seconds=10)
    see(make.reading(DENY), seconds=20)
    see(make.reading(), seconds=30)
    assert [*StepReached.objects.order_by("at").values_list("step", "at")] == [
        ("baseline", make.after(10)),
        ("default-deny", make.after(20)),
    ]
