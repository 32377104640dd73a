"""The matrix of pods that are nearly alike: what tells them apart still counts."""

from dataclasses import replace

import pytest

from netpol.evaluate import decide_connection
from netpol.matrix import compute_matrix
from netpol.model import ContainerPort, Outcome, Pod, Protocol, build_cluster
from tests.netpol.drawing import NAMESPACES, pod, policies
from tests.netpol.generated import variants

ALLOWED = {Outcome.ALLOW: True, Outcome.DENY: False, Outcome.UNKNOWN: None}


def pods_of(namespace: str) -> list[Pod]:
    first = pod(f"{namespace}/a", "10.0.0.1", ports=[ContainerPort("web", 80, Protocol.TCP)])
    return variants(replace(first, labels={"app": "same"}), {"app": "other"})


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
    ends = {f"{end.namespace}/{end.name}": end for home in ("x", "y") for end in pods_of(home)}
    # In x and y alike, as in the namespaces of a class.
    listed = [policy for home in ("x", "y") for policy in policies(spec, namespace=home)]
    state = build_cluster(NAMESPACES, ends.values(), listed)
    answers = compute_matrix(state, 80, Protocol.TCP)
    for name, source in ends.items():
        assert answers[name] == {
            other: ALLOWED[decide_connection(state, source, end, 80, Protocol.TCP).outcome]
            for other, end in ends.items()
        }
