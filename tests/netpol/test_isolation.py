"""Isolation, combination, policyTypes and defaulting: sections 1 to 3 of docs/semantics.md."""

import pytest

from netpol.evaluate import decide_connection, find_isolating_policies
from netpol.model import Direction, Outcome, Pod, Protocol, RuleMatch, build_cluster
from tests.netpol.drawing import NAMESPACES, PODS, cluster, draw, pod, policies, table

OPEN = """
          x/a x/b y/a
    x/a    .   .   .
    x/b    .   .   .
    y/a    .   .   .
"""
NOTHING_INTO_X = """
          x/a x/b y/a
    x/a    .   X   .
    x/b    X   .   .
    y/a    X   X   .
"""
NOTHING_OUT_OF_X = """
          x/a x/b y/a
    x/a    .   X   X
    x/b    X   .   X
    y/a    .   .   .
"""
X_CUT_OFF = """
          x/a x/b y/a
    x/a    .   X   X
    x/b    X   .   X
    y/a    X   X   .
"""


def test_without_policies_everything_is_open() -> None:
    assert draw(cluster()) == table(OPEN)


def test_a_policy_isolates_the_pods_that_it_selects_and_no_other() -> None:
    assert draw(cluster("{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress]}")) == table(
        """
              x/a x/b y/a
        x/a    .   .   .
        x/b    X   .   .
        y/a    X   .   .
        """
    )


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ("[Ingress]", NOTHING_INTO_X),
        ("[Egress]", NOTHING_OUT_OF_X),
        ("[Ingress, Egress]", X_CUT_OFF),
    ],
)
def test_the_two_directions_are_independent(types: str, expected: str) -> None:
    assert draw(cluster(f"{{podSelector: {{}}, policyTypes: {types}}}")) == table(expected)


def test_policies_add_up() -> None:
    two = cluster(
        "{ingress: [{from: [{podSelector: {matchLabels: {pod: a}}}]}]}",
        "{ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}}]}]}",
    )
    assert draw(two) == table(
        """
              x/a x/b y/a
        x/a    .   .   .
        x/b    X   .   .
        y/a    .   .   .
        """
    )


def test_the_rules_of_a_policy_add_up() -> None:
    two = cluster(
        """
        ingress:
        - from: [{podSelector: {matchLabels: {pod: a}}}]
        - from: [{namespaceSelector: {matchLabels: {team: blue}}}]
        """
    )
    assert draw(two) == table(
        """
              x/a x/b y/a
        x/a    .   .   .
        x/b    X   .   .
        y/a    .   .   .
        """
    )


def test_a_connection_needs_both_ends() -> None:
    """b may send to a but a takes nothing; a may be sent to b but may not send."""
    both = cluster(
        "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress]}",
        "{podSelector: {matchLabels: {pod: b}}, policyTypes: [Egress], egress: [{}]}",
    )
    assert draw(both) == table(
        """
              x/a x/b y/a
        x/a    .   .   .
        x/b    X   .   .
        y/a    X   .   .
        """
    )
    verdict = decide_connection(both, PODS[1], PODS[0], 80, Protocol.TCP)
    assert verdict.egress.outcome is Outcome.ALLOW
    assert verdict.egress.allowing == (RuleMatch("p1", Direction.EGRESS, 0, None),)
    assert verdict.ingress.outcome is Outcome.DENY
    assert verdict.ingress.isolating == ("p0",)


def test_one_rule_must_match_both_peer_and_port() -> None:
    lent = cluster(
        """
        ingress:
        - from: [{podSelector: {matchLabels: {pod: a}}}]
          ports: [{port: 81}]
        - from: [{podSelector: {matchLabels: {pod: b}}}]
          ports: [{port: 80}]
        """
    )
    assert draw(lent, port=80) == table(
        """
              x/a x/b y/a
        x/a    .   X   .
        x/b    .   .   .
        y/a    X   X   .
        """
    )


def test_rules_of_a_direction_without_its_type_are_inert() -> None:
    other = "[{ports: [{port: 81}]}]"
    for spec, drawing in (
        (f"{{policyTypes: [Egress], egress: [{{}}], ingress: {other}}}", OPEN),
        (f"{{policyTypes: [Ingress], ingress: [{{}}], egress: {other}}}", OPEN),
        (f"{{policyTypes: [Egress], ingress: {other}}}", NOTHING_OUT_OF_X),
        (f"{{policyTypes: [Ingress], egress: {other}}}", NOTHING_INTO_X),
    ):
        assert draw(cluster(spec)) == table(drawing)


@pytest.mark.parametrize("rules", ["", "ingress: []", "ingress: null"])
def test_a_type_without_rules_isolates_and_admits_nothing(rules: str) -> None:
    assert draw(cluster(f"policyTypes: [Ingress]\n{rules}")) == table(NOTHING_INTO_X)


def test_a_pod_denied_all_egress_still_answers() -> None:
    mute = cluster("{podSelector: {matchLabels: {pod: b}}, policyTypes: [Egress]}")
    assert decide_connection(mute, PODS[0], PODS[1], 80, Protocol.TCP).outcome is Outcome.ALLOW
    assert decide_connection(mute, PODS[1], PODS[0], 80, Protocol.TCP).outcome is Outcome.DENY


def test_a_change_of_labels_or_policies_changes_the_answer() -> None:
    only_a = policies("{ingress: [{from: [{podSelector: {matchLabels: {pod: a}}}]}]}")
    target = pod("x/a")
    for label, expected in (("a", Outcome.ALLOW), ("c", Outcome.DENY)):
        source = Pod("x", "b", {"pod": label})
        state = build_cluster(NAMESPACES, [source, target], only_a)
        assert decide_connection(state, source, target, 80, Protocol.TCP).outcome is expected
        without = build_cluster(NAMESPACES, [source, target])
        assert decide_connection(without, source, target, 80, Protocol.TCP).outcome is Outcome.ALLOW


def test_a_policy_selects_nothing_outside_its_namespace() -> None:
    state = cluster("{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress, Egress]}")
    assert [
        policy.name for policy in find_isolating_policies(state, PODS[0], Direction.EGRESS)
    ] == ["p0"]
    assert find_isolating_policies(state, PODS[2], Direction.INGRESS) == ()
    assert find_isolating_policies(state, PODS[2], Direction.EGRESS) == ()


@pytest.mark.parametrize(
    ("spec", "ingress", "egress"),
    [
        ("{}", True, False),
        ("{ingress: [{}]}", True, False),
        ("{egress: [{}]}", True, True),
        ("{egress: [null]}", True, True),
        ("{egress: []}", True, False),
        ("{egress: null}", True, False),
        ("{policyTypes: []}", True, False),
        ("{policyTypes: null, egress: [{}]}", True, True),
        ("{policyTypes: [], egress: [{}]}", True, True),
        ("{policyTypes: [Egress]}", False, True),
        ("{policyTypes: [Egress], egress: []}", False, True),
        ("{policyTypes: [Ingress], egress: [{}]}", True, False),
        ("{policyTypes: [Ingress, Ingress]}", True, False),
        ("{policyTypes: [Egress, Ingress]}", True, True),
    ],
)
def test_policy_types_as_the_server_defaults_them(
    spec: str, *, ingress: bool, egress: bool
) -> None:
    (policy,) = policies(spec)
    assert (policy.ingress is not None, policy.egress is not None) == (ingress, egress)


@pytest.mark.parametrize("selector", ["", "podSelector: null", "podSelector: {}"])
def test_a_missing_pod_selector_selects_all_pods_of_the_namespace(selector: str) -> None:
    spec = f"policyTypes: [Ingress]\n{selector}"
    assert draw(cluster(spec)) == table(NOTHING_INTO_X)


@pytest.mark.parametrize(
    "rule",
    ["{}", "null", "{from: []}", "{from: null}", "{ports: []}", "{ports: null, from: []}"],
)
def test_an_empty_rule_admits_everything(rule: str) -> None:
    assert draw(cluster(f"ingress: [{rule}]")) == table(OPEN)
    for protocol in Protocol:
        assert draw(cluster(f"ingress: [{rule}]"), 65535, protocol) == table(OPEN)


def test_a_rule_without_peers_admits_addresses_outside_too() -> None:
    drawing = table(
        """
                     x/a x/b y/a 203.0.113.5
        x/a           .   X   X       X
        x/b           X   .   X       X
        y/a           .   .   .       .
        203.0.113.5   .   .   .       .
        """
    )
    spec = "{policyTypes: [Ingress, Egress], ingress: [{ports: [{port: 80}]}]}"
    assert draw(cluster(spec), outside=["203.0.113.5"]) == drawing
