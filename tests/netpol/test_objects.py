"""Pods, namespaces and objects that are not evaluated, as they are read."""

from typing import Any

import pytest
import yaml

from netpol.parse import InvalidManifestError, parse_namespace, parse_pod, parse_unsupported


@pytest.mark.parametrize(
    ("status", "addresses"),
    [
        ({}, []),
        ({"podIP": "10.0.0.1"}, ["10.0.0.1"]),
        ({"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}]}, ["10.0.0.1"]),
        (
            {"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]},
            ["10.0.0.1", "fd00::1"],
        ),
        ({"podIPs": [{"ip": "fd00:10:10:0::1"}]}, ["fd00:10:10::1"]),
        ({"podIP": "::ffff:10.0.0.1"}, ["10.0.0.1"]),
        ({"podIP": "", "podIPs": None}, []),
    ],
)
def test_addresses_of_a_pod(status: dict[str, Any], addresses: list[str]) -> None:
    read = parse_pod({"metadata": {"name": "a"}, "status": status})
    assert read
    assert [str(address) for address in read.addresses] == addresses


def test_a_pod_as_policies_see_it() -> None:
    read = parse_pod(
        yaml.safe_load(
            """
            metadata: {name: web.0, labels: {app: web}}
            spec:
              hostNetwork: true
              containers:
              - ports: [{name: http, containerPort: 80}, {containerPort: 53, protocol: UDP}]
              - {}
              initContainers:
              - {restartPolicy: Always, ports: [{name: proxy, containerPort: 81}]}
              - {ports: [{name: setup, containerPort: 82}]}
            """
        )
    )
    assert read
    assert (read.namespace, read.name, read.labels) == ("default", "web.0", {"app": "web"})
    assert read.host_network
    assert [(port.name, port.number, port.protocol) for port in read.ports] == [
        ("http", 80, "TCP"),
        ("", 53, "UDP"),
        ("proxy", 81, "TCP"),
    ]


@pytest.mark.parametrize(
    ("phase", "there"),
    [("Running", True), ("Pending", True), (None, True), ("Succeeded", False), ("Failed", False)],
)
def test_pods_that_have_ended_are_left_out(phase: str | None, *, there: bool) -> None:
    assert (parse_pod({"metadata": {"name": "a"}, "status": {"phase": phase}}) is not None) is there


@pytest.mark.parametrize(
    ("manifest", "field"),
    [
        ({"spec": {"hostNetwork": "yes"}}, "spec.hostNetwork"),
        ({"spec": {"containers": [{"ports": [{}]}]}}, "spec.containers[0].ports[0].containerPort"),
        (
            {"spec": {"containers": [{"ports": [{"containerPort": 1, "protocol": "udp"}]}]}},
            "spec.containers[0].ports[0].protocol",
        ),
        ({"status": {"podIPs": [{"ip": "10.0.0"}]}}, "status.podIPs[0].ip"),
        ({"status": []}, "status"),
    ],
)
def test_faults_of_a_pod(manifest: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidManifestError) as caught:
        parse_pod({"metadata": {"name": "a"}, **manifest})
    assert [fault.field for fault in caught.value.faults] == [field]


def test_a_namespace_has_a_name_and_labels() -> None:
    read = parse_namespace({"metadata": {"name": "team", "labels": {"a": "b"}}})
    assert (read.name, read.labels) == ("team", {"a": "b"})
    with pytest.raises(InvalidManifestError, match=r"^a\.b: metadata\.name: "):
        parse_namespace({"metadata": {"name": "a.b"}})


@pytest.mark.parametrize(
    ("version", "kind", "namespace"),
    [
        ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", None),
        ("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy", None),
        ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", None),
        ("cilium.io/v2", "CiliumNetworkPolicy", "x"),
        ("cilium.io/v2", "CiliumClusterwideNetworkPolicy", None),
        ("crd.projectcalico.org/v1", "NetworkPolicy", "x"),
        ("projectcalico.org/v3", "NetworkPolicy", "x"),
        ("projectcalico.org/v3", "GlobalNetworkPolicy", None),
    ],
)
def test_kinds_that_are_not_evaluated(version: str, kind: str, namespace: str | None) -> None:
    found = parse_unsupported(
        {"apiVersion": version, "kind": kind, "metadata": {"name": "p", "namespace": "x"}}
    )
    assert found
    assert (found.kind, found.name, found.namespace) == (kind, "p", namespace)


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"},
        {"apiVersion": "v1", "kind": "Pod"},
        {"apiVersion": "example.com/v1", "kind": "AdminNetworkPolicy"},
        {"apiVersion": ["cilium.io/v2"], "kind": {}},
    ],
)
def test_other_objects_are_not_unsupported_policies(manifest: dict[str, Any]) -> None:
    assert parse_unsupported(manifest) is None


@pytest.mark.parametrize(
    ("owners", "workload"),
    [
        (None, ""),
        ([], ""),
        ([{"kind": "StatefulSet", "name": "redis", "controller": True}], "redis"),
        ([{"kind": "ReplicaSet", "name": "web-5d4f", "controller": True}], "web"),
        ([{"kind": "ReplicaSet", "name": "bare", "controller": True}], "bare"),
        ([{"kind": "Job", "name": "once-5d4f", "controller": True}], "once-5d4f"),
        ([{"kind": "Node", "name": "n1"}], ""),
        ([{"kind": "Job", "name": "x\nNo connection changed.", "controller": True}], ""),
        ([{"kind": "Job", "name": "x\x1b[2J", "controller": True}], ""),
        ([{"kind": "Node", "name": "n1"}, {"kind": "Job", "name": "x", "controller": True}], "x"),
    ],
)
def test_the_workload_of_a_pod_is_its_controller(owners: Any, workload: str) -> None:
    metadata = {"name": "a", "labels": {"pod-template-hash": "5d4f"}, "ownerReferences": owners}
    read = parse_pod({"metadata": metadata})
    assert read
    assert read.workload == workload
