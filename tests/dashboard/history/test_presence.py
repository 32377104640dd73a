"""Namespaces that fail, go, and come back."""

import pytest

from dashboard.cluster_reading import NamespaceReading
from dashboard.models import (
    Namespace,
    Observation,
    PodState,
)
from netpol.lab import NamespaceOwner
from netpol.model import LabeledNamespace as KubernetesNamespace
from tests import make
from tests.dashboard.polls import DENY, intervals, see

pytestmark = pytest.mark.django_db


def test_a_failing_namespace_says_why_and_since_when_and_its_snapshot_waits() -> None:
    see(make.reading(DENY))
    see(make.failure("first"), seconds=30)
    recorded = see(make.failure("second"), make.reading(student="bob"), seconds=60)
    assert [one.reason for one in recorded.failures] == ["second"]
    ada = Namespace.objects.get(student="ada")
    assert (ada.failure, ada.failing_since) == ("second", make.after(30))
    assert intervals() == [(1, 0, 0, True)]
    assert intervals("bob") == [(0, 60, 60, True)]


def test_a_namespace_that_can_be_read_again_fails_no_more() -> None:
    see(make.failure())
    see(make.reading(DENY), seconds=30)
    ada = Namespace.objects.get()
    assert (ada.failure, ada.failing_since) == ("", None)
    assert intervals() == [(1, 30, 30, True)]


def test_a_malformed_policy_fails_its_namespace_and_no_other() -> None:
    broken = make.policy("odd", podSelector={}, ingress=[{"ports": [{"port": 0}]}])
    recorded = see(make.reading(DENY, broken), make.reading(DENY, student="bob"))
    (failed,) = recorded.failures
    assert "student-ada-dev/odd: spec.ingress[0].ports[0].port" in failed.reason
    assert Namespace.objects.get(student="ada").failure == failed.reason
    assert intervals("bob") == [(1, 0, 0, True)]


def test_a_namespace_that_is_deleted_is_gone_and_its_history_stays() -> None:
    see(make.reading(pods=[make.pod_reading()]), make.reading(student="bob"))
    make.observation(Namespace.objects.get(student="ada"))
    see(make.reading(student="bob"), seconds=30)
    assert Namespace.objects.get(student="ada").gone_at == make.after(30)
    assert [*Namespace.objects.present().values_list("student", flat=True)] == ["bob"]
    assert intervals() == [(0, 0, 0, False)]
    assert not PodState.objects.get().is_open
    assert not Observation.objects.get().is_open


def test_a_namespace_that_comes_back_goes_on_with_a_snapshot_of_its_own() -> None:
    see(make.reading())
    see(seconds=30)
    see(make.reading(), seconds=60)
    assert Namespace.objects.get().gone_at is None
    assert intervals() == [(0, 0, 0, False), (0, 60, 60, True)]


def test_an_older_reading_brings_no_deleted_namespace_back() -> None:
    see(make.reading())
    see(seconds=60)
    see(make.reading(DENY), seconds=30)
    assert Namespace.objects.get().gone_at == make.after(60)
    assert intervals() == [(0, 0, 0, False)]


def test_an_older_reading_does_not_make_a_new_namespace_gone() -> None:
    see(make.reading(), seconds=60)
    see(seconds=30)
    assert Namespace.objects.get().gone_at is None


def test_labels_and_owner_follow_the_cluster() -> None:
    see(make.reading())
    relabelled = KubernetesNamespace("student-ada-dev", make.course_labels("ada", "prod"))
    see(NamespaceReading(relabelled, NamespaceOwner("ada", "prod"), (), ()), seconds=30)
    ada = Namespace.objects.get()
    assert (ada.environment, ada.labels["course.ziyotek.edu/environment"]) == ("prod", "prod")
