"""What policies closed that a rule had opened, and by what: read off the two stored assessments."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.assess.assessment_summary import find_asking_step
from dashboard.assess.json_columns import parse_assessment
from dashboard.history.incidents.working_flows import (
    LostFlow,
    NamespaceHistory,
    find_closed_flow,
    had_failed_before,
    is_known,
    list_wanted_flows,
)
from dashboard.models import IncidentCause, PolicySet, Snapshot, StepReached, StoredAssessment
from netpol.assess import SCHEMA, Assessment, is_intended
from netpol.diff.assessments import compare_assessments
from netpol.lab import Lab
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


Reached = Mapping[tuple[int, str], datetime]
"""When a namespace first reached a step."""
ContentsOf = Callable[[Iterable[int]], Mapping[int, SnapshotContents]]
"""Of snapshots, by their keys."""


@dataclass(frozen=True, slots=True)
class PolicyLoss:
    namespace: int
    lost: LostFlow
    cause: PolicyLossCause


def _load_reached_steps(namespaces: Iterable[int]) -> Reached:
    rows = StepReached.objects.filter(namespace__in=namespaces)
    return {(row.namespace_id, row.step): row.at for row in rows}


def load_contents(snapshots: Iterable[int]) -> dict[int, SnapshotContents]:
    """Equal ones are one value. Without those that another version of the dashboard assessed."""
    columns = ("assessment_id", "policy_set_id", "pod_shapes_id", "surroundings_id")
    rows = {
        key: refers
        for key, *refers in Snapshot.objects.filter(pk__in=snapshots).values_list("pk", *columns)
    }
    bodies = StoredAssessment.objects.filter(
        pk__in={each[0] for each in rows.values()}, schema=SCHEMA
    )
    assessments = {each.digest: parse_assessment(each.body) for each in bodies}
    policies = PolicySet.objects.in_bulk({each[1] for each in rows.values()})
    distinct = {
        tuple(each): SnapshotContents(
            assessments[each[0]], policies[each[1]].manifests, each[2], each[3]
        )
        for each in rows.values()
        if each[0] in assessments
    }
    return {key: distinct[tuple(each)] for key, each in rows.items() if tuple(each) in distinct}


def find_policy_losses(
    lab: Lab,
    histories: Mapping[int, NamespaceHistory],
    *,
    reached: Callable[[Iterable[int]], Reached] = _load_reached_steps,
    contents: ContentsOf = load_contents,
) -> list[PolicyLoss]:
    """Nothing is read where no flow turned, and what several share is read once.

    What was `reached` by namespaces, and the `contents` of snapshots, are as recorded, unless told.
    """
    lost = list(_find_closed_flows(lab, histories))
    if not lost:
        return []
    begins = reached({namespace for namespace, _ in lost})
    counting = [
        (namespace, each)
        for namespace, each in lost
        if (begun := begins.get((namespace, find_asking_step(lab, [each.flow]))))
        and begun <= each.worked_at
    ]
    return list(_explain_losses(lab, counting, contents))


def _find_closed_flows(
    lab: Lab, histories: Mapping[int, NamespaceHistory]
) -> Iterator[tuple[int, LostFlow]]:
    for namespace, history in histories.items():
        for flow in list_wanted_flows(lab):
            lost = find_closed_flow(history, flow.name)
            if lost and not is_known(history, lost) and not had_failed_before(lost, flow, history):
                yield namespace, lost


def _explain_losses(
    lab: Lab, lost: Iterable[tuple[int, LostFlow]], contents: ContentsOf
) -> Iterator[PolicyLoss]:
    pairs = [
        (namespace, each, each.closing_spans) for namespace, each in lost if each.closing_spans
    ]
    loaded = contents({span.key for *_, turned in pairs for span in turned})
    causes: dict[tuple[str, int, int], PolicyLossCause | None] = {}
    for namespace, each, (before, after) in pairs:
        then, now = loaded.get(before.key), loaded.get(after.key)
        if then is None or now is None:
            continue
        question = each.flow, id(then), id(now)
        if question not in causes:
            causes[question] = _find_cause(lab, each.flow, then, now)
        if found := causes[question]:
            yield PolicyLoss(namespace, each, found)


def _find_cause(
    lab: Lab, flow: str, then: SnapshotContents, now: SnapshotContents
) -> PolicyLossCause | None:
    """`None` where it is no incident: it was open only because nothing isolated its ends."""
    before = next((each for each in then.assessment.flows if each.flow == flow), None)
    return _compare_contents(flow, then, now) if before and is_intended(lab, before) else None


def _compare_contents(
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
