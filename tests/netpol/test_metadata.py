"""Names, namespaces, labels and unknown fields: 4.15 and section 8 of docs/semantics.md."""

from typing import Any

import pytest
import yaml

from netpol.parse import InvalidManifestError, ManifestFault, parse_policy
from netpol.validate import (
    check_dns_label,
    check_dns_subdomain,
    check_label_key,
    check_label_value,
    check_port_name,
)


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        ({}, "metadata.name"),
        ({"name": None}, "metadata.name"),
        ({"name": ""}, "metadata.name"),
        ({"generateName": "p-"}, "metadata.name"),
        ({"name": 5}, "metadata.name"),
        ({"name": "a" * 254}, "metadata.name"),
        ({"name": "a..b"}, "metadata.name"),
        ({"name": "p", "namespace": "a.b"}, "metadata.namespace"),
        ({"name": "p", "namespace": "a" * 64}, "metadata.namespace"),
        ({"name": "p", "namespace": 0}, "metadata.namespace"),
        ({"name": "p", "namespace": {}}, "metadata.namespace"),
        ({"name": "p", "labels": {"k": 1}}, "metadata.labels"),
        ({"name": "p", "labels": {"-": "v"}}, "metadata.labels"),
        ([], "metadata"),
        ({"name": "p", "annotations": {"k": 1}}, "metadata.annotations"),
        ({"name": "p", "annotations": {"a b": "v"}}, "metadata.annotations"),
        ({"name": "p", "annotations": []}, "metadata.annotations"),
        ({"name": "p", "annotations": {"k": "v" * (256 << 10)}}, "metadata.annotations"),
        ({"name": "p", "uid": 5}, "metadata.uid"),
        ({"name": "p", "resourceVersion": 7}, "metadata.resourceVersion"),
        ({"name": "p", "generation": "3"}, "metadata.generation"),
        ({"name": "p", "finalizers": [5]}, "metadata.finalizers[0]"),
        ({"name": "p", "ownerReferences": {}}, "metadata.ownerReferences"),
    ],
)
def test_metadata(metadata: Any, field: str) -> None:
    with pytest.raises(InvalidManifestError) as caught:
        parse_policy({"metadata": metadata})
    assert field in [fault.field for fault in caught.value.faults]


@pytest.mark.parametrize("name", ["a", "a.b-c.1", "0", "a" * 253])
def test_names_that_a_policy_may_have(name: str) -> None:
    assert parse_policy({"metadata": {"name": name}}).name == name


def test_bookkeeping_may_be_there_in_any_amount_of_its_types() -> None:
    metadata: dict[str, object] = {
        "name": "p",
        "uid": None,
        "generation": 3,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "annotations": {"Example.com/K": "v" * ((256 << 10) - 14), "k": None},
        "finalizers": ["a/b"],
        "ownerReferences": [{}],
        "managedFields": [{}],
    }
    warnings: list[ManifestFault] = []
    assert parse_policy({"metadata": metadata}, warn=warnings.append).name == "p"
    assert warnings == []


@pytest.mark.parametrize(
    ("given", "namespace"), [({}, "team"), ({"namespace": ""}, "team"), ({"namespace": "b"}, "b")]
)
def test_the_namespace_is_the_requests_where_none_is_given(
    given: dict[str, str], namespace: str
) -> None:
    manifest = {"metadata": {"name": "p", **given}}
    assert parse_policy(manifest, namespace="team").namespace == namespace


def test_unknown_fields_are_warned_of() -> None:
    warnings: list[ManifestFault] = []
    manifest = yaml.safe_load(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: p, uid: u, resourceVersion: "1", nmespace: x}
        spec:
          podselector: {}
          ingress: [{form: [], ports: [{prot: TCP}], from: [{podSelector: {matchlabels: {}}}]}]
        status: {}
        """
    )
    parse_policy(manifest, warn=warnings.append)
    assert sorted(warning.field for warning in warnings) == [
        "metadata.nmespace",
        "spec.ingress[0].form",
        "spec.ingress[0].from[0].podSelector.matchlabels",
        "spec.ingress[0].ports[0].prot",
        "spec.podselector",
    ]


def test_sizes_are_unlimited() -> None:
    ports = [{"port": port} for port in range(1, 3001)]
    peers = [{"podSelector": {"matchLabels": {"n": str(number)}}} for number in range(3000)]
    read = parse_policy(
        {"metadata": {"name": "p"}, "spec": {"ingress": [{"ports": ports, "from": peers}] * 2}}
    )
    assert read.ingress
    assert [len(rule.ports or ()) + len(rule.peers or ()) for rule in read.ingress] == [6000, 6000]


@pytest.mark.parametrize(
    ("wrong", "good", "bad"),
    [
        (
            check_dns_label,
            ["a", "a-b", "0", "a" * 63],
            ["", "A", "a.b", "-a", "a-", "a_b", "a" * 64, "a\n", "é"],
        ),
        (
            check_dns_subdomain,
            ["a", "a.b", "a-b.c-d", "a" * 253],
            ["", ".", "a.", ".a", "a..b", "a.-b", "A", "a_b", "a" * 254, "a\n"],
        ),
        (
            check_label_key,
            ["a", "A", "a_b.c-d", "example.com/a", "a" * 63, f"{'a' * 253}/b"],
            ["", "/", "a/", "/a", "a/b/c", "-a", "a-", "a b", "A.b/a", "a" * 64, "a" * 254 + "/b"],
        ),
        (
            check_label_value,
            ["", "a", "A", "a_b.c-d", "1", "a" * 63],
            ["-", "a-", ".a", "a b", "a/b", "a" * 64, "a\n", "é"],
        ),
        (
            check_port_name,
            ["a", "http", "a-b", "80a", "a" * 15],
            ["", "80", "A", "a--b", "-a", "a-", "a_b", "a" * 16, "1-2", "a\n"],
        ),
    ],
)
def test_names(wrong: Any, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if wrong(text)] == []
    assert [text for text in bad if not wrong(text)] == []
