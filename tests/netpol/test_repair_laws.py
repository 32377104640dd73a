"""Whatever students write: what is proposed gives the lab all it wants, and opens nothing else."""

import random
from copy import deepcopy
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from netpol import parse
from netpol.assess import assess_namespace
from netpol.evaluate import decide_connection
from netpol.model import Cluster, Endpoint, Outcome, Policy, Protocol, build_cluster
from netpol.parse import InvalidManifestError, Json
from netpol.repair import find_repair
from netpol.repair.witnesses import build_universe
from tests.netpol.mistakes import LAB, Manifest, mistakes, solution

NAMESPACE = "student-ada-dev"
HOME = LAB.namespaces.label_namespace(NAMESPACE)
SINGLE = list(mistakes())
VALUES = [80, 54, 6380, "UDP", "TCP", "Egress", "Ingress", "redis", "student-app", "x", {}, None]


def policies(manifests: list[Manifest] | tuple[Json, ...]) -> list[Policy]:
    read = []
    for manifest in manifests:
        try:
            read.append(parse.parse_policy(manifest, namespace=NAMESPACE))
        except InvalidManifestError:
            continue
    return [policy for policy in read if policy.namespace == NAMESPACE]


def scrambled(seed: int, times: int) -> list[Manifest]:
    """The solution with some of its parts changed, gone or doubled."""
    chance, manifests = random.Random(seed), solution()
    for _ in range(times):
        holders = [each for manifest in manifests for each in containers(manifest["spec"])]
        holder = chance.choice(holders)
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            continue
        key = chance.choice(keys)
        if chance.random() < 0.3:
            del holder[key]
        else:
            holder[key] = chance.choice(VALUES)
    return manifests


def containers(tree: Any) -> list[Any]:
    inner = list(tree.values()) if isinstance(tree, dict) else list(tree)
    return [
        tree,
        *(found for each in inner if isinstance(each, dict | list) for found in containers(each)),
    ]


def prove(manifests: list[Manifest]) -> None:
    before = deepcopy(manifests)
    found = find_repair(LAB, build_cluster([HOME]), NAMESPACE, manifests)
    assert manifests == before
    assert found.why_not == ""
    after = policies(found.policies)
    assert len(after) == len(found.policies)
    assessment = assess_namespace(LAB, build_cluster([HOME], policies=after), NAMESPACE)
    assert [flow.flow for flow in assessment.flows if not flow.is_met] == []
    opened = passing(after) - passing(policies(manifests)) - passing(policies(solution()))
    assert opened <= WANTED


def passing(read: list[Policy]) -> set[tuple[object, ...]]:
    """By the evaluator itself, of a sample of all ends and ports."""
    whole = build_universe(LAB, build_cluster([HOME]), NAMESPACE, policies(solution()))
    cluster = Cluster(whole.cluster.namespaces, whole.cluster.pods, {NAMESPACE: tuple(read)})
    pairs = [
        (one, other)
        for one, other in product(range(len(whole.ends)), repeat=2)
        if one != other and min(one, other) < len(whole.subjects)
    ]
    return {
        (one, other, protocol, port)
        for one, other in pairs[::3]
        for protocol, port in PORTS
        if passes(cluster, whole.ends[one], whole.ends[other], port, protocol)
    }


def passes(
    cluster: Cluster, source: Endpoint, destination: Endpoint, port: int, protocol: Protocol
) -> bool:
    return decide_connection(cluster, source, destination, port, protocol).outcome is Outcome.ALLOW


PORTS = [(Protocol.TCP, port) for port in (53, 80, 443, 3001, 5000, 6379, 9999)] + [
    (Protocol.UDP, 53),
    (Protocol.UDP, 9999),
]


def wanted() -> set[tuple[object, ...]]:
    """The lab's flows that should pass, by the numbers of their ends."""
    whole = build_universe(LAB, build_cluster([HOME]), NAMESPACE, policies(solution()))
    return {
        (want.source, want.destination, want.flow.protocol, want.flow.port)
        for want in whole.wants
        if want.is_open
    }


WANTED = wanted()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_a_scrambled_solution_is_repaired(seed: int, times: int) -> None:
    prove(scrambled(seed, times))


@settings(deadline=None, max_examples=15)
@given(st.sampled_from(SINGLE), st.sampled_from(SINGLE))
def test_two_mistakes_at_once_are_repaired(one: Any, other: Any) -> None:
    names = {each["metadata"]["name"]: each for each in solution()}
    kept = {each["metadata"]["name"]: each for each in one.manifests}
    for each in other.manifests:
        name = each["metadata"]["name"]
        if name in kept and names.get(name) != each:
            kept[name] = each
    prove(list(kept.values()))


def test_a_student_who_wrote_all_of_it_otherwise_is_repaired() -> None:
    """One policy for each pod, under other names, with a mistake in it."""
    for path, value in (
        (("app", "spec", "egress", 0, "ports", 0, "port"), 6380),
        (("app", "spec", "podSelector", "matchLabels", "app"), "webapp"),
        (("kuma", "spec", "egress", 1, "to", 0, "ipBlock", "cidr"), "10.0.0.0/8"),
        (("redis", "spec", "ingress", 0, "from", 0, "podSelector", "matchLabels", "app"), "app"),
    ):
        manifests = {each["metadata"]["name"]: each for each in other_style()}
        holder: Any = manifests[str(path[0])]
        for key in path[1:-1]:
            holder = holder[key]
        holder[path[-1]] = value
        prove(list(manifests.values()))
        found = find_repair(LAB, build_cluster([HOME]), NAMESPACE, list(manifests.values()))
        assert found.size == 1, path


def other_style() -> list[Manifest]:
    def pod(app: str) -> Manifest:
        return {"podSelector": {"matchLabels": {"app": app}}}

    system = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
    dns = {
        "to": [system | {"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}],
        "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
    }
    world = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 80}, {"port": 443}]}
    both = ["Ingress", "Egress"]
    specs = {
        "app": {
            "ingress": [{"from": [system, pod("uptime-kuma")], "ports": [{"port": 5000}]}],
            "egress": [{"to": [pod("redis")], "ports": [{"port": 6379}]}, dns],
        },
        "redis": {
            "ingress": [{"from": [pod("student-app")], "ports": [{"port": 6379}]}],
            "egress": [dns],
        },
        "kuma": {
            "ingress": [{"from": [system], "ports": [{"port": 3001}]}],
            "egress": [{"to": [pod("student-app")], "ports": [{"port": 5000}]}, world, dns],
        },
    }
    apps = {"app": "student-app", "redis": "redis", "kuma": "uptime-kuma"}
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": name},
            "spec": deepcopy(pod(apps[name]) | {"policyTypes": both} | spec),
        }
        for name, spec in specs.items()
    ]
