"""What a class looks like, read by the real client over HTTP, and how it is asked for."""

import pytest

from dashboard.collect.cluster import ClusterConnection, ClusterError
from tests import make
from tests.apiserver import (
    EXPIRED,
    NAMESPACES,
    PODS,
    POLICIES,
    TOO_MANY,
    Answer,
    ApiServer,
)
from tests.dashboard.reads import ADA, BOB, failures, read, readings

pytestmark = pytest.mark.usefixtures("two_students")


def test_a_class_is_read_with_owners_pods_and_policies(connection: ClusterConnection) -> None:
    reading = read(connection)
    assert failures(reading) == {}
    assert [*readings(reading)] == [ADA, BOB]
    ada = readings(reading)[ADA]
    assert (ada.owner.student, ada.owner.environment) == ("ada", "dev")
    assert [str(pod.pod.addresses[0]) for pod in ada.pods] == ["10.244.1.5"]
    assert [manifest["metadata"]["name"] for manifest in ada.manifests] == ["default-deny-all"]


def test_labels_say_whose_a_namespace_is_before_its_name_does(
    server: ApiServer, connection: ClusterConnection
) -> None:
    labels = make.course_labels("Grace-Hopper", "prod")
    server.add(NAMESPACES, make.namespace_manifest("somewhere", labels))
    owner = readings(read(connection))["somewhere"].owner
    assert (owner.student, owner.environment) == ("Grace-Hopper", "prod")


def test_nothing_of_a_pods_environment_survives(connection: ClusterConnection) -> None:
    assert "do-not-store-me" not in repr(read(connection))


def test_a_pod_brings_readiness_and_restarts(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.add(PODS, make.pod_manifest("redis-0", ADA, ready=False, restarts=3, address=None))
    app, redis = readings(read(connection))[ADA].pods
    assert (app.phase, app.ready, app.restarts) == ("Running", True, 0)
    assert (redis.ready, redis.restarts, redis.pod.addresses) == (False, 3, ())


def test_a_pod_that_has_ended_is_left_out(server: ApiServer, connection: ClusterConnection) -> None:
    ended = make.pod_manifest("job-1", ADA)
    ended["status"] = {"phase": "Succeeded"}
    server.add(PODS, ended)
    assert len(readings(read(connection))[ADA].pods) == 1


def test_a_policy_comes_without_what_the_server_adds(
    server: ApiServer, connection: ClusterConnection
) -> None:
    policy = make.policy("managed", ADA)
    policy["metadata"] |= {"managedFields": [{"manager": "kubectl"}], "resourceVersion": "7"}
    server.objects[POLICIES] = [policy]
    (manifest,) = readings(read(connection))[ADA].manifests
    assert manifest["metadata"] == {"name": "managed", "namespace": ADA}


def test_an_object_without_a_name_is_none(server: ApiServer, connection: ClusterConnection) -> None:
    bookmark = {"metadata": {"namespace": ADA}, "spec": {"podSelector": {}}}
    server.add(POLICIES, bookmark, {"metadata": {}, "spec": {"podSelector": {}}})
    assert len(readings(read(connection))[ADA].manifests) == 1


def test_dns_is_what_carries_its_label_in_kube_system(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.add(
        PODS,
        make.pod_manifest("coredns-1", "kube-system", labels={"k8s-app": "kube-dns"}),
        make.pod_manifest("metrics-1", "kube-system", labels={"k8s-app": "metrics"}),
    )
    around = read(connection).surroundings
    assert [pod.name for pod in around.pods] == ["coredns-1"]
    assert [namespace.name for namespace in around.namespaces] == ["kube-system"]


def test_lists_come_in_pages_and_never_from_a_cache(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.page = 1
    assert [*readings(read(connection))] == [ADA, BOB]
    first, second = server.asked(POLICIES)
    assert "continue" not in first.query
    assert "continue" in second.query
    assert all("resourceVersion" not in request.query for request in server.requests)
    assert all("limit" in request.query for request in server.requests)


def test_the_token_of_the_kubeconfig_is_sent(
    server: ApiServer, connection: ClusterConnection
) -> None:
    read(connection)
    assert {request.headers["authorization"] for request in server.requests} == {
        "Bearer secret-token"
    }


def test_an_expired_page_begins_the_list_anew_and_its_token_is_not_taken(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.page = 1
    server.instead[POLICIES] = [None, EXPIRED, None]
    assert len(readings(read(connection))) == 2
    tokens = [request.query.get("continue") for request in server.asked(POLICIES)]
    assert "inconsistent" not in tokens
    assert tokens.count(None) == 2


def test_a_list_that_expires_again_and_again_is_given_up(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.instead[POLICIES] = [EXPIRED]
    with pytest.raises(ClusterError, match="too slow"):
        read(connection)
    assert len(server.asked(POLICIES)) == 3


def test_too_many_requests_is_asked_again(server: ApiServer, connection: ClusterConnection) -> None:
    server.instead[PODS] = [TOO_MANY, TOO_MANY, None]
    assert len(readings(read(connection))) == 2


def test_too_many_requests_ends_with_the_servers_words(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.instead[PODS] = [TOO_MANY]
    with pytest.raises(ClusterError, match=r"429 .*Too many requests.*next poll"):
        read(connection)
    assert len(server.asked(PODS)) == 4


@pytest.mark.parametrize("code", [500, 503, 504])
def test_a_failing_server_is_not_asked_again(
    server: ApiServer, connection: ClusterConnection, code: int
) -> None:
    server.instead[POLICIES] = [Answer(code, "etcdserver: request timed out", {"Retry-After": "1"})]
    with pytest.raises(ClusterError, match=f"{code} to .*etcdserver: request timed out"):
        read(connection)
    assert len(server.asked(POLICIES)) == 1
