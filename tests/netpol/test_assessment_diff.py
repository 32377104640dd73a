"""What an apply changed: flows opened and closed, and by which policy."""

from itertools import permutations

import pytest

from netpol.assess import Assessment, FlowAssessment
from netpol.diff.assessments import compare_assessments, count_allowed_by_source
from netpol.model import Outcome, UnsupportedPolicy
from netpol.parse import Json
from tests.netpol.student import LAB, NAMESPACE, assessed, manifests, pod, solution

DEFAULT_DENY = solution()[:1]


def changes(before: list[Json], after: list[Json]) -> dict[str, str]:
    """Each flow that opened or closed, with the sentence that says why."""
    found = compare_assessments(assessed(before), assessed(after))
    return {change.flow: change.sentence for change in (*found.opened, *found.closed)}


def test_nothing_differs_from_itself() -> None:
    found = compare_assessments(assessed(solution()), assessed(solution()))
    assert (found.opened, found.closed, found.unclear) == ((), (), ())
    assert found.unchanged == tuple(flow.name for flow in LAB.flows)


def test_default_deny_closes_everything_and_is_named() -> None:
    found = compare_assessments(assessed([]), assessed(DEFAULT_DENY))
    assert [change.flow for change in found.closed] == [flow.name for flow in LAB.flows]
    assert {change.because for change in found.closed} == {("default-deny-all",)}
    assert not found.opened


@pytest.mark.parametrize("applied", range(1, len(LAB.solution)))
def test_what_a_policy_opens_its_removal_closes(applied: int) -> None:
    before, after = assessed(solution()[:applied]), assessed(solution()[: applied + 1])
    there, back = compare_assessments(before, after), compare_assessments(after, before)
    assert [change.flow for change in there.opened] == [change.flow for change in back.closed]
    assert not there.closed
    assert not back.opened
    name = solution()[applied]["metadata"]["name"]
    assert all(name in change.because for change in (*there.opened, *back.closed))


def test_a_flow_with_two_sides_opens_by_the_policy_that_came_last() -> None:
    assert changes(solution()[:4], solution()[:5]) == {
        "student-app to redis": "Opened: `allow-redis-from-app` now admits it (ingress)."
    }


def test_both_policies_are_named_where_both_sides_open() -> None:
    without = solution(without=("allow-app-to-redis", "allow-redis-from-app"))
    (change,) = compare_assessments(assessed(without), assessed(solution())).opened
    assert change.because == ("allow-app-to-redis", "allow-redis-from-app")
    assert change.sentence == (
        "Opened: `allow-app-to-redis` now admits it (egress); "
        "`allow-redis-from-app` now admits it (ingress)."
    )
    assert (change.before, change.after) == (Outcome.DENY, Outcome.ALLOW)


INGRESS_DENY = """
metadata: {name: deny-redis}
spec: {podSelector: {matchLabels: {app: redis}}}
"""


def test_isolation_that_comes_and_goes_is_named() -> None:
    policies = manifests(INGRESS_DENY)
    closed = "Closed: `deny-redis` now isolates it (ingress)."
    opened = "Opened: `deny-redis` no longer isolates it (ingress)."
    flows = [
        "student-app to redis",
        "Gateway to redis",
        "uptime-kuma to redis",
        "Other student to redis",
    ]
    assert changes([], policies) == dict.fromkeys(flows, closed)
    assert changes(policies, []) == dict.fromkeys(flows, opened)


def test_two_policies_isolate_in_the_plural() -> None:
    policies = manifests(INGRESS_DENY + "---" + INGRESS_DENY.replace("deny-redis", "deny-again"))
    assert changes([], policies)["Gateway to redis"] == (
        "Closed: `deny-again` and `deny-redis` now isolate it (ingress)."
    )


def test_a_rule_that_was_edited_away_is_named() -> None:
    edited = manifests(
        """
metadata: {name: allow-app-from-kuma}
spec:
  podSelector: {matchLabels: {app: student-app}}
  ingress: [{from: [{podSelector: {matchLabels: {app: kuma}}}], ports: [{port: 5000}]}]
"""
    )
    after = [*solution(without=("allow-app-from-kuma",)), *edited]
    assert changes(solution(), after) == {
        "uptime-kuma to student-app": (
            "Closed: `allow-app-from-kuma` no longer admits it (ingress)."
        )
    }


NEW_PODS_ONLY = """
metadata: {name: deny-new}
spec: {podSelector: {matchLabels: {version: new}}, policyTypes: [Ingress]}
"""


def gateway(assessment: Assessment) -> FlowAssessment:
    return assessment.find_flow("Gateway to student-app")


def test_half_open_is_between_open_and_closed() -> None:
    pods = pod("student-app", "a", version="old"), pod("student-app", "b", version="new")
    unrestricted, half = assessed([], pods), assessed(manifests(NEW_PODS_ONLY), pods)
    shut = assessed(DEFAULT_DENY, pods)
    assert gateway(half).predicted is Outcome.PARTIAL
    closing = compare_assessments(unrestricted, half).closed
    assert {change.flow: change.because for change in closing} == {
        "Gateway to student-app": ("deny-new",),
        "uptime-kuma to student-app": ("deny-new",),
        "Other student to student-app": ("deny-new",),
    }
    assert "Gateway to student-app" in {
        change.flow for change in compare_assessments(half, shut).closed
    }
    opening = compare_assessments(shut, half).opened
    assert {change.flow for change in opening if change.after is Outcome.PARTIAL} == {
        change.flow for change in closing
    }


def test_pods_that_come_to_be_selected_close_a_flow_by_the_policy_that_selects_them() -> None:
    policies = manifests(NEW_PODS_ONLY)
    old, new = (pod("student-app", version=version) for version in ("old", "new"))
    change = compare_assessments(assessed(policies, (old,)), assessed(policies, (new,))).closed[0]
    assert change.sentence == "Closed: `deny-new` now isolates it (ingress)."


PODS = [
    (),
    (pod("student-app", "a", version="old"),),
    (pod("student-app", "a", version="old"), pod("student-app", "b", version="new")),
]


def test_whatever_changes_a_policy_is_named() -> None:
    states = [
        assessed(policies, pods)
        for pods in PODS
        for policies in (*(solution()[:count] for count in range(8)), manifests(NEW_PODS_ONLY))
    ]
    for before, after in permutations(states, 2):
        found = compare_assessments(before, after)
        assert all(change.because for change in (*found.opened, *found.closed))


def test_what_became_unknown_neither_opened_nor_closed() -> None:
    cilium = UnsupportedPolicy("CiliumNetworkPolicy", "l7", NAMESPACE)
    found = compare_assessments(assessed([]), assessed([], unsupported=(cilium,)))
    assert (found.opened, found.closed) == ((), ())
    assert {change.after for change in found.unclear} == {Outcome.UNKNOWN}
    assert len(found.unclear) == len(LAB.flows)


def test_allowed_flows_are_counted_by_source_in_the_labs_order() -> None:
    counted = count_allowed_by_source(LAB, assessed(solution()))
    assert counted == {"gateway": 2, "student-app": 2, "uptime-kuma": 3, "redis": 1}
    assert list(counted) == ["gateway", "student-app", "uptime-kuma", "redis"]
    assert sum(count_allowed_by_source(LAB, assessed([])).values()) == 12
    assert set(count_allowed_by_source(LAB, assessed(DEFAULT_DENY)).values()) == {0}
