"""A class as a real API server without kubelets has it, polled from `baseline` to the end."""

from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.collect.poll import PollResult, poll_class
from dashboard.models import Namespace, PolicySet, Snapshot, StepReached
from netpol.assess import Assessment, assess_namespace
from netpol.kinds import UNSUPPORTED
from netpol.lab import Lab
from netpol.model import Cluster
from netpol.parse import Json
from tests import make
from tests.apiserver import NAMESPACES, PODS, POLICIES, ApiServer, forbidden
from tests.make.server_shaped import APPS, pending_pod, stored_namespace, stored_policy

pytestmark = pytest.mark.django_db

LAB = Path(__file__).parents[3] / "labs" / "week-06-lab-03-solution.yaml"
SOLUTION: dict[str, Json] = {
    manifest["metadata"]["name"]: manifest for manifest in yaml.safe_load_all(LAB.read_text())
}
PARTS = {
    "default-deny": ["default-deny-all"],
    "dns": ["allow-dns-egress"],
    "gateway": ["allow-gateway-ingress"],
    "app-redis": ["allow-app-to-redis", "allow-redis-from-app"],
    "kuma": ["allow-kuma-monitoring", "allow-app-from-kuma"],
}
"""What each step applies; with the last one all flows are as the lab wants them."""
OTHERS = ("default", "kube-node-lease", "kube-public", "kube-system")


def enrol(server: ApiServer, students: int) -> list[str]:
    """The right to read the optional kinds is missing."""
    names = [f"student-s{number}-dev" for number in range(students)]
    server.add(NAMESPACES, *map(stored_namespace, [*OTHERS, *names]))
    server.add(PODS, pending_pod("coredns", "kube-system", {"k8s-app": "kube-dns"}, port=53))
    server.add(PODS, pending_pod("student-app", "default"))
    server.add(PODS, *(pending_pod(app, name) for name in names for app in APPS))
    for kind in UNSUPPORTED:
        server.instead[kind.list_path()] = [forbidden(kind.list_path())]
    return names


def apply(server: ApiServer, names: list[str], *policies: str) -> None:
    stored = [stored_policy(SOLUTION[policy], name) for name in names for policy in policies]
    server.add(POLICIES, *stored)


def told(result: PollResult) -> tuple[int, int, int]:
    recorded = result.recorded
    return recorded.new, recorded.unchanged, len(recorded.failures)


def held() -> set[str]:
    """The steps that each namespace holds now: the same ones for all."""
    summaries = Snapshot.objects.filter(is_open=True).values_list("assessment__summary", flat=True)
    (steps,) = {
        frozenset(step for step, holds in summary["steps"].items() if holds)
        for summary in summaries
    }
    assert {way for summary in summaries for way in summary["flows"].values()} <= {"allow", "deny"}
    return set(steps)


def test_each_part_of_the_lab_is_one_step_more(server: ApiServer, config: str) -> None:
    names = enrol(server, 3)
    result = poll_class(config, None)
    assert told(result) == (3, 0, 0)
    assert (result.reading.notes, result.reading.missing_rights) == ((), ())
    assert held() == {"baseline"}
    reached: set[str] = set()
    for step, policies in PARTS.items():
        apply(server, names, *policies)
        assert told(poll_class(config, None)) == (3, 0, 0)
        assert told(poll_class(config, None)) == (0, 3, 0)
        reached |= {step, "all-flows"} if step == "kuma" else {step}
        assert held() == reached
    assert StepReached.objects.count() == 3 * 7
    assert not Namespace.objects.filter(name__in=OTHERS).exists()


def test_half_a_part_is_no_step(server: ApiServer, config: str) -> None:
    names = enrol(server, 1)
    apply(server, names, "default-deny-all", "allow-dns-egress", "allow-app-to-redis")
    poll_class(config, None)
    assert held() == {"default-deny", "dns"}


def test_a_block_of_addresses_has_a_definite_answer_for_pods_without_one(
    server: ApiServer, config: str
) -> None:
    names = enrol(server, 1)
    apply(server, names, *(policy for policy in SOLUTION if policy != "allow-dns-egress"))
    anywhere = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 53}]}
    by_block = make.policy(podSelector={}, policyTypes=["Egress"], egress=[anywhere])
    by_block["metadata"]["name"] = "dns-anywhere"
    server.add(POLICIES, stored_policy(by_block, names[0]))
    poll_class(config, None)
    assert "default-deny" in held()
    flows = Snapshot.objects.get().summary["flows"]
    assert (flows["redis to DNS over TCP"], flows["redis to DNS"]) == ("allow", "deny")
    for pod in server.objects[PODS]:
        pod["status"] |= {"phase": "Running", "podIP": "10.244.3.4"}
    assert told(poll_class(config, None)) == (0, 1, 0)
    server.add(PODS, pending_pod("student-app", names[0], number=2))  # a rollout
    assert told(poll_class(config, None)) == (0, 1, 0)


def test_a_label_that_matters_to_nobody_is_a_change_and_a_restart_is_none(
    server: ApiServer, config: str
) -> None:
    names = enrol(server, 1)
    poll_class(config, None)
    pod = next(pod for pod in server.objects[PODS] if pod["metadata"]["namespace"] == names[0])
    pod["metadata"] |= {"name": "student-app-2", "uid": "another", "resourceVersion": "77"}
    assert told(poll_class(config, None)) == (0, 1, 0)
    pod["metadata"]["labels"] = {"app": "student-app", "version": "2"}
    assert told(poll_class(config, None)) == (1, 0, 0)


def test_what_would_cost_the_whole_class_its_poll_fails_alone(
    server: ApiServer, config: str
) -> None:
    names = enrol(server, 2)
    server.add(PODS, *(pending_pod("redis", names[0], number=number) for number in range(2, 300)))
    rules = [{"to": [{"podSelector": {}}], "ports": [{"port": port}]} for port in range(1, 500)]
    server.add(POLICIES, make.policy(namespace=names[0], podSelector={}, egress=rules))
    result = poll_class(config, None)
    assert told(result) == (1, 0, 1)
    assert "too large to evaluate" in result.recorded.failures[0].reason


def test_a_policy_of_a_megabyte_is_assessed(server: ApiServer, config: str) -> None:
    (name,) = enrol(server, 1)
    blocks = [
        {"ipBlock": {"cidr": f"10.{number // 250}.{number % 250}.0/24"}} for number in range(20000)
    ]
    policy = make.policy(namespace=name, podSelector={}, egress=[{"to": blocks}])
    server.add(POLICIES, stored_policy(policy, name))
    assert told(poll_class(config, None)) == (1, 0, 0)


def test_rules_that_all_say_the_same_do_not_fill_the_database(
    server: ApiServer, config: str
) -> None:
    (name,) = enrol(server, 1)
    server.add(POLICIES, make.policy(namespace=name, podSelector={}, egress=[{}] * 10000))
    result = poll_class(config, None)
    assert "too long" in result.recorded.failures[0].reason


def test_a_mistake_of_ours_costs_one_namespace(
    server: ApiServer, config: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = enrol(server, 2)
    server.add(POLICIES, make.policy("met-nowhere-else", names[0]))

    def failing(lab: Lab, cluster: Cluster, namespace: str) -> Assessment:
        if namespace == names[0]:
            raise KeyError("a bug")
        return assess_namespace(lab, cluster, namespace)

    monkeypatch.setattr("dashboard.assess.assessed_snapshot.assess_namespace", failing)
    result = poll_class(config, None)
    assert told(result) == (1, 0, 1)
    assert "a fault of its own: KeyError" in result.recorded.failures[0].reason


def test_a_thousand_students_of_whom_nothing_changed_take_a_handful_of_queries(
    server: ApiServer, config: str
) -> None:
    names = enrol(server, 1000)
    apply(server, names, *SOLUTION)
    assert told(poll_class(config, None)) == (1000, 0, 0)
    with CaptureQueriesContext(connection) as queries:
        assert told(poll_class(config, None)) == (0, 1000, 0)
    assert len(queries) < 40  # those that name runs and look for incidents among them
    assert len(server.asked(POLICIES)) == 2 * 14
    assert (Snapshot.objects.count(), PolicySet.objects.count()) == (1000, 1)
