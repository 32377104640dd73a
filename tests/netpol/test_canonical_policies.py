"""Equal meaning to the API server, equal text."""

from typing import Any

import pytest
import yaml

from netpol.canonical_policies import canonicalize_policies, canonicalize_policy, compute_digest


def spec(text: str) -> Any:
    return canonicalize_policy({"metadata": {"name": "p"}, "spec": yaml.safe_load(text)})["spec"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("null", "{podSelector: {}, policyTypes: [Ingress]}"),
        ("{ingress: [], egress: []}", "{podSelector: {}, policyTypes: [Ingress]}"),
        ("{policyTypes: []}", "{podSelector: {}, policyTypes: [Ingress]}"),
        ("{policyTypes: [Egress, Ingress]}", "{podSelector: {}, policyTypes: [Egress, Ingress]}"),
        (
            "{egress: [{}]}",
            "{podSelector: {}, egress: [{}], policyTypes: [Ingress, Egress]}",
        ),
        (
            "{ingress: [null, {from: [], ports: []}]}",
            "{podSelector: {}, ingress: [{}, {}], policyTypes: [Ingress]}",
        ),
        (
            "{ingress: [{ports: [{}, null, {port: 80, endPort: 90}, {port: web, protocol: UDP}]}]}",
            (
                "{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{protocol: TCP}, "
                "{protocol: TCP}, {protocol: TCP, port: 80, endPort: 90}, "
                "{protocol: UDP, port: web}]}]}"
            ),
        ),
        (
            (
                "{ingress: [{from: [{podSelector: {}, namespaceSelector: null}, "
                "{ipBlock: {cidr: 10.0.0.1/8, except: []}}]}]}"
            ),
            (
                "{podSelector: {}, policyTypes: [Ingress], "
                "ingress: [{from: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.1/8}}]}]}"
            ),
        ),
        (
            "{podSelector: {matchLabels: {}, matchExpressions: []}}",
            "{podSelector: {}, policyTypes: [Ingress]}",
        ),
        (
            (
                "{podSelector: {matchLabels: {a: null}, matchExpressions: "
                "[{key: b, operator: Exists, values: []}, {key: c, operator: In, values: [d]}]}}"
            ),
            (
                "{podSelector: {matchLabels: {a: ''}, matchExpressions: "
                "[{key: b, operator: Exists}, {key: c, operator: In, values: [d]}]}, "
                "policyTypes: [Ingress]}"
            ),
        ),
        (
            "{unknown: 1, ingress: [{form: []}]}",
            "{podSelector: {}, ingress: [{}], policyTypes: [Ingress]}",
        ),
    ],
)
def test_what_the_server_keeps_of_a_spec(written: str, kept: str) -> None:
    assert spec(written) == yaml.safe_load(kept)


def test_only_the_name_is_kept_of_the_metadata() -> None:
    manifest = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": "p",
            "namespace": "x",
            "labels": {"a": "b"},
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
            "managedFields": [{}],
            "resourceVersion": "7",
            "generation": 3,
        },
        "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
        "status": {},
    }
    from_a_list = {"metadata": {"name": "p"}, "spec": manifest["spec"]}
    assert canonicalize_policy(manifest) == canonicalize_policy(from_a_list)
    assert canonicalize_policy(manifest) == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "p"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
    }


def test_a_set_is_ordered_by_name() -> None:
    names = [
        policy["metadata"]["name"]
        for policy in canonicalize_policies({"metadata": {"name": name}} for name in "bca")
    ]
    assert names == ["a", "b", "c"]


def test_the_digest_ignores_the_order_of_keys_and_nothing_else() -> None:
    assert compute_digest({"a": 1, "b": [1, 2]}) == compute_digest({"b": [1, 2], "a": 1})
    assert compute_digest({"a": [1, 2]}) != compute_digest({"a": [2, 1]})
    assert compute_digest([]) != compute_digest({})
    assert compute_digest("") == "12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126"
