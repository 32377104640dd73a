"""Kubernetes' own end-to-end expectations, all of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from netpol import parse
from netpol.evaluate import decide_connection
from netpol.matrix import compute_matrix
from netpol.model import Cluster, Outcome, Protocol, build_cluster
from tests.netpol.drawing import drawn

FILE = Path(__file__).parent / "conformance" / "kubernetes-1.36.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))


def cluster(vector: dict[str, Any]) -> Cluster:
    namespaces = [
        parse.parse_namespace({"metadata": {"name": name, "labels": namespace["labels"]}})
        for name, namespace in vector["namespaces"].items()
    ]
    pods = [parse.parse_pod(wire(pod)) for pod in vector["pods"]]
    policies = [parse.parse_policy(manifest) for manifest in vector["policies"]]
    return build_cluster(namespaces, [pod for pod in pods if pod], policies)


def wire(pod: dict[str, Any]) -> parse.Json:
    ports = [
        {"name": port["name"], "containerPort": port["port"], "protocol": port["protocol"]}
        for port in pod["ports"]
    ]
    return {
        "metadata": {key: pod[key] for key in ("namespace", "name", "labels")},
        "spec": {"hostNetwork": pod["hostNetwork"], "containers": [{"ports": ports}]},
        "status": {"phase": "Running", "podIP": pod["ip"]},
    }


def test_all_probes_are_here() -> None:
    assert len(VECTORS) == 69


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_agrees_with_kubernetes(vector: dict[str, Any]) -> None:
    query = vector["queries"]
    answers = compute_matrix(cluster(vector), query["port"], Protocol(query["protocol"]))
    asked = {
        source: {to: yes for to, yes in row.items() if [source, to] not in vector["unchecked"]}
        for source, row in vector["expected"].items()
    }
    answered = {source: {to: answers[source][to] for to in row} for source, row in asked.items()}
    assert drawn(answered) == drawn(asked)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_one_connection_at_a_time_agrees_with_kubernetes(vector: dict[str, Any]) -> None:
    query, known = vector["queries"], cluster(vector)
    pods = {f"{pod.namespace}/{pod.name}": pod for pod in known.pods}
    decided = {
        (source, to): decide_connection(
            known, pods[source], pods[to], query["port"], Protocol(query["protocol"])
        ).outcome
        for source, row in vector["expected"].items()
        for to in row
        if [source, to] not in vector["unchecked"]
    }
    expected = {
        (source, to): Outcome.ALLOW if vector["expected"][source][to] else Outcome.DENY
        for source, to in decided
    }
    assert decided == expected


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_every_denial_has_a_policy_that_isolates_and_every_other_allowance_a_rule(
    vector: dict[str, Any],
) -> None:
    state = cluster(vector)
    port, protocol = vector["queries"]["port"], Protocol(vector["queries"]["protocol"])
    for source in state.pods:
        for destination in state.pods:
            verdict = decide_connection(state, source, destination, port, protocol)
            for side in (verdict.egress, verdict.ingress):
                assert bool(side.isolating) >= (side.outcome is Outcome.DENY)
                assert bool(side.allowing) == (
                    bool(side.isolating) and side.outcome is Outcome.ALLOW
                )
