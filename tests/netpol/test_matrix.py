"""The matrix of pods that are nearly alike: what tells them apart still counts."""

from dataclasses import replace

import pytest

from netpol.evaluate import decide
from netpol.matrix import matrix
from netpol.model import Cluster, ContainerPort, Outcome, Pod, Protocol
from tests.netpol.drawing import NAMESPACES, pod, policies

ALLOWED = {Outcome.ALLOW: True, Outcome.DENY: False, Outcome.UNKNOWN: None}


def web(number: int) -> tuple[ContainerPort, ...]:
    return (ContainerPort("web", number, Protocol.TCP),)


def variants(namespace: str) -> list[Pod]:
    """Two equal pods, and others that each differ from them in one thing."""
    first = replace(pod(f"{namespace}/a", "10.0.0.1", ports=web(80)), labels={"app": "same"})
    four, six = first.addresses, pod("x/a", "fd00::1").addresses
    return [
        first,
        replace(first, name="twin"),
        replace(first, name="other-port", ports=web(81)),
        replace(first, name="on-its-node", host_network=True),
        replace(first, name="no-address", addresses=()),
        replace(first, name="other-address", addresses=pod("x/a", "192.0.2.1").addresses),
        replace(first, name="dual-stack", addresses=four + six),
        replace(first, name="ipv6", addresses=six),
        replace(first, name="other-labels", labels={"app": "other"}),
    ]


@pytest.mark.parametrize(
    "spec",
    [
        "{ingress: [{from: [{podSelector: {}}]}]}",
        "{egress: [{to: [{podSelector: {matchLabels: {app: same}}}]}]}",
        "{ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}]}]}",
        "{egress: [{ports: [{port: web}]}], policyTypes: [Egress]}",
        "{ingress: [{ports: [{port: web}]}]}",
        "{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}",
        "{egress: [{to: [{ipBlock: {cidr: 'fd00::/8'}}]}], policyTypes: [Egress]}",
        "{podSelector: {matchLabels: {app: other}}, policyTypes: [Ingress, Egress]}",
        "{podSelector: {matchLabels: {app: other}}, policyTypes: [Egress]}",
    ],
)
def test_pods_that_are_nearly_alike_keep_their_own_answers(spec: str) -> None:
    ends = {f"{end.namespace}/{end.name}": end for home in ("x", "y") for end in variants(home)}
    # In x and y alike, as in the namespaces of a class.
    listed = [policy for home in ("x", "y") for policy in policies(spec, namespace=home)]
    state = Cluster.of(NAMESPACES, ends.values(), listed)
    answers = matrix(state, 80, Protocol.TCP)
    for name, source in ends.items():
        assert answers[name] == {
            other: ALLOWED[decide(state, source, end, 80, Protocol.TCP).outcome]
            for other, end in ends.items()
        }
