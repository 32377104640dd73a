"""Who stands behind an entity: the namespace's pods or a stand-in, and never by name."""

from dataclasses import replace
from ipaddress import ip_address

import pytest

from netpol.assess import Assessment, assess_namespace
from netpol.model import Outcome, Pod, UnsupportedPolicy, build_cluster, combine_outcomes
from netpol.parse import parse_policy
from tests.netpol.student import LAB, NAMESPACE, assessed, manifests, pod, solution

A, D, P, U = Outcome.ALLOW, Outcome.DENY, Outcome.PARTIAL, Outcome.UNKNOWN


def test_what_is_not_running_is_stood_in_for() -> None:
    assert assessed([]).placeholders == tuple(entity.name for entity in LAB.entities)
    running = (pod("student-app"), pod("redis"))
    assert assessed([], running).placeholders == (
        "gateway",
        "uptime-kuma",
        "dns",
        "internet",
        "other-student",
    )


def test_dns_is_the_pods_of_kube_system_where_they_can_be_read() -> None:
    coredns = Pod("kube-system", "coredns-1", {"k8s-app": "kube-dns"})
    elsewhere = Pod("default", "dns", {"k8s-app": "kube-dns"})
    assert "dns" not in assessed([], (coredns,)).placeholders
    assert "dns" in assessed([], (elsewhere,)).placeholders


def test_a_pod_that_waits_for_its_address_counts_with_its_stand_ins() -> None:
    dns_by_block = manifests(
        """
metadata: {name: dns}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [{to: [{ipBlock: {cidr: 10.244.0.0/24}}], ports: [{protocol: UDP, port: 53}]}]
"""
    )
    waiting = Pod("kube-system", "coredns-1", {"k8s-app": "kube-dns"})
    elsewhere = replace(waiting, addresses=(ip_address("10.244.9.53"),))
    assert assessed(dns_by_block, (waiting,)).find_flow("redis to DNS").predicted is A
    assert assessed(dns_by_block, (elsewhere,)).find_flow("redis to DNS").predicted is D


def test_a_pod_called_gateway_in_kube_system_is_not_the_gateway() -> None:
    impostor = Pod("kube-system", "gateway-1", {"app": "gateway"})
    assert "gateway" in assessed([], (impostor,)).placeholders


NEW_PODS_ONLY = """
metadata: {name: deny-new}
spec: {podSelector: {matchLabels: {version: new}}, policyTypes: [Ingress]}
"""


def test_several_pods_behind_one_entity_can_differ() -> None:
    old, new = pod("student-app", "a", version="old"), pod("student-app", "b", version="new")
    policies = manifests(NEW_PODS_ONLY)
    outcomes = {
        pods: assessed(policies, pods).find_flow("Gateway to student-app").predicted
        for pods in ((old,), (new,), (old, new))
    }
    assert list(outcomes.values()) == [A, D, P]
    assert not assessed(policies, (old, new)).find_flow("Gateway to student-app").is_met


@pytest.mark.parametrize(
    ("outcomes", "answer"),
    [
        ({A}, A),
        ({D}, D),
        ({U}, U),
        ({A, D}, P),
        ({A, U}, U),
        ({D, U}, U),
        ({A, D, U}, P),
    ],
)
def test_pairs_of_pods_are_folded_into_one_answer(outcomes: set[Outcome], answer: Outcome) -> None:
    assert combine_outcomes(outcomes) is answer


def test_a_prober_stands_for_nobody() -> None:
    prober = replace(
        pod("student-app", "probe"),
        labels={"app": "student-app", "course.ziyotek.edu/prober": "true"},
    )
    assert "student-app" in assessed([], (prober,)).placeholders


def test_two_students_with_equal_policies_have_equal_assessments() -> None:
    mine = (pod("student-app"), pod("redis"), pod("redis", "redis-1"))
    theirs = tuple(
        replace(
            one,
            namespace="student-mona-prod",
            name=f"{one.name}-zzzzz",
            addresses=(ip_address("10.244.9.9"),),
        )
        for one in reversed(mine)
    )
    policies = solution(without=("allow-redis-from-app",))
    assert assessed(policies, mine) == assessed(
        policies[::-1], theirs, namespace="student-mona-prod"
    )


def test_no_name_of_the_student_their_pods_or_addresses_enters_an_assessment() -> None:
    named = Pod(NAMESPACE, "secret-pod", {"app": "redis"}, addresses=(ip_address("10.244.7.7"),))
    idle = Pod(NAMESPACE, "secret-worker", {"app": "worker"}, host_network=True)
    for policies in (solution(), solution(without=("default-deny-all",)), []):
        text = repr(assessed(policies, (named, idle)))
        assert not [word for word in ("octocat", "secret", "10.244.7.7") if word in text]


def test_a_student_called_like_the_other_student_is_still_somebody_else() -> None:
    assessment = assessed(solution(), namespace="student-other-dev")
    assert assessment.flows_met == 18


def unknown(assessment: Assessment) -> set[str]:
    return {flow.flow for flow in assessment.flows if flow.predicted is U}


def test_a_kind_that_is_not_evaluated_makes_its_namespace_unknown() -> None:
    cilium = UnsupportedPolicy("CiliumNetworkPolicy", "l7", NAMESPACE)
    assert unknown(assessed(solution(), unsupported=(cilium,)))
    elsewhere = replace(cilium, namespace="student-mona-dev")
    assert not unknown(assessed(solution(), unsupported=(elsewhere,)))


def test_labels_of_a_namespace_that_is_known_by_name_only_are_the_courses() -> None:
    cluster = build_cluster(
        policies=[
            parse_policy(one, namespace="student-mona-dev")
            for one in manifests(
                """
metadata: {name: allow-mine}
spec:
  podSelector: {}
  ingress:
    - from: [{namespaceSelector: {matchLabels: {course.ziyotek.edu/student: mona}}}]
"""
            )
        ]
    )
    assessment = assess_namespace(LAB, cluster, "student-mona-dev")
    assert assessment.find_flow("student-app to redis").predicted is A
    assert assessment.find_flow("Other student to redis").predicted is D
