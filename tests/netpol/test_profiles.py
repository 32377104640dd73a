"""Network plugins that differ from the API's text, and what an assessment says of them."""

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest
import yaml

from netpol import lab, parse
from netpol.assess import assess_namespace
from netpol.evaluate import decide_connection
from netpol.matrix import compute_matrix
from netpol.model import (
    Cluster,
    Endpoint,
    Kubelet,
    LabeledNamespace,
    Outcome,
    OutsideAddress,
    Pod,
    Policy,
    Profile,
    Protocol,
    build_cluster,
)

LAB = lab.load_default_lab()
NS = "student-ada-dev"
APP = Pod(NS, "app", {"app": "student-app"}, addresses=(ip_address("10.244.1.5"),))
OTHER = Pod(NS, "other", {"app": "other"}, addresses=(ip_address("10.244.1.6"),))
GATEWAY = Pod("kube-system", "gw", {}, addresses=(ip_address("10.244.0.9"),), gateway=True)
WORLD = OutsideAddress(ip_address("203.0.113.5"))
BLOCK: dict[str, Any] = {"ipBlock": {"cidr": "0.0.0.0/0"}}
SYSTEM: dict[str, Any] = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
}


def ingress(*peers: dict[str, Any]) -> Policy:
    """Selects every pod and admits these peers; without any, everybody."""
    rule = {"from": list(peers)} if peers else {}
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [rule]}
    return parse.parse_policy({"metadata": {"name": "p", "namespace": NS}, "spec": spec})


DENY = parse.parse_policy(
    {
        "metadata": {"name": "deny", "namespace": NS},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }
)


def cluster(profile: Profile, *policies: Policy) -> Cluster:
    found = build_cluster(
        [LabeledNamespace(NS, {}), LabeledNamespace("kube-system", {})],
        [APP, OTHER, GATEWAY],
        policies,
    )
    return replace(found, profile=profile)


@pytest.mark.parametrize(
    ("policy", "source", "kubernetes", "cilium"),
    [
        (ingress(BLOCK), OTHER, "allow", "deny"),
        (ingress(BLOCK), WORLD, "allow", "allow"),
        (ingress(BLOCK), GATEWAY, "allow", "deny"),
        (ingress(SYSTEM), GATEWAY, "allow", "deny"),
        (ingress({"namespaceSelector": {}}), GATEWAY, "allow", "deny"),
        (ingress({"namespaceSelector": {}, "podSelector": {}}), GATEWAY, "allow", "deny"),
        (ingress(), GATEWAY, "allow", "allow"),
        (ingress(), OTHER, "allow", "allow"),
        (ingress({"podSelector": {}}), OTHER, "allow", "allow"),
        (ingress({"podSelector": {}}, BLOCK), OTHER, "allow", "allow"),
    ],
)
def test_on_cilium_an_ipblock_means_no_pod_and_no_selector_means_the_gateway(
    policy: Policy, source: Endpoint, kubernetes: str, cilium: str
) -> None:
    found = {
        profile: decide_connection(
            cluster(profile, policy), source, APP, 5000, Protocol.TCP
        ).outcome.value
        for profile in Profile
    }
    assert found == {"kubernetes": kubernetes, "cilium": cilium, "unenforced": "allow"}


@pytest.mark.parametrize("profile", Profile)
def test_the_kubelet_reaches_its_nodes_pods_whatever_policies_say(profile: Profile) -> None:
    verdict = decide_connection(cluster(profile, DENY), Kubelet(), APP, 5000, Protocol.TCP)
    assert verdict.outcome is Outcome.ALLOW


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("policies", [[ingress(BLOCK)], [ingress(SYSTEM)], [ingress()], [DENY]])
def test_a_matrix_says_what_decide_says(profile: Profile, policies: list[Policy]) -> None:
    known = cluster(profile, *policies)
    ends = {f"{pod.namespace}/{pod.name}": pod for pod in known.pods}
    found = compute_matrix(known, 5000, Protocol.TCP)
    for source, row in found.items():
        for destination, allowed in row.items():
            pair = ends[source], ends[destination]
            outcome = decide_connection(known, *pair, 5000, Protocol.TCP).outcome
            assert allowed is {Outcome.ALLOW: True, Outcome.DENY: False}.get(outcome)


def assessed(*manifests: Any) -> dict[str, dict[str, str]]:
    """Of each flow what differs, by profile."""
    policies = [parse.parse_policy(manifest, namespace=NS) for manifest in manifests]
    found = assess_namespace(LAB, build_cluster(policies=policies), NS)
    return {
        flow.flow: {each.profile.value: each.outcome.value for each in flow.deviations}
        for flow in found.flows
        if flow.deviations
    }


def test_the_labs_solution_lets_no_gateway_in_on_cilium() -> None:
    differing = assessed(*LAB.solution)
    on_cilium = {flow: found["cilium"] for flow, found in differing.items() if "cilium" in found}
    assert on_cilium == {"Gateway to student-app": "deny", "Gateway to uptime-kuma": "deny"}
    without = {flow for flow, found in differing.items() if "unenforced" in found}
    assert without == {flow.name for flow in LAB.flows if flow.expected is Outcome.DENY}


def test_without_policies_nothing_differs() -> None:
    assert assessed() == {}


def test_an_ipblock_on_the_platforms_network_opens_pods_on_one_plugin_only() -> None:
    wide = {
        "metadata": {"name": "wide"},
        "spec": {
            "podSelector": {"matchLabels": {"app": "redis"}},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"ipBlock": {"cidr": "10.244.0.0/16"}}]}],
        },
    }
    differing = assessed(*LAB.solution, wide)
    assert differing["Other student to redis"] == {"cilium": "deny"}


def test_a_deviation_says_why_and_what_would_admit_the_gateway() -> None:
    policies = [parse.parse_policy(manifest, namespace=NS) for manifest in LAB.solution]
    flow = assess_namespace(LAB, build_cluster(policies=policies), NS).find_flow(
        "Gateway to student-app"
    )
    deviation = flow.deviation_under(Profile.CILIUM)
    assert deviation
    assert "`ingress`" in deviation.reason
    assert flow.outcome_under(Profile.CILIUM) is Outcome.DENY
    assert (
        flow.outcome_under(Profile.KUBERNETES)
        is flow.outcome_under(Profile.UNENFORCED)
        is Outcome.ALLOW
    )
    assert yaml.safe_load(deviation.remedy) == {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": "allow-gateway-to-student-app"},
        "spec": {
            "endpointSelector": {"matchLabels": {"app": "student-app"}},
            "ingress": [
                {
                    "fromEntities": ["ingress"],
                    "toPorts": [{"ports": [{"port": "5000", "protocol": "TCP"}]}],
                }
            ],
        },
    }
