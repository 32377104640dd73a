"""A whole poll: from a server over HTTP to rows, with the heartbeat that tells of it."""

from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from pytest_django import Settings

from dashboard import tasks
from dashboard.collect.cluster import ClusterError
from dashboard.collect.poll import poll_class
from dashboard.models import Heartbeat, Namespace, Snapshot
from tests import make
from tests.apiserver import (
    NAMESPACES,
    PODS,
    POLICIES,
    Answer,
    ApiServer,
    forbidden,
    kubeconfig,
    status,
    within,
)

pytestmark = pytest.mark.django_db

ADA = "student-ada-dev"


@pytest.fixture(autouse=True)
def one_student(server: ApiServer) -> None:
    server.add(NAMESPACES, make.namespace_manifest(ADA), make.namespace_manifest("kube-system"))
    server.add(PODS, make.pod_manifest(namespace=ADA))
    server.add(POLICIES, make.policy(namespace=ADA))


def test_a_poll_records_what_the_server_tells(config: str) -> None:
    result = poll_class(config, None)
    snapshot = Snapshot.objects.get()
    assert (snapshot.namespace.name, snapshot.first_seen) == (ADA, result.reading.at)
    assert snapshot.summary["flows"]["Gateway to student-app"] == "deny"
    assert snapshot.namespace.pod_states.get().pod == "student-app-1"


def test_applying_the_same_policy_again_is_no_change(server: ApiServer, config: str) -> None:
    poll_class(config, None)
    (again,) = server.objects[POLICIES]
    again["metadata"] |= {"resourceVersion": "99", "generation": 2}
    again["spec"] |= {"ingress": [], "egress": []}
    assert poll_class(config, None).recorded.unchanged == 1
    assert Snapshot.objects.count() == 1


def test_a_change_of_what_lies_around_changes_the_verdicts(server: ApiServer, config: str) -> None:
    poll_class(config, None)
    server.add(
        "/apis/policy.networking.k8s.io/v1alpha1/adminnetworkpolicies",
        {"metadata": {"name": "everywhere"}},
    )
    poll_class(config, None)
    newest = Snapshot.objects.get(is_open=True)
    assert newest.summary["flows"]["Gateway to student-app"] == "unknown"


def test_what_a_pod_keeps_to_itself_is_never_stored(config: str) -> None:
    poll_class(config, None)
    rows = [*Snapshot.objects.values(), *Namespace.objects.values()]
    assert "do-not-store-me" not in repr(rows)


def test_a_poll_that_went_well_says_when_and_what(server: ApiServer, config: str) -> None:
    server.instead[POLICIES] = [forbidden(POLICIES)]
    server.instead[within(ADA, POLICIES)] = [forbidden(POLICIES, ADA)]
    result = poll_class(config, None)
    beat = Heartbeat.objects.get(work="poll")
    assert (beat.succeeded_at, beat.error) == (result.reading.at, "")
    assert beat.finished_at is not None
    assert beat.finished_at >= beat.started_at
    assert (beat.detail["namespaces"], beat.detail["failing"], beat.detail["new"]) == (1, 1, 0)
    assert "networkpolicies" in beat.detail["missing_rights"][0]
    assert beat.detail["notes"] == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(401, "Unauthorized", "Unauthorized"), "has the token expired"),
        (forbidden(NAMESPACES), "resources: [namespaces]"),
        (Answer(504, "etcd timed out"), "etcd"),
        (Answer(body="<html>"), "not JSON"),
    ],
)
def test_a_poll_that_fails_says_why_and_leaves_history_alone(
    server: ApiServer, config: str, answer: Answer, words: str
) -> None:
    before = poll_class(config, None)
    server.instead[NAMESPACES] = [answer]
    with pytest.raises(ClusterError):
        poll_class(config, None)
    beat = Heartbeat.objects.get(work="poll")
    assert words in beat.error
    assert beat.succeeded_at == before.reading.at
    assert beat.finished_at is not None
    assert beat.finished_at >= beat.started_at
    snapshot = Snapshot.objects.get(is_open=True)
    assert snapshot.last_seen == before.reading.at
    assert (snapshot.namespace.failure, snapshot.namespace.gone_at) == ("", None)


def test_a_poll_after_a_failure_clears_it(server: ApiServer, config: str) -> None:
    server.instead[NAMESPACES] = [Answer(500, "no"), None]
    with pytest.raises(ClusterError):
        poll_class(config, None)
    poll_class(config, None)
    assert Heartbeat.objects.get(work="poll").error == ""


def test_a_poll_that_takes_too_long_says_so(config: str) -> None:
    def out_of_time(*_: object) -> None:
        raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        poll_class(config, None, out_of_time)
    assert "SoftTimeLimitExceeded" in Heartbeat.objects.get(work="poll").error


@pytest.mark.parametrize("part", ["record_mistakes", "runs.record_sessions"])
def test_a_fault_in_what_is_only_derived_is_logged_and_made_up_for(
    part: str, config: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails_with(error: Exception) -> None:
        def broken(*_: object) -> None:
            raise error

        monkeypatch.setattr(f"dashboard.collect.poll.{part}", broken)

    fails_with(KeyError("odd"))
    assert poll_class(config, None).recorded.new == 1
    assert Heartbeat.objects.get(work="poll").error == ""
    assert "KeyError: 'odd'" in caplog.text
    fails_with(OperationalError("gone away"))
    with pytest.raises(OperationalError):
        poll_class(config, None)
    assert "gone away" in Heartbeat.objects.get(work="poll").error


def test_a_kubeconfig_that_is_missing_is_told_by_the_heartbeat(tmp_path: Path) -> None:
    with pytest.raises(ClusterError):
        poll_class(str(tmp_path / "none"), None)
    assert "cannot be used" in Heartbeat.objects.get(work="poll").error


def test_the_task_polls_the_cluster_of_the_settings(config: str, settings: Settings) -> None:
    settings.KUBECONFIG = config
    tasks.poll()
    assert Snapshot.objects.count() == 1


def test_progress_tells_what_is_done_and_comes_to_its_end(server: ApiServer, config: str) -> None:
    server.page = 1
    steps: list[tuple[str, int, int]] = []
    poll_class(config, None, lambda *step: steps.append(step))
    assert ("reading namespaces", 1, 2) in steps
    assert ("reading namespaces", 2, 2) in steps
    assert ("assessing", 1, 1) in steps
    assert steps[-1] == ("diagnosing", 1, 1)


def test_a_context_can_be_chosen(server: ApiServer, tmp_path: Path) -> None:
    config = kubeconfig(tmp_path / "other", server.url)
    with pytest.raises(ClusterError, match="nowhere"):
        poll_class(config, "nowhere")
    assert poll_class(config, "class").recorded.new == 1
