"""Assesses one namespace: what its snapshot stores, and the digest that identifies it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.assess import json_columns as stored
from dashboard.assess.assessment_summary import list_checked_steps
from dashboard.cluster_reading import Surroundings
from netpol import parse
from netpol.assess import SCHEMA, Assessment, TooLargeError, assess_namespace, refuse_too_large
from netpol.canonical_policies import canonicalize_policies, compute_digest
from netpol.lab import Lab
from netpol.model import LabeledNamespace, Pod, Policy, build_cluster
from netpol.parse import InvalidManifestError, Json, ManifestFault

MOST_TEXT = 4_000_000
"""Characters of an assessment; the lab's own has ten thousand."""


@dataclass(frozen=True, slots=True)
class AssessedSnapshot:
    """`digest` is the same for two polls that found the same, whatever the pods are called.

    Surroundings are no part of it: where they matter, the assessment differs.
    """

    policies: list[Json]
    policies_digest: str
    pods: list[dict[str, Any]]
    pods_digest: str
    surroundings: dict[str, Any]
    surroundings_digest: str
    assessment: dict[str, Any]
    summary: dict[str, Any]
    assessment_digest: str
    digest: str


def assess_snapshot(
    lab: Lab,
    namespace: LabeledNamespace,
    pods: Sequence[Pod],
    manifests: Sequence[Json],
    surroundings: Surroundings,
) -> AssessedSnapshot:
    """Raises `Invalid` with what is malformed about the policies, or `TooMuch`."""
    parsed = _parse_policies(manifests, namespace.name)
    refuse_too_large(pods, parsed)
    cluster = build_cluster(
        (*surroundings.namespaces, namespace),
        (*surroundings.pods, *pods),
        parsed,
        surroundings.unsupported,
    )
    assessment = assess_namespace(lab, cluster, namespace.name)
    policies, shapes = canonicalize_policies(manifests), stored.dump_shapes(pods)
    dumped = stored.dump_assessment(assessment)
    around = stored.dump_surroundings(surroundings, namespace.name)
    if len(json.dumps(dumped)) > MOST_TEXT:
        raise TooLargeError(
            "Too many of its rules allow the same: what to say of them is too long."
        )
    brief = summarize_assessment(lab, assessment)
    digests = (
        compute_digest(policies),
        compute_digest(shapes),
        compute_digest([dumped, brief, SCHEMA]),
    )
    return AssessedSnapshot(
        policies=policies,
        policies_digest=digests[0],
        pods=shapes,
        pods_digest=digests[1],
        surroundings=around,
        surroundings_digest=compute_digest(around),
        assessment=dumped,
        summary=brief,
        assessment_digest=digests[2],
        digest=compute_digest(list(digests)),
    )


def _parse_policies(manifests: Sequence[Json], namespace: str) -> list[Policy]:
    policies: list[Policy] = []
    faults: list[ManifestFault] = []
    for manifest in manifests:
        try:
            policies.append(parse.parse_policy(manifest, namespace=namespace))
        except InvalidManifestError as invalid:
            faults += invalid.faults
    if faults:
        raise InvalidManifestError(tuple(faults))
    return policies


def summarize_assessment(lab: Lab, assessment: Assessment) -> dict[str, Any]:
    """What a list of many snapshots shows; small enough to load for a whole class."""
    return {
        "flows": {flow.flow: flow.predicted.value for flow in assessment.flows},
        "deviations": _list_deviations(assessment),
        "met": assessment.flows_met,
        "total": len(assessment.flows),
        "steps": {step.step: step.holds for step in assessment.steps},
    } | _find_next_step(lab, assessment)


def _list_deviations(assessment: Assessment) -> dict[str, dict[str, str]]:
    """By profile, the flows whose outcome differs there."""
    found: dict[str, dict[str, str]] = {}
    for flow in assessment.flows:
        for each in flow.deviations:
            found.setdefault(each.profile.value, {})[flow.flow] = each.outcome.value
    return found


def _find_next_step(lab: Lab, assessment: Assessment) -> dict[str, str]:
    """The next step and what blocks it; both empty once every checked step holds."""
    for step in list_checked_steps(lab):
        if not (found := assessment.find_step(step.key)).holds:
            return {"step": step.key, "blocker": found.evidence}
    return {"step": "", "blocker": ""}
