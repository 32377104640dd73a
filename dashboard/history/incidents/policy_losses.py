"""What policies closed that a rule had opened, and by what: read off the two stored assessments."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.assess.json_columns import parse_assessment
from dashboard.history.incidents.causes import PolicyLossCause, SnapshotContents, find_cause
from dashboard.history.incidents.working_flows import (
    LostFlow,
    NamespaceHistory,
    find_asking_step,
    find_closed_flow,
    had_failed_before,
    is_known,
    list_wanted_flows,
)
from dashboard.models import PolicySet, Snapshot, StepReached, StoredAssessment
from netpol.assess import SCHEMA, is_intended
from netpol.lab import Lab

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
        if (begun := begins.get((namespace, find_asking_step(lab, each.flow))))
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
    known = contents({span.key for *_, turned in pairs for span in turned})
    told: dict[tuple[str, int, int], PolicyLossCause | None] = {}
    for namespace, each, (before, after) in pairs:
        then, now = known.get(before.key), known.get(after.key)
        if then is None or now is None:
            continue
        question = each.flow, id(then), id(now)
        if question not in told:
            told[question] = _find_cause(lab, each.flow, then, now)
        if found := told[question]:
            yield PolicyLoss(namespace, each, found)


def _find_cause(
    lab: Lab, flow: str, then: SnapshotContents, now: SnapshotContents
) -> PolicyLossCause | None:
    """`None` where it is no incident: it was open only because nothing isolated its ends."""
    before = next((each for each in then.assessment.flows if each.flow == flow), None)
    return find_cause(flow, then, now) if before and is_intended(lab, before) else None
