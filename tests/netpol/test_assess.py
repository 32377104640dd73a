"""What the policies of a namespace make of the lab's flows."""

import pytest

from netpol.assess import Assessment
from netpol.model import Outcome
from netpol.parse import Json
from tests.netpol.student import DATA, LAB, assessed, manifests, solution

A, D, P, U = Outcome.ALLOW, Outcome.DENY, Outcome.PARTIAL, Outcome.UNKNOWN


def predicted(assessment: Assessment) -> dict[str, Outcome]:
    return {flow.flow: flow.predicted for flow in assessment.flows}


def different_from_the_lab(assessment: Assessment) -> dict[str, Outcome]:
    return {flow.flow: flow.predicted for flow in assessment.flows if not flow.is_met}


@pytest.mark.parametrize(
    "policies",
    [solution(), manifests((DATA / "week-07-component.yaml").read_text(encoding="utf-8"))],
    ids=["the lab's solution", "the component of week 7"],
)
def test_both_published_solutions_meet_every_flow(policies: list[Json]) -> None:
    assessment = assessed(policies)
    reported = [assessment.find_flow(flow.name).predicted for flow in LAB.reported_flows]
    assert (reported.count(A), reported.count(D)) == (8, 4)
    assert (assessment.flows_met, len(assessment.flows)) == (18, 18)


def test_without_policies_everything_is_open() -> None:
    assessment = assessed([])
    assert set(predicted(assessment).values()) == {A}
    assert assessment.flows_met == 12


def test_default_deny_alone_closes_everything() -> None:
    alone = [one for one in LAB.solution if one["metadata"]["name"] == "default-deny-all"]
    assert set(predicted(assessed(alone)).values()) == {D}


def rewritten(old: str, new: str) -> list[Json]:
    """The solution with one passage written differently, wherever it stands."""
    text = (DATA.parent.parent / "labs/week-06-lab-03-solution.yaml").read_text(encoding="utf-8")
    assert old in text
    return manifests(text.replace(old, new))


DNS = {f"{app} to DNS" for app in ("student-app", "redis", "uptime-kuma")}
DNS_TCP = {f"{flow} over TCP" for flow in DNS}
OPEN_NAMESPACE = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-redis-from-anyone-here}
spec:
  podSelector: {matchLabels: {app: redis}}
  ingress: [{from: [{podSelector: {}}], ports: [{port: 6379}]}]
"""
KUMA_UNLIMITED = """
metadata: {name: allow-kuma-everything}
spec:
  podSelector: {matchLabels: {app: uptime-kuma}}
  policyTypes: [Egress]
  egress: [{}]
"""
OTHER_NAMESPACES = """
metadata: {name: allow-app-from-students}
spec:
  podSelector: {matchLabels: {app: student-app}}
  ingress:
    - from:
        - namespaceSelector: {matchLabels: {course.ziyotek.edu/environment: dev}}
"""


@pytest.mark.parametrize(
    ("mistake", "policies", "wrong"),
    [
        (
            "UDP 54 instead of 53",
            rewritten("protocol: UDP\n          port: 53", "protocol: UDP\n          port: 54"),
            dict.fromkeys(DNS, D),
        ),
        (
            "DNS over UDP only",
            rewritten("        - protocol: TCP\n          port: 53\n", ""),
            dict.fromkeys(DNS_TCP, D),
        ),
        (
            "the label of the app misspelt in a peer",
            rewritten(
                "- podSelector:\n            matchLabels:\n              app: student-app",
                ("- podSelector:\n            matchLabels:\n              app: studentapp"),
            ),
            {"student-app to redis": D, "uptime-kuma to student-app": D},
        ),
        (
            "the pods of a policy misspelt",
            rewritten(
                "  podSelector:\n    matchLabels:\n      app: redis",
                ("  podSelector:\n    matchLabels:\n      app: reddis"),
            ),
            {"student-app to redis": D},
        ),
        (
            "the receiving side forgotten",
            solution(without=("allow-redis-from-app",)),
            {"student-app to redis": D},
        ),
        (
            "the sending side forgotten",
            solution(without=("allow-app-to-redis",)),
            {"student-app to redis": D},
        ),
        (
            "two peers where one with both selectors was meant",
            rewritten(
                "          podSelector:\n            matchLabels:\n              k8s-app",
                ("        - podSelector:\n            matchLabels:\n              k8s-app"),
            ),
            {},
        ),
        (
            "one peer with both selectors where two were meant",
            rewritten(
                "kube-system\n      ports:\n        - protocol: TCP\n          port: 5000",
                "kube-system\n          podSelector: {matchLabels: {app: student-app}}\n"
                "      ports:\n        - protocol: TCP\n          port: 5000",
            ),
            {"Gateway to student-app": D, "Gateway to uptime-kuma": D},
        ),
        (
            "the Service's port instead of the pod's",
            rewritten("port: 5000", "port: 80"),
            {"Gateway to student-app": D, "uptime-kuma to student-app": D},
        ),
        (
            "no policyTypes on an egress policy",
            rewritten(
                "  policyTypes:\n    - Egress\n  egress:\n    - to:\n        - podSelector:\n"
                "            matchLabels:\n              app: redis",
                "  egress:\n    - to:\n        - podSelector:\n"
                "            matchLabels:\n              app: redis",
            ),
            {},
        ),
        (
            "the default deny forgotten",
            solution(without=("default-deny-all",)),
            {},
        ),
        (
            "Redis open to the whole namespace",
            solution(plus=OPEN_NAMESPACE),
            {},
        ),
        (
            "Redis open to the whole namespace, and Kuma unlimited",
            solution(plus=f"{OPEN_NAMESPACE}---{KUMA_UNLIMITED}"),
            {"uptime-kuma to redis": A},
        ),
        (
            "the app open to every student's namespace",
            solution(plus=OTHER_NAMESPACES),
            {"Other student to student-app": A},
        ),
    ],
)
def test_mistakes_show_in_the_flows_that_they_concern(
    mistake: str, policies: list[Json], wrong: dict[str, Outcome]
) -> None:
    assert different_from_the_lab(assessed(policies)) == wrong, mistake
