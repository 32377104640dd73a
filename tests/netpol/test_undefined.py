"""What the API leaves undefined, and what is answered then: section 7 of docs/semantics.md."""

import pytest

from netpol.evaluate import decide_connection
from netpol.model import ContainerPort, Outcome, Protocol, UnsupportedPolicy
from tests.netpol.drawing import PODS, cluster, draw, pod, table

CLOSED = "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress, Egress]}"
WEB = ContainerPort("web", 80, Protocol.TCP)


def test_a_pod_always_reaches_itself() -> None:
    alone = cluster("policyTypes: [Ingress, Egress]", pods=PODS[:1])
    assert draw(alone) == table("x/a\nx/a .")


def on_host(spec: str) -> str:
    """x/a is governed by the policy, x/b uses its node's network."""
    node = pod("x/b", "192.0.2.1", host_network=True, ports=[WEB])
    return draw(cluster(spec, pods=(PODS[0], node)))


@pytest.mark.parametrize(
    ("rules", "into_a", "out_of_a"),
    [
        ("", "?", "?"),
        ("ingress: [{}], egress: [{}]", ".", "."),
        ("ingress: [{ports: [{port: 81}]}], egress: [{ports: [{port: 81}]}]", "?", "?"),
        ("ingress: [{from: [{podSelector: {}}]}], egress: [{to: [{podSelector: {}}]}]", "?", "?"),
        ("ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]", ".", "?"),
        ("egress: [{to: [{ipBlock: {cidr: 192.0.2.1/32}}]}]", "?", "."),
        ("egress: [{ports: [{port: web}]}]", "?", "?"),
    ],
)
def test_a_peer_on_its_nodes_network_is_admitted_only_where_both_readings_agree(
    rules: str, into_a: str, out_of_a: str
) -> None:
    separator = ", " if rules else ""
    drawing = on_host(CLOSED.removesuffix("}") + separator + rules + "}")
    assert drawing == table(f"x/a x/b\nx/a . {out_of_a}\nx/b {into_a} .")


@pytest.mark.parametrize(
    ("spec", "sign"),
    [
        ("{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress]}", "."),
        ("{podSelector: {matchLabels: {pod: b}}, policyTypes: [Ingress]}", "?"),
        ("{podSelector: {matchLabels: {pod: b}}, ingress: [{}]}", "."),
        (
            "{podSelector: {matchLabels: {pod: b}}, ingress: [{from: [{podSelector: {}}]}]}",
            ".",
        ),
        ("{podSelector: {matchLabels: {pod: b}}, ingress: [{ports: [{port: web}]}]}", "."),
    ],
)
def test_a_pod_on_its_nodes_network_is_never_surely_denied(spec: str, sign: str) -> None:
    assert on_host(spec) == table(
        f"x/a x/b\nx/a . {sign}\nx/b {'?' if 'pod: a' in spec else '.'} ."
    )


def test_two_pods_on_their_nodes_network_are_ignored_or_selected_alike() -> None:
    pods = (
        pod("x/a", "192.0.2.1", host_network=True),
        pod("x/b", "192.0.2.2", host_network=True),
    )
    spec = "{ingress: [{from: [{podSelector: {matchLabels: {pod: a}}}]}]}"
    assert draw(cluster(spec, pods=pods)) == table("x/a x/b\nx/a . .\nx/b ? .")


def test_a_denial_at_the_other_end_is_sure_whatever_one_end_does() -> None:
    node = pod("x/b", "192.0.2.1", host_network=True)
    state = cluster(
        "{podSelector: {matchLabels: {pod: b}}, policyTypes: [Ingress]}",
        "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Egress], egress: []}",
        pods=(PODS[0], pod("x/c"), node),
    )
    ordinary = decide_connection(state, PODS[0], pod("x/c"), 80, Protocol.TCP)
    assert ordinary.outcome is Outcome.DENY
    verdict = decide_connection(state, PODS[0], node, 80, Protocol.TCP)
    assert verdict.outcome is Outcome.UNKNOWN
    assert "node's network" in verdict.egress.undefined[0]
    assert "node's network" in verdict.ingress.undefined[0]


@pytest.mark.parametrize(
    ("rule", "sign"),
    [
        ("{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}", "?"),
        ("{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 81}]}", "X"),
        ("{from: [{ipBlock: {cidr: 10.0.0.0/8}}, {podSelector: {}}]}", "."),
        ("{from: [{namespaceSelector: {matchLabels: {team: blue}}}]}", "X"),
    ],
)
def test_a_pod_without_an_address_might_be_in_a_block(rule: str, sign: str) -> None:
    spec = f"{{podSelector: {{matchLabels: {{pod: a}}}}, ingress: [{rule}]}}"
    starting = pod("x/b")
    starting = type(starting)(starting.namespace, starting.name, starting.labels)
    assert draw(cluster(spec, pods=(PODS[0], starting))) == table(f"x/a x/b\nx/a . .\nx/b {sign} .")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (
            UnsupportedPolicy("CiliumNetworkPolicy", "extra", "x"),
            """
                  x/a x/b y/a
            x/a    .   ?   ?
            x/b    ?   .   ?
            y/a    ?   ?   .
            """,
        ),
        (
            UnsupportedPolicy("CiliumNetworkPolicy", "extra", "y"),
            """
                  x/a x/b y/a
            x/a    .   X   ?
            x/b    .   .   ?
            y/a    ?   X   .
            """,
        ),
        (
            UnsupportedPolicy("AdminNetworkPolicy", "extra", None),
            """
                  x/a x/b y/a
            x/a    .   ?   ?
            x/b    ?   .   ?
            y/a    ?   ?   .
            """,
        ),
    ],
)
def test_an_object_that_is_not_evaluated_makes_unknown_what_it_could_change(
    other: UnsupportedPolicy, expected: str
) -> None:
    spec = "{podSelector: {matchLabels: {pod: b}}, policyTypes: [Ingress]}"
    assert draw(cluster(spec, unsupported=[other])) == table(expected)


def test_the_reason_names_the_object_that_is_not_evaluated() -> None:
    state = cluster(unsupported=[UnsupportedPolicy("AdminNetworkPolicy", "strict", None)])
    (reason,) = decide_connection(state, PODS[0], PODS[1], 80, Protocol.TCP).egress.undefined
    assert reason == "AdminNetworkPolicy strict could change this, and its kind is not evaluated"


def test_sctp_rules_isolate_and_open_nothing_else() -> None:
    state = cluster("{ingress: [{ports: [{protocol: SCTP, port: 80}]}]}")
    outcomes = [
        decide_connection(state, PODS[2], PODS[0], 80, protocol).outcome for protocol in Protocol
    ]
    assert dict(zip(Protocol, outcomes, strict=True)) == {
        Protocol.TCP: Outcome.DENY,
        Protocol.UDP: Outcome.DENY,
        Protocol.SCTP: Outcome.ALLOW,
    }
