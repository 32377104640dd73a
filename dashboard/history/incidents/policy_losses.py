"""What policies closed that a rule had opened, and by what: read off the two stored assessments."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.assess.json_columns import load
from dashboard.history.incidents.causes import Cause, Contents, cause
from dashboard.history.incidents.working_flows import (
    History,
    Lost,
    asking,
    failed_before,
    known,
    turned,
    wanted,
)
from dashboard.models import PolicySet, Snapshot, StepReached, StoredAssessment
from netpol.assess import SCHEMA, is_intended
from netpol.lab import Lab

Reached = Mapping[tuple[int, str], datetime]
"""When a namespace first reached a step."""
ContentsOf = Callable[[Iterable[int]], Mapping[int, Contents]]
"""Of snapshots, by their keys."""


@dataclass(frozen=True, slots=True)
class Found:
    namespace: int
    lost: Lost
    cause: Cause


def _recorded_steps(namespaces: Iterable[int]) -> Reached:
    rows = StepReached.objects.filter(namespace__in=namespaces)
    return {(row.namespace_id, row.step): row.at for row in rows}


def recorded_contents(snapshots: Iterable[int]) -> dict[int, Contents]:
    """Equal ones are one value. Without those that another version of the dashboard assessed."""
    columns = ("assessment_id", "policy_set_id", "pod_shapes_id", "surroundings_id")
    rows = {
        key: refers
        for key, *refers in Snapshot.objects.filter(pk__in=snapshots).values_list("pk", *columns)
    }
    bodies = StoredAssessment.objects.filter(
        pk__in={each[0] for each in rows.values()}, schema=SCHEMA
    )
    assessments = {each.digest: load(each.body) for each in bodies}
    policies = PolicySet.objects.in_bulk({each[1] for each in rows.values()})
    distinct = {
        tuple(each): Contents(assessments[each[0]], policies[each[1]].manifests, each[2], each[3])
        for each in rows.values()
        if each[0] in assessments
    }
    return {key: distinct[tuple(each)] for key, each in rows.items() if tuple(each) in distinct}


def by_policies(
    lab: Lab,
    histories: Mapping[int, History],
    *,
    reached: Callable[[Iterable[int]], Reached] = _recorded_steps,
    contents: ContentsOf = recorded_contents,
) -> list[Found]:
    """Nothing is read where no flow turned, and what several share is read once.

    What was `reached` by namespaces, and the `contents` of snapshots, are as recorded, unless told.
    """
    lost = list(_turned(lab, histories))
    if not lost:
        return []
    begins = reached({namespace for namespace, _ in lost})
    counting = [
        (namespace, each)
        for namespace, each in lost
        if (begun := begins.get((namespace, asking(lab, each.flow)))) and begun <= each.worked_at
    ]
    return list(_explained(lab, counting, contents))


def _turned(lab: Lab, histories: Mapping[int, History]) -> Iterator[tuple[int, Lost]]:
    for namespace, history in histories.items():
        for flow in wanted(lab):
            lost = turned(history, flow.name)
            if lost and not known(history, lost) and not failed_before(lost, flow, history):
                yield namespace, lost


def _explained(lab: Lab, lost: Iterable[tuple[int, Lost]], contents: ContentsOf) -> Iterator[Found]:
    pairs = [(namespace, each, each.turned) for namespace, each in lost if each.turned]
    known = contents({span.key for *_, turned in pairs for span in turned})
    told: dict[tuple[str, int, int], Cause | None] = {}
    for namespace, each, (before, after) in pairs:
        then, now = known.get(before.key), known.get(after.key)
        if then is None or now is None:
            continue
        question = each.flow, id(then), id(now)
        if question not in told:
            told[question] = _cause(lab, each.flow, then, now)
        if found := told[question]:
            yield Found(namespace, each, found)


def _cause(lab: Lab, flow: str, then: Contents, now: Contents) -> Cause | None:
    """`None` where it is no incident: it was open only because nothing isolated its ends."""
    before = next((each for each in then.assessment.flows if each.flow == flow), None)
    return cause(flow, then, now) if before and is_intended(lab, before) else None
