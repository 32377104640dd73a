"""One mistake in the lab's solution: the first cause is the true one, and the repair undoes it."""

import json
from collections import defaultdict

import pytest

from netpol.diagnose import NamespaceDiagnosis, diagnose_namespace
from netpol.model import Outcome, build_cluster
from netpol.repair import find_repair
from tests.netpol.mistakes import LAB, Manifest, Mistake, mistakes, solution

NAMESPACE = "student-ada-dev"
CLUSTER = build_cluster([LAB.namespaces.label_namespace(NAMESPACE)])
KINDS: dict[str, list[Mistake]] = defaultdict(list)
for _each in mistakes():
    KINDS[_each.kind].append(_each)


def diagnosed(manifests: list[Manifest]) -> NamespaceDiagnosis:
    return diagnose_namespace(LAB, CLUSTER, NAMESPACE, manifests)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mistake_is_found_and_undone(kind: str) -> None:
    for mistake in KINDS[kind]:
        found = diagnosed(mistake.manifests)
        unmet = [each.flow.name for each in found.flows if each.predicted is not each.flow.expected]
        assert bool(found.causes) == bool(unmet), mistake
        if not unmet:
            continue  # the rest of the solution makes up for it
        first = found.causes[0]
        if mistake.policy is None:
            assert (first.policy, first.path, first.side.lower()) == (None, None, mistake.side)
        else:
            assert (first.policy, first.path) == (mistake.policy, mistake.path), mistake
        assert set(first.flows) == set(unmet), mistake
        assert found.repair.why_not == ""
        assert found.repair.size <= mistake.size, mistake
        again = diagnosed(list(map(dict, found.repair.policies)))
        assert again.repair.edits == ()
        assert again.causes == ()


def test_the_solution_has_no_cause_and_needs_no_repair() -> None:
    found = diagnosed(solution())
    assert found.causes == ()
    assert found.repair.edits == ()
    assert len(found.repair.policies) == 7


def test_without_any_policy_all_of_them_are_missing() -> None:
    found = diagnosed([])
    assert {cause.policy for cause in found.causes} == {None}
    assert {flow for cause in found.causes for flow in cause.flows} == {
        flow.name for flow in LAB.flows if flow.expected is Outcome.DENY
    }
    assert found.repair.why_not == ""


def test_each_edit_says_what_it_opens() -> None:
    manifests = solution()
    manifests[1]["spec"]["egress"][0]["ports"][0]["port"] = 54
    manifests[3]["spec"]["podSelector"]["matchLabels"]["app"] = "studentapp"
    found = find_repair(LAB, CLUSTER, NAMESPACE, manifests)
    assert [
        (edit.policy, edit.path, edit.before, edit.after, edit.opens) for edit in found.edits
    ] == [
        (
            "allow-dns-egress",
            "spec.egress[0].ports[0].port",
            54,
            53,
            ("student-app to DNS", "redis to DNS", "uptime-kuma to DNS"),
        ),
        (
            "allow-app-to-redis",
            "spec.podSelector.matchLabels.app",
            "studentapp",
            "student-app",
            ("student-app to redis",),
        ),
    ]


def test_the_manifests_of_a_repair_are_what_kubectl_takes() -> None:
    manifests = solution()[1:]
    manifests[0]["metadata"] |= {
        "namespace": NAMESPACE,
        "resourceVersion": "7",
        "uid": "x",
        "managedFields": [],
        "labels": {"team": "a"},
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "why": "lab"},
    }
    manifests[0]["spec"]["egress"][0]["ports"][0]["port"] = 54
    found = find_repair(LAB, CLUSTER, NAMESPACE, manifests)
    assert found.policies[0]["metadata"] == {
        "name": "allow-dns-egress",
        "namespace": NAMESPACE,
        "labels": {"team": "a"},
        "annotations": {"why": "lab"},
    }
    assert {each["kind"] for each in found.policies} == {"NetworkPolicy"}


def test_a_policy_that_no_server_takes_counts_for_nothing_and_is_mended() -> None:
    manifests = solution()
    manifests[1]["spec"]["egress"][0]["ports"][0]["protocol"] = "udp"
    found = diagnosed(manifests)
    assert found.causes[0].policy == "allow-dns-egress"
    assert found.causes[0].path == "spec.egress[0].ports[0].protocol"
    assert found.repair.why_not == ""


@pytest.mark.parametrize("odd", [None, {}, {"spec": None}, {"spec": []}, {"spec": {"egress": [7]}}])
def test_a_manifest_that_is_none_harms_nothing(odd: Manifest | None) -> None:
    broken = {"metadata": {"name": "odd"}} | (odd or {})
    found = diagnosed([*solution(), broken])
    assert json.dumps(found.repair.policies)
    assert found.repair.why_not == ""


def test_what_is_unknown_is_no_mistake_of_the_students() -> None:
    from netpol.model import UnsupportedPolicy  # noqa: PLC0415

    cluster = build_cluster(
        [LAB.namespaces.label_namespace(NAMESPACE)],
        unsupported=[UnsupportedPolicy("CiliumNetworkPolicy", "x", NAMESPACE)],
    )
    found = diagnose_namespace(LAB, cluster, NAMESPACE, solution())
    assert {cause.code for cause in found.causes} == {"unknown"}
    assert "cannot be proven" in found.repair.why_not


def message(kind: str, policy: str) -> str:
    mistake = next(each for each in KINDS[kind] if each.policy == policy)
    return diagnosed(mistake.manifests).causes[0].message


@pytest.mark.parametrize(
    ("kind", "policy", "said"),
    [
        (
            "port",
            "allow-dns-egress",
            (
                "`allow-dns-egress` (`spec.egress[0].ports[0].port`) says `54`, but DNS is "
                "reached on UDP 53."
            ),
        ),
        (
            "namespace for pod",
            "allow-app-to-redis",
            (
                "`allow-app-to-redis` (`spec.egress[0].to[0]`) does not mean redis: it has a "
                "`namespaceSelector`, and needs a `podSelector`."
            ),
        ),
        (
            "no peers",
            "allow-redis-from-app",
            (
                "`allow-redis-from-app` (`spec.ingress[0]`) has no `from`, so everybody is "
                "meant: that opens Gateway to redis and Other student to redis, which the lab "
                "wants closed."
            ),
        ),
        (
            "own namespace",
            "allow-dns-egress",
            (
                "`allow-dns-egress` (`spec.egress[0]`) looks for DNS in the policy's own "
                "namespace only, because its podSelector has no namespaceSelector beside it. "
                "DNS is in another namespace."
            ),
        ),
    ],
)
def test_a_cause_says_what_is_written_and_what_it_comes_to(
    kind: str, policy: str, said: str
) -> None:
    assert message(kind, policy) == said


def test_both_sides_are_spoken_of_where_both_are_the_students() -> None:
    one_sided = diagnosed([*solution()[:4], *solution()[5:]]).causes[0].message
    assert "Both sides have to allow it." in one_sided
    no_dns = diagnosed([solution()[0], *solution()[2:]]).causes[0].message
    assert no_dns == (
        "student-app, redis and uptime-kuma may not send UDP 53 and TCP 53 to DNS: an egress "
        "rule on student-app, redis and uptime-kuma is missing."
    )
