"""Laws that hold for any policies and pods."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netpol.canonical_policies import canonicalize_policy, compute_digest
from netpol.evaluate import decide_connection
from netpol.matrix import compute_matrix
from netpol.model import (
    Cluster,
    Direction,
    Endpoint,
    Outcome,
    OutsideAddress,
    Policy,
    Protocol,
    Rule,
    Verdict,
    VerdictSide,
    build_cluster,
)
from netpol.parse import Json, parse_policy
from tests.netpol.drawing import NAMESPACES
from tests.netpol.generated import PORTS, PROTOCOLS, classes, clusters, manifests, policies

OUTSIDE = OutsideAddress(ip_address("203.0.113.5"))


def verdicts(
    cluster: Cluster, port: int = 80, protocol: Protocol = Protocol.TCP
) -> Iterator[Verdict]:
    ends: tuple[Endpoint, ...] = (*cluster.pods, OUTSIDE)
    for source in ends:
        for destination in ends:
            yield decide_connection(cluster, source, destination, port, protocol)


def with_policies(cluster: Cluster, listed: list[Policy]) -> Cluster:
    return build_cluster(NAMESPACES, cluster.pods, listed)


@given(clusters(), PORTS, PROTOCOLS)
def test_without_policies_everything_is_allowed(
    cluster: Cluster, port: int, protocol: Protocol
) -> None:
    bare = list(verdicts(with_policies(cluster, []), port, protocol))
    assert {verdict.outcome for verdict in bare} == {Outcome.ALLOW}


@given(clusters(), st.randoms(use_true_random=False), PORTS)
def test_the_order_of_policies_is_irrelevant(cluster: Cluster, random: Random, port: int) -> None:
    shuffled = list(cluster.policies_in("x"))
    random.shuffle(shuffled)
    before = [verdict.outcome for verdict in verdicts(cluster, port)]
    after = [verdict.outcome for verdict in verdicts(with_policies(cluster, shuffled), port)]
    assert before == after


@given(clusters(), st.randoms(use_true_random=False), PORTS)
def test_the_order_of_rules_is_irrelevant(cluster: Cluster, random: Random, port: int) -> None:
    def shuffled(rules: tuple[Rule, ...] | None) -> tuple[Rule, ...] | None:
        return rules and tuple(random.sample(rules, len(rules)))

    listed = [
        replace(each, ingress=shuffled(each.ingress), egress=shuffled(each.egress))
        for each in cluster.policies_in("x")
    ]
    before = [verdict.outcome for verdict in verdicts(cluster, port)]
    assert before == [verdict.outcome for verdict in verdicts(with_policies(cluster, listed), port)]


@given(clusters(), PORTS, PROTOCOLS)
def test_a_policy_for_each_rule_means_what_one_with_all_of_them_does(
    cluster: Cluster, port: int, protocol: Protocol
) -> None:
    """And so does the same policy twice."""
    alone = [
        replace(each, name=f"{each.name}-{number}", ingress=ingress, egress=egress)
        for each in cluster.policies_in("x")
        for number, (ingress, egress) in enumerate(
            [
                (each.ingress and (), each.egress and ()),
                *(((rule,), None) for rule in each.ingress or ()),
                *((None, (rule,)) for rule in each.egress or ()),
            ]
        )
    ]
    before = [verdict.outcome for verdict in verdicts(cluster, port, protocol)]
    for listed in (alone, [*cluster.policies_in("x"), *alone]):
        apart = verdicts(with_policies(cluster, listed), port, protocol)
        assert before == [verdict.outcome for verdict in apart]


@given(clusters(), policies(), PORTS, PROTOCOLS)
def test_a_policy_takes_nothing_from_an_end_that_is_already_isolated(
    cluster: Cluster, more: list[Policy], port: int, protocol: Protocol
) -> None:
    added = [replace(extra, name=f"more-{extra.name}") for extra in more]
    enlarged = with_policies(cluster, [*cluster.policies_in("x"), *added])
    pairs = zip(verdicts(cluster, port, protocol), verdicts(enlarged, port, protocol), strict=True)
    for before, after in pairs:
        for one, other in ((before.egress, after.egress), (before.ingress, after.ingress)):
            if one.isolating and one.outcome is Outcome.ALLOW:
                assert other.outcome is Outcome.ALLOW


@given(clusters(), PORTS, PROTOCOLS)
def test_every_answer_has_its_reason(cluster: Cluster, port: int, protocol: Protocol) -> None:
    known = {each.name: each for each in cluster.policies_in("x")}
    for verdict in verdicts(cluster, port, protocol):
        for side in (verdict.egress, verdict.ingress):
            if side.outcome is Outcome.DENY:
                assert side.isolating
                assert not side.allowing
            assert_allowing_rules_exist(side, known)


def assert_allowing_rules_exist(side: VerdictSide, known: dict[str, Policy]) -> None:
    for match in side.allowing:
        assert match.policy in side.isolating
        assert match.direction is side.direction
        rule = (known[match.policy].rules_for(side.direction) or ())[match.rule]
        assert (match.peer is None) == (rule.peers is None)
        assert match.peer is None or 0 <= match.peer < len(rule.peers or ())


@given(clusters(), PORTS, PROTOCOLS)
def test_an_outside_address_is_never_isolated(
    cluster: Cluster, port: int, protocol: Protocol
) -> None:
    for pod in cluster.pods:
        assert decide_connection(cluster, OUTSIDE, pod, port, protocol).egress == VerdictSide(
            Direction.EGRESS
        )
        assert decide_connection(cluster, pod, OUTSIDE, port, protocol).ingress == VerdictSide(
            Direction.INGRESS
        )


@given(st.one_of(clusters(), classes()), PORTS, PROTOCOLS)
def test_the_matrix_is_decide_for_every_pair(
    cluster: Cluster, port: int, protocol: Protocol
) -> None:
    allowed = {Outcome.ALLOW: True, Outcome.DENY: False, Outcome.UNKNOWN: None}
    answers = compute_matrix(cluster, port, protocol, {"203.0.113.5": OUTSIDE})
    ends = {f"{pod.namespace}/{pod.name}": pod for pod in cluster.pods}
    assert list(answers) == [*sorted(ends), "203.0.113.5"]
    for name, source in ends.items():
        assert answers[name] == {
            **{
                other: allowed[decide_connection(cluster, source, to, port, protocol).outcome]
                for other, to in ends.items()
            },
            "203.0.113.5": allowed[
                decide_connection(cluster, source, OUTSIDE, port, protocol).outcome
            ],
        }
        into = decide_connection(cluster, OUTSIDE, source, port, protocol)
        assert answers["203.0.113.5"][name] == allowed[into.outcome]
    assert "203.0.113.5" not in answers["203.0.113.5"]


@given(manifests())
def test_the_canonical_form_means_the_same_and_is_its_own_canonical_form(
    listed: list[Json],
) -> None:
    for manifest in listed:
        kept = canonicalize_policy(manifest)
        assert parse_policy(kept, namespace="x") == parse_policy(manifest)
        assert canonicalize_policy(kept) == kept
        assert compute_digest(canonicalize_policy(kept)) == compute_digest(kept)


@pytest.mark.parametrize("namespace", ["x", "y"])
@given(cluster=clusters())
def test_renaming_a_namespace_that_nothing_selects_changes_nothing(
    cluster: Cluster, namespace: str
) -> None:
    """Policies of the tests select namespaces by team, never by name."""
    new = {namespace: "renamed"}
    renamed = build_cluster(
        [replace(each, name=new.get(each.name, each.name)) for each in NAMESPACES],
        [replace(pod, namespace=new.get(pod.namespace, pod.namespace)) for pod in cluster.pods],
        [replace(each, namespace=new.get("x", "x")) for each in cluster.policies_in("x")],
    )
    before = [verdict.outcome for verdict in verdicts(cluster)]
    assert before == [verdict.outcome for verdict in verdicts(renamed)]
