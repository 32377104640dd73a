"""What a poll makes of a cluster that does not show everything."""

import json

import pytest

from dashboard.collect.cluster import ClusterConnection, ClusterError
from netpol.kinds import UNSUPPORTED
from netpol.model import UnsupportedPolicy
from netpol.parse import parse_unsupported
from tests.apiserver import (
    NAMESPACES,
    PODS,
    POLICIES,
    Answer,
    ApiServer,
    forbidden,
    within,
)
from tests.dashboard.reads import ADA, BOB, failures, read, readings

pytestmark = pytest.mark.usefixtures("two_students")


@pytest.mark.parametrize("path", [PODS, POLICIES])
def test_a_kind_that_is_forbidden_class_wide_is_listed_in_each_namespace(
    server: ApiServer, connection: ClusterConnection, path: str
) -> None:
    server.instead[path] = [forbidden(path)]
    server.instead[within("kube-system", PODS)] = [forbidden(PODS, "kube-system")]
    reading = read(connection)
    assert [len(one.pods) + len(one.manifests) for one in readings(reading).values()] == [2, 2]
    assert reading.missing_rights == ()


@pytest.mark.parametrize("path", [PODS, POLICIES])
def test_a_namespace_that_is_forbidden_alone_fails_alone(
    server: ApiServer, connection: ClusterConnection, path: str
) -> None:
    plural = path.rpartition("/")[2]
    server.instead[path] = [forbidden(path)]
    server.instead[within(BOB, path)] = [forbidden(path, BOB)]
    reading = read(connection)
    assert [*readings(reading)] == [ADA]
    reason = failures(reading)[BOB]
    assert f'cannot list resource "{plural}" in the namespace "{BOB}"' in reason
    assert f"python manage.py rbac --namespace {BOB} | kubectl apply -f -" in reason
    (rule,) = reading.missing_rights
    assert f"resources: [{plural}]" in rule
    assert "verbs: [list]" in rule


def test_without_the_right_to_list_namespaces_the_rule_is_told(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.instead[NAMESPACES] = [forbidden(NAMESPACES)]
    with pytest.raises(ClusterError) as caught:
        read(connection)
    assert "resources: [namespaces]" in str(caught.value)
    assert "python manage.py rbac | kubectl apply -f -" in str(caught.value)


def test_where_kube_system_is_hidden_a_note_says_that_dns_is_a_stand_in(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.instead[PODS] = [forbidden(PODS)]
    server.instead[within("kube-system", PODS)] = [forbidden(PODS, "kube-system")]
    assert read(connection).notes == ("DNS is a placeholder: pods in kube-system cannot be read.",)


def test_kinds_that_are_not_installed_are_no_matter(connection: ClusterConnection) -> None:
    reading = read(connection)
    assert (reading.surroundings.unsupported, reading.notes, reading.missing_rights) == ((), (), ())


def test_of_unsupported_kinds_the_names_are_kept(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.add(
        "/apis/cilium.io/v2/ciliumnetworkpolicies",
        {"metadata": {"name": "l7", "namespace": ADA}, "spec": {"secret": "do-not-store-me"}},
    )
    server.add(
        "/apis/policy.networking.k8s.io/v1alpha1/adminnetworkpolicies", {"metadata": {"name": "a"}}
    )
    assert set(read(connection).surroundings.unsupported) == {
        UnsupportedPolicy("CiliumNetworkPolicy", "l7", ADA),
        UnsupportedPolicy("AdminNetworkPolicy", "a", None),
    }


def test_unsupported_kinds_that_are_forbidden_are_noted_with_the_rule(
    server: ApiServer, connection: ClusterConnection
) -> None:
    path = "/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies"
    server.instead[path] = [forbidden(path)]
    installed = {"resources": [{"name": "ciliumclusterwidenetworkpolicies"}]}
    server.instead["/apis/cilium.io/v2"] = [Answer(body=json.dumps(installed))]
    reading = read(connection)
    assert len(readings(reading)) == 2
    (note,) = reading.notes
    assert "ciliumclusterwidenetworkpolicies" in note
    assert "assume that there are none" in note
    (rule,) = reading.missing_rights
    assert "apiGroups: [cilium.io]" in rule


@pytest.mark.parametrize(
    "kinds",
    [Answer(404, "404 page not found"), Answer(body='{"resources": [{"name": "ciliumnodes"}]}')],
)
def test_kinds_that_are_forbidden_but_not_installed_are_no_matter(
    server: ApiServer, connection: ClusterConnection, kinds: Answer
) -> None:
    for kind in UNSUPPORTED:
        server.instead[kind.list_path()] = [forbidden(kind.list_path())]
        server.instead[kind.api_path] = [kinds]
    reading = read(connection)
    assert (reading.notes, reading.missing_rights) == ((), ())


def test_manifests_of_the_unsupported_kinds_are_recognized() -> None:
    for kind in UNSUPPORTED:
        manifest = {"apiVersion": kind.api_version, "kind": kind.name, "metadata": {"name": "x"}}
        namespace = "default" if kind.is_namespaced else None
        assert parse_unsupported(manifest) == UnsupportedPolicy(kind.name, "x", namespace)
