"""Peers and label selectors: section 4 of docs/semantics.md."""

from collections.abc import Mapping

import pytest

from netpol.evaluate import selector_matches
from netpol.model import (
    NAME_LABEL,
    LabeledNamespace,
    LabelRequirement,
    Operator,
    Selector,
    build_cluster,
)
from tests.netpol.drawing import PODS, cluster, draw, pod, policies, table

MORE = (*PODS, pod("y/b"))


def sources_into_x_a(peers: str) -> str:
    """Which of the other pods, and of an address outside, reach x/a past these peers."""
    spec = f"{{podSelector: {{matchLabels: {{pod: a}}}}, ingress: [{{from: {peers}}}]}}"
    rows = draw(cluster(spec, pods=MORE), outside=["203.0.113.5"]).splitlines()[2:]
    return " ".join(row.split()[0] for row in rows if row.split()[1] == ".")


@pytest.mark.parametrize(
    ("peers", "sources"),
    [
        ("[{podSelector: {matchLabels: {pod: b}}}]", "x/b"),
        ("[{podSelector: {matchLabels: {pod: a}}}]", ""),
        ("[{podSelector: {}}]", "x/b"),
        ("[{namespaceSelector: {matchLabels: {team: blue}}}]", "y/a y/b"),
        ("[{namespaceSelector: {}}]", "x/b y/a y/b"),
        ("[{namespaceSelector: {}, podSelector: null}]", "x/b y/a y/b"),
        ("[{namespaceSelector: null, podSelector: {}}]", "x/b"),
        ("[{namespaceSelector: {}, podSelector: {matchLabels: {pod: b}}}]", "x/b y/b"),
        (
            (
                "[{namespaceSelector: {matchLabels: {team: blue}}, "
                "podSelector: {matchLabels: {pod: b}}}]"
            ),
            "y/b",
        ),
        (
            (
                "[{namespaceSelector: {matchLabels: {team: blue}}}, "
                "{podSelector: {matchLabels: {pod: b}}}]"
            ),
            "x/b y/a y/b",
        ),
        ("[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: y}}}]", "y/a y/b"),
        ("[{namespaceSelector: {matchLabels: {team: green}}}]", ""),
        ("[{ipBlock: {cidr: 203.0.113.0/24}}]", "203.0.113.5"),
        ("[]", "x/b y/a y/b 203.0.113.5"),
    ],
)
def test_peers(peers: str, sources: str) -> None:
    assert sources_into_x_a(peers) == sources


def test_egress_peers_are_the_destinations() -> None:
    spec = "{policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {pod: b}}}]}]}"
    assert draw(cluster(spec), outside=["203.0.113.5"]) == table(
        """
                     x/a x/b y/a 203.0.113.5
        x/a           .   .   X       X
        x/b           X   .   X       X
        y/a           .   .   .       .
        203.0.113.5   .   .   .       .
        """
    )


def test_the_name_label_is_there_even_where_the_namespace_is_not_listed() -> None:
    (by_name,) = policies(
        f"{{ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{{NAME_LABEL}: y}}}}}}]}}]}}"
    )
    for namespaces in (
        (),
        [LabeledNamespace("y", {})],
        [LabeledNamespace("y", {NAME_LABEL: "forged"})],
    ):
        assert draw(build_cluster(namespaces, PODS, [by_name])) == table(
            """
                  x/a x/b y/a
            x/a    .   X   .
            x/b    X   .   .
            y/a    .   .   .
            """
        )


IN, NOT_IN = Operator.IN, Operator.NOT_IN
EXISTS, DOES_NOT_EXIST = Operator.EXISTS, Operator.DOES_NOT_EXIST


@pytest.mark.parametrize(
    ("requirement", "missing", "empty", "a", "b"),
    [
        (LabelRequirement("k", IN, ("a",)), False, False, True, False),
        (LabelRequirement("k", IN, ("a", "b")), False, False, True, True),
        (LabelRequirement("k", IN, ("",)), False, True, False, False),
        (LabelRequirement("k", NOT_IN, ("a",)), True, True, False, True),
        (LabelRequirement("k", NOT_IN, ("",)), True, False, True, True),
        (LabelRequirement("k", EXISTS), False, True, True, True),
        (LabelRequirement("k", DOES_NOT_EXIST), True, False, False, False),
    ],
)
def test_what_a_requirement_selects(
    requirement: LabelRequirement, *, missing: bool, empty: bool, a: bool, b: bool
) -> None:
    candidates: list[Mapping[str, str]] = [{}, {"k": ""}, {"k": "a"}, {"k": "b"}]
    selected = [selector_matches(Selector((requirement,)), labels) for labels in candidates]
    assert selected == [missing, empty, a, b]


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ("{}", ["x/a", "x/b", "x/c"]),
        ("{matchLabels: {}, matchExpressions: []}", ["x/a", "x/b", "x/c"]),
        ("{matchLabels: {pod: a, tier: web}}", ["x/a"]),
        ("{matchLabels: {pod: a, tier: db}}", []),
        ("{matchLabels: {empty: ''}}", ["x/c"]),
        ("{matchLabels: {empty: null}}", ["x/c"]),
        ("{matchExpressions: [{key: tier, operator: NotIn, values: [db]}]}", ["x/a", "x/c"]),
        ("{matchExpressions: [{key: empty, operator: Exists}]}", ["x/c"]),
        (
            (
                "{matchLabels: {tier: web}, matchExpressions: "
                "[{key: pod, operator: In, values: [a, b]}]}"
            ),
            ["x/a"],
        ),
        (
            (
                "{matchLabels: {tier: web}, matchExpressions: "
                "[{key: pod, operator: NotIn, values: [a]}]}"
            ),
            [],
        ),
        (
            (
                "{matchExpressions: [{key: pod, operator: In, values: [a, b]}, "
                "{key: tier, operator: NotIn, values: [web]}]}"
            ),
            ["x/b"],
        ),
    ],
)
def test_all_terms_of_a_selector_must_hold(selector: str, selected: list[str]) -> None:
    pods = (pod("x/a", tier="web"), pod("x/b", tier="db"), pod("x/c", empty=""))
    (policy,) = policies(f"podSelector: {selector}")
    chosen = [pod for pod in pods if selector_matches(policy.selector, pod.labels)]
    assert [f"{pod.namespace}/{pod.name}" for pod in chosen] == selected
