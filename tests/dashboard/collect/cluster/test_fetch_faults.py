"""Malformed objects, and namespaces on their way out."""

import json

import pytest

from dashboard.collect.cluster import ClusterConnection
from tests import make
from tests.apiserver import (
    NAMESPACES,
    PODS,
    Answer,
    ApiServer,
)
from tests.dashboard.reads import ADA, BOB, failures, read, readings

pytestmark = pytest.mark.usefixtures("two_students")


def test_a_malformed_pod_fails_its_namespace_alone(
    server: ApiServer, connection: ClusterConnection
) -> None:
    broken = make.pod_manifest("odd", BOB)
    broken["spec"]["containers"][0]["ports"][0]["containerPort"] = "http"
    server.add(PODS, broken)
    reading = read(connection)
    assert [*readings(reading)] == [ADA]
    assert f"{BOB}/odd: spec.containers[0].ports[0].containerPort" in failures(reading)[BOB]


@pytest.mark.parametrize(
    ("field", "nonsense"),
    [
        ("containerStatuses", [{"restartCount": -1}]),
        ("containerStatuses", [{"restartCount": "many"}]),
        ("containerStatuses", {"restartCount": 1}),
        ("conditions", 7),
        ("phase", ["Running"]),
        ("phase", "Dancing"),
        ("podIP", "nowhere"),
    ],
)
def test_a_malformed_status_names_its_field(
    server: ApiServer, connection: ClusterConnection, field: str, nonsense: object
) -> None:
    broken = make.pod_manifest("odd", BOB)
    broken["status"][field] = nonsense
    server.add(PODS, broken)
    assert f"{BOB}/odd: status.{field}" in failures(read(connection))[BOB]


def test_a_malformed_pod_in_kube_system_is_noted(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.add(PODS, make.pod_manifest("coredns-1", "kube-system", labels={"bad key!": "x"}))
    reading = read(connection)
    assert len(readings(reading)) == 2
    assert "kube-system/coredns-1: metadata.labels" in reading.notes[0]


def test_a_malformed_namespace_fails_alone(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.add(NAMESPACES, make.namespace_manifest("student-eve-dev", {"bad key!": "x"}))
    reading = read(connection)
    assert len(readings(reading)) == 2
    assert "metadata.labels" in failures(reading)["student-eve-dev"]


def test_a_terminating_namespace_is_not_read(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.objects[NAMESPACES][1] = make.namespace_manifest(
        BOB, deletionTimestamp="2026-03-03T12:00:00Z"
    )
    reading = read(connection)
    assert [*readings(reading)] == [ADA]
    assert "being deleted" in failures(reading)[BOB]


def test_a_namespace_that_is_deleted_between_the_lists_is_not_read(
    server: ApiServer, connection: ClusterConnection
) -> None:
    listed = {"items": server.objects[NAMESPACES]}
    server.instead[NAMESPACES] = [Answer(body=json.dumps(listed)), None]
    del server.objects[NAMESPACES][1]
    reading = read(connection)
    assert [one.namespace.name for one in reading.namespaces] == [ADA]


def test_a_namespace_that_is_deleted_and_made_again_between_the_lists_is_not_read(
    server: ApiServer, connection: ClusterConnection
) -> None:
    listed = {"items": [*server.objects[NAMESPACES]]}
    server.instead[NAMESPACES] = [Answer(body=json.dumps(listed)), None]
    server.objects[NAMESPACES][1] = make.namespace_manifest(BOB, uid="another")
    assert [*readings(read(connection))] == [ADA]
