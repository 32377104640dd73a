"""The state of one namespace: what a snapshot keeps, and the identity that tells two apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import stored
from dashboard.reading import Surroundings
from netpol import parse
from netpol.assess import SCHEMA, Assessment, assess
from netpol.canonical import canonical_set, digest
from netpol.lab import Lab
from netpol.model import Cluster, Namespace, Pod, Policy
from netpol.parse import Fault, Invalid, Json


@dataclass(frozen=True, slots=True)
class State:
    """`digest` is the same for two looks that found the same, whatever the names of the pods."""

    policies: list[Json]
    policies_digest: str
    pods: list[dict[str, Any]]
    assessment: dict[str, Any]
    summary: dict[str, Any]
    digest: str


def state(
    lab: Lab,
    namespace: Namespace,
    pods: Sequence[Pod],
    manifests: Sequence[Json],
    surroundings: Surroundings,
) -> State:
    """Raises `Invalid` with what is malformed about the policies."""
    cluster = Cluster.of(
        (*surroundings.namespaces, namespace),
        (*surroundings.pods, *pods),
        _policies(manifests, namespace.name),
        surroundings.unsupported,
    )
    assessment = assess(lab, cluster, namespace.name)
    policies, shapes = canonical_set(manifests), stored.dump_shapes(pods)
    policies_digest, dumped = digest(policies), stored.dump(assessment)
    return State(
        policies,
        policies_digest,
        shapes,
        dumped,
        summary(assessment),
        digest([policies_digest, shapes, dumped, SCHEMA]),
    )


def _policies(manifests: Sequence[Json], namespace: str) -> list[Policy]:
    policies: list[Policy] = []
    faults: list[Fault] = []
    for manifest in manifests:
        try:
            policies.append(parse.policy(manifest, namespace=namespace))
        except Invalid as invalid:
            faults += invalid.faults
    if faults:
        raise Invalid(tuple(faults))
    return policies


def summary(assessment: Assessment) -> dict[str, Any]:
    """What a list of many snapshots shows, small enough to read for a whole class."""
    unmet = (flow for flow in assessment.flows if not flow.met)
    first = next(unmet, None)
    return {
        "flows": {flow.flow: flow.predicted.value for flow in assessment.flows},
        "met": assessment.met,
        "total": len(assessment.flows),
        "steps": {step.step: step.holds for step in assessment.steps},
        "blocker": f"{first.flow}: {first.headline}" if first else "",
    }
