"""Which steps of the lab hold: by what policies mean, never by their names."""

from dataclasses import replace

import pytest

from netpol.assess import Assessment
from netpol.model import UnsupportedPolicy
from netpol.parse import Json
from tests.netpol.student import LAB, NAMESPACE, assessed, manifests, pod, solution

STEPS = [step.key for step in LAB.steps]
MARKS = {True: "x", False: ".", None: "?"}


def draw(assessment: Assessment) -> str:
    return " ".join(MARKS[assessment.find_step(key).holds] for key in STEPS)


def parts(count: int) -> list[Json]:
    """What a student has applied after so many of the lab's policies."""
    return list(LAB.solution[:count])


@pytest.mark.parametrize(
    ("applied", "drawn"),
    # part                1 2 3 4 5 6 7 8 9
    [
        (0, "x . . . . . . ? ?"),
        (1, ". x . . . . . ? ?"),
        (2, ". x x . . . . ? ?"),
        (3, ". x x x . . . ? ?"),
        (4, ". x x x . . . ? ?"),
        (5, ". x x x x . . ? ?"),
        (6, ". x x x x . . ? ?"),
        (7, ". x x x x x x ? ?"),
    ],
)
def test_steps_hold_as_the_policies_come(applied: int, drawn: str) -> None:
    assert draw(assessed(parts(applied))) == drawn


def test_names_of_policies_do_not_count() -> None:
    renamed = [{**one, "metadata": {"name": f"p{index}"}} for index, one in enumerate(LAB.solution)]
    assert draw(assessed(renamed)) == ". x x x x x x ? ?"


@pytest.mark.parametrize(
    ("policies", "drawn"),
    [
        (solution(without=("allow-dns-egress",)), ". x . x x x . ? ?"),
        (solution(without=("allow-gateway-ingress",)), ". x x . x x . ? ?"),
        (solution(without=("allow-app-to-redis",)), ". x x x . x . ? ?"),
        (solution(without=("allow-redis-from-app",)), ". x x x . x . ? ?"),
        (solution(without=("allow-kuma-monitoring",)), ". x x x x . . ? ?"),
        (solution(without=("allow-app-from-kuma",)), ". x x x x . . ? ?"),
    ],
)
def test_a_step_is_lost_when_its_policy_goes(policies: list[Json], drawn: str) -> None:
    assert draw(assessed(policies)) == drawn


UNSELECTING = """
metadata: {name: deny-typo}
spec: {podSelector: {matchLabels: {app: student-ap}}, policyTypes: [Ingress, Egress]}
"""


def test_a_policy_that_selects_nothing_leaves_the_baseline_standing() -> None:
    step = assessed(manifests(UNSELECTING)).find_step("baseline")
    assert (step.holds, step.evidence) == (True, "No pod is selected by `deny-typo`.")


INGRESS_ONLY = """
metadata: {name: deny-in}
spec: {podSelector: {}, policyTypes: [Ingress]}
"""


def test_default_deny_needs_both_directions() -> None:
    step = assessed(manifests(INGRESS_ONLY)).find_step("default-deny")
    assert step.holds is False
    assert step.evidence == (
        "Not isolated: redis for egress, student-app for egress, uptime-kuma for egress."
    )


THREE_APPS = """
metadata: {name: deny-apps}
spec:
  podSelector:
    matchExpressions:
      - {key: app, operator: In, values: [student-app, redis, uptime-kuma]}
  policyTypes: [Ingress, Egress]
"""


def test_default_deny_covers_every_pod_not_only_those_of_the_lab() -> None:
    policies = manifests(THREE_APPS)
    assert assessed(policies).find_step("default-deny").holds is True
    step = assessed(policies, (pod("exporter"),)).find_step("default-deny")
    assert step.holds is False
    assert step.evidence == "Not isolated: another pod for egress, another pod for ingress."


def test_default_deny_is_not_known_of_a_pod_on_its_nodes_network() -> None:
    on_node = replace(pod("exporter"), host_network=True)
    assert assessed(parts(1), (on_node,)).find_step("default-deny").holds is None


def test_default_deny_names_the_policies_that_isolate() -> None:
    assert assessed(parts(1)).find_step("default-deny").policies == ("default-deny-all",)


def test_an_open_flow_counts_only_when_a_rule_opens_it() -> None:
    step = assessed([]).find_step("dns")
    assert step.holds is False
    assert step.evidence == (
        "student-app to DNS is open, but not by a rule. "
        "Allowed: no policy isolates student-app for egress."
    )


def test_one_side_left_open_by_default_is_not_both_sides_allowed() -> None:
    only_redis = [one for one in LAB.solution if one["metadata"]["name"] == "allow-redis-from-app"]
    assessment = assessed(only_redis)
    assert assessment.find_flow("student-app to redis").is_met
    assert assessment.find_step("app-redis").holds is False


TOO_WIDE = """
metadata: {name: allow-redis-from-here}
spec:
  podSelector: {matchLabels: {app: redis}}
  ingress: [{from: [{namespaceSelector: {}}]}]
"""


def test_redis_has_to_be_closed_to_everybody_else() -> None:
    step = assessed(solution(plus=TOO_WIDE)).find_step("app-redis")
    assert step.holds is False
    assert step.evidence == (
        "Gateway to redis should be closed. Allowed: ingress rule 1 of "
        "`allow-redis-from-here` (`spec.ingress[0]`) lets redis receive it."
    )


def test_a_step_names_the_policies_that_make_it_hold() -> None:
    assessment = assessed(solution())
    assert assessment.find_step("dns").policies == ("allow-dns-egress",)
    assert assessment.find_step("gateway").policies == ("allow-gateway-ingress",)
    assert assessment.find_step("app-redis").policies == (
        "allow-app-to-redis",
        "allow-dns-egress",
        "allow-kuma-monitoring",
        "allow-redis-from-app",
        "default-deny-all",
    )


def test_steps_that_policies_cannot_show_are_not_checked_and_say_why() -> None:
    for key in ("committed", "charts"):
        step = assessed(solution()).find_step(key)
        assert step.holds is None
        assert step.evidence.startswith("Not checked: ")


def test_steps_are_not_known_where_a_kind_is_not_evaluated() -> None:
    cluster_wide = UnsupportedPolicy("AdminNetworkPolicy", "platform", None)
    assessment = assessed([], unsupported=(cluster_wide,))
    baseline = assessment.find_step("baseline")
    assert (baseline.holds, baseline.evidence) == (
        None,
        "Not known: AdminNetworkPolicy may select pods.",
    )
    assert assessment.find_step("dns").holds is None
    elsewhere = replace(cluster_wide, namespace=f"{NAMESPACE}-2")
    assert assessed([], unsupported=(elsewhere,)).find_step("baseline").holds is True
