"""By what a flow was lost that policies closed: whose change it was, and which. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.models import IncidentCause
from netpol.assess import Assessment
from netpol.diff.assessments import compare_assessments
from netpol.parse import Json

POLICY_CAUSES = (
    IncidentCause.POLICY_REMOVED,
    IncidentCause.POLICY_CHANGED,
    IncidentCause.POLICY_ADDED,
)
"""The more telling first: who replaces a policy removes one."""


@dataclass(frozen=True, slots=True)
class SnapshotContents:
    """What a snapshot refers to; `pods` and `surroundings` by their digests."""

    assessment: Assessment
    policies: Sequence[Json]
    pods: str
    surroundings: str | None


@dataclass(frozen=True, slots=True)
class PolicyLossCause:
    """`policies` are the names of those that were changed and turned the flow."""

    kind: IncidentCause
    policies: tuple[str, ...]
    sentence: str


def find_cause(
    flow: str, before: SnapshotContents, after: SnapshotContents
) -> PolicyLossCause | None:
    """`None` where nothing of the cluster is different: then the lab or the evaluator is."""
    closed = compare_assessments(before.assessment, after.assessment).closed
    change = next((each for each in closed if each.flow == flow), None)
    if change is None:
        return None
    changes = _compare_policies(before.policies, after.policies)
    for kind in POLICY_CAUSES:
        turning = tuple(name for name in change.because if changes.get(name) is kind)
        if turning:
            return PolicyLossCause(kind, turning, change.sentence)
    if before.pods != after.pods:
        return PolicyLossCause(IncidentCause.PODS_CHANGED, (), change.sentence)
    if before.surroundings != after.surroundings:
        return PolicyLossCause(IncidentCause.SURROUNDINGS_CHANGED, (), change.sentence)
    return None


def _compare_policies(
    before: Sequence[Json], after: Sequence[Json]
) -> Mapping[str, IncidentCause | None]:
    """What became of each policy by its name; `None` where nothing did."""
    then, now = _index_by_name(before), _index_by_name(after)
    return {
        name: _classify_change(then.get(name), now.get(name)) for name in then.keys() | now.keys()
    }


def _classify_change(then: Json | None, now: Json | None) -> IncidentCause | None:
    if now is None:
        return IncidentCause.POLICY_REMOVED
    if then is None:
        return IncidentCause.POLICY_ADDED
    return IncidentCause.POLICY_CHANGED if then != now else None


def _index_by_name(policies: Sequence[Json]) -> dict[str, Json]:
    return {policy["metadata"]["name"]: policy for policy in policies}
