"""The state of one namespace: what a snapshot keeps, and the identity that tells two apart."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import stored
from dashboard.reading import Surroundings
from netpol import parse
from netpol.assess import SCHEMA, Assessment, TooMuch, assess, refuse_too_much
from netpol.canonical import canonical_set, digest
from netpol.lab import Lab, NotChecked
from netpol.model import Cluster, Namespace, Pod, Policy
from netpol.parse import Fault, Invalid, Json

MOST_TEXT = 4_000_000
"""Characters of an assessment; the lab's own has ten thousand."""


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
    """Raises `Invalid` with what is malformed about the policies, or `TooMuch`."""
    parsed = _policies(manifests, namespace.name)
    refuse_too_much(pods, parsed)
    cluster = Cluster.of(
        (*surroundings.namespaces, namespace),
        (*surroundings.pods, *pods),
        parsed,
        surroundings.unsupported,
    )
    assessment = assess(lab, cluster, namespace.name)
    policies, shapes = canonical_set(manifests), stored.dump_shapes(pods)
    policies_digest, dumped = digest(policies), stored.dump(assessment)
    if len(json.dumps(dumped)) > MOST_TEXT:
        raise TooMuch("Too many of its rules allow the same: what to say of them is too long.")
    return State(
        policies,
        policies_digest,
        shapes,
        dumped,
        summary(lab, assessment),
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


def summary(lab: Lab, assessment: Assessment) -> dict[str, Any]:
    """What a list of many snapshots shows, small enough to read for a whole class."""
    return {
        "flows": {flow.flow: flow.predicted.value for flow in assessment.flows},
        "deviations": _deviations(assessment),
        "met": assessment.met,
        "total": len(assessment.flows),
        "steps": {step.step: step.holds for step in assessment.steps},
        "blocker": _blocker(lab, assessment),
    }


def _deviations(assessment: Assessment) -> dict[str, dict[str, str]]:
    """By profile, the flows that fare otherwise there."""
    found: dict[str, dict[str, str]] = {}
    for flow in assessment.flows:
        for each in flow.deviations:
            found.setdefault(each.profile.value, {})[flow.flow] = each.outcome.value
    return found


def _blocker(lab: Lab, assessment: Assessment) -> str:
    """What is in the way of the next step; nothing once all that can be checked holds."""
    for step in lab.steps:
        checked = step.lasts and not isinstance(step.detector, NotChecked)
        if checked and not assessment.step(step.key).holds:
            return assessment.step(step.key).evidence
    return ""
