"""Reads what reports are made of: as many queries for a thousand namespaces as for one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.assess.changes import PolicySets, SnapshotChange
from dashboard.assess.flow_answers import answer_flows
from dashboard.assess.json_columns import compute_diagnosis_key, load_assessment
from dashboard.assess.namespace_objects import POLL_TOLERANCE, EntityPods, group_pods, pick_present
from dashboard.assess.regressions import (
    StepRegression,
    find_ending_changes,
    find_regressions,
)
from dashboard.assess.steps import combine_marks
from dashboard.history.fetch_errors import find_fetch_problem, list_fetch_problems
from dashboard.history.observed_flows import fetch_observed_by_namespace
from dashboard.history.progress import ReachedSteps, query_reached_steps
from dashboard.models import (
    Incident,
    IncidentCause,
    Monitor,
    Namespace,
    PodShapes,
    PodState,
    PolicySet,
    Snapshot,
    StepMark,
    StoredAssessment,
    StoredDiagnosis,
    Student,
)
from dashboard.web.reports.facts import ReportFacts, StoredFinding
from dashboard.web.roster.page import index_by_login
from netpol.assess import Assessment

COLUMNS = ("namespace_id", "first_seen", "policy_set_id", "assessment_id")
ChangesByStep = Mapping[int, Mapping[str, SnapshotChange]]
"""By namespace and step."""
CLOSED = "Where, your instructor has closed with the hints."


def read_facts(
    namespaces: QuerySet[Namespace], at: datetime | None = None, lost: ChangesByStep | None = None
) -> list[ReportFacts]:
    """Of each of them at a moment, by default now. What ended the steps that they `lost` is read,
    unless it is known.
    """
    known, moment = list(namespaces), at or timezone.now()
    snapshots = _read_snapshots(namespaces, at)
    assessments = _load_assessments(snapshots.values())
    begins = {key: snapshot.first_seen for key, snapshot in snapshots.items()}
    observed = fetch_observed_by_namespace(known, at, begins)
    reached = query_reached_steps(namespaces, moment)
    pods = _read_pods(namespaces, at)
    monitors = _read_monitors(namespaces)
    findings = _read_findings(snapshots)
    outages = _read_outages(namespaces, moment)
    marks = _read_marks(namespaces, moment)
    lost = _read_lost_steps(snapshots, reached, moment) if lost is None else lost
    then = list_fetch_problems(at) if at else None
    roster = index_by_login(Student.objects.with_logins(each.student for each in known))
    return [
        ReportFacts(
            each,
            moment,
            snapshot := snapshots.get(each.pk),
            assessment := assessments.get(snapshot.assessment_id) if snapshot else None,
            answer_flows(active_lab(), assessment, observed[each.pk], settings.CNI_PROFILE)
            if assessment
            else {},
            reached.get(each.pk, {}),
            _group_pods(snapshot, pods[each.pk]),
            _drop_later_monitors(monitors[each.pk], at),
            findings.get(each.pk),
            frozenset(outages[each.pk]),
            combine_marks(marks[each.pk], moment),
            student.name if (student := roster.get(each.student.lower())) else "",
            student.section if student else "",
            then.find_problem(each.pk) if then else find_fetch_problem(each, None),
            lost.get(each.pk, {}),
        )
        for each in known
    ]


def hide_findings(facts: ReportFacts) -> ReportFacts:
    """For a reader to whom findings are closed: which there are, but not where."""
    closed = {"policy": "", "path": "", "message": CLOSED, "hint": ""}
    found = facts.findings
    return replace(
        facts, findings=None if found is None else [{**each, **closed} for each in found]
    )


def _read_snapshots(namespaces: QuerySet[Namespace], at: datetime | None) -> dict[int, Snapshot]:
    """What many of them share is read once, and after them: a poll may write in between. Where
    states of the past were pruned in between, those are read that hold in their place.
    """
    rows = Snapshot.objects.holding(at).filter(namespace__in=namespaces).order_by()
    held = list(rows.defer("mistakes"))
    policies = PolicySet.objects.in_bulk({each.policy_set_id for each in held})
    shapes = PodShapes.objects.in_bulk({each.pod_shapes_id for each in held})
    assessments = StoredAssessment.objects.in_bulk({each.assessment_id for each in held})
    found = {}
    for snapshot in held:
        shared = (
            snapshot.policy_set_id in policies,
            snapshot.pod_shapes_id in shapes,
            snapshot.assessment_id in assessments,
        )
        if not all(shared):
            return _read_snapshots(namespaces, at)
        snapshot.policy_set = policies[snapshot.policy_set_id]
        snapshot.pod_shapes = shapes[snapshot.pod_shapes_id]
        snapshot.assessment = assessments[snapshot.assessment_id]
        found[snapshot.namespace_id] = snapshot
    return found


def _load_assessments(snapshots: Iterable[Snapshot]) -> dict[str, Assessment | None]:
    distinct = {snapshot.assessment_id: snapshot for snapshot in snapshots}
    return {key: load_assessment(snapshot) for key, snapshot in distinct.items()}


def _read_pods(
    namespaces: QuerySet[Namespace], at: datetime | None
) -> defaultdict[int, list[PodState]]:
    rows = PodState.objects.filter(namespace__in=namespaces)
    pods: defaultdict[int, list[PodState]] = defaultdict(list)
    if at is None:
        rows = rows.filter(is_open=True)
    else:
        rows = rows.filter(first_seen__lte=at, last_seen__gte=at - POLL_TOLERANCE)
    for row in rows:
        pods[row.namespace_id].append(row)
    return (
        pods
        if at is None
        else defaultdict(list, {key: pick_present(each, at) for key, each in pods.items()})
    )


def _group_pods(
    snapshot: Snapshot | None, pods: Sequence[PodState]
) -> Mapping[str, EntityPods] | None:
    """A snapshot with pods of which none was seen then was read at another time."""
    if snapshot is None or (snapshot.pods and not pods):
        return None
    return group_pods(pods)


def _read_monitors(namespaces: QuerySet[Namespace]) -> defaultdict[int, list[Monitor]]:
    monitors: defaultdict[int, list[Monitor]] = defaultdict(list)
    for monitor in Monitor.objects.filter(namespace__in=namespaces):
        monitors[monitor.namespace_id].append(monitor)
    return monitors


def _drop_later_monitors(
    monitors: Sequence[Monitor], at: datetime | None
) -> Sequence[Monitor] | None:
    """Each look overwrites the one before, so that only the newest can be told."""
    return None if at and any(monitor.last_seen > at for monitor in monitors) else monitors


def _read_findings(snapshots: Mapping[int, Snapshot]) -> dict[int, Sequence[StoredFinding]]:
    """Of those whose state has been looked through."""
    states = {_content_digests(snapshot): snapshot for snapshot in snapshots.values()}
    keys = {
        state: compute_diagnosis_key(
            snapshot.policy_set.manifests, snapshot.assessment.body, snapshot.pods
        )
        for state, snapshot in states.items()
    }
    known = StoredDiagnosis.objects.only("findings").in_bulk(set(keys.values()))
    return {
        namespace: known[key].findings
        for namespace, snapshot in snapshots.items()
        if (key := keys[_content_digests(snapshot)]) in known
    }


def _content_digests(snapshot: Snapshot) -> tuple[str, str, str]:
    """What a diagnosis is made of, by its digests."""
    return snapshot.policy_set_id, snapshot.assessment_id, snapshot.pod_shapes_id


def _read_outages(namespaces: QuerySet[Namespace], moment: datetime) -> defaultdict[int, set[str]]:
    """The flows that were lost to one at the moment."""
    lasting = Q(closed_at=None) | Q(closed_at__gt=moment)
    rows = Incident.objects.filter(
        lasting, namespace__in=namespaces, cause=IncidentCause.OUTAGE, opened_at__lte=moment
    )
    outages: defaultdict[int, set[str]] = defaultdict(set)
    for namespace, flow in rows.order_by().values_list("namespace", "flow"):
        outages[namespace].add(flow)
    return outages


def read_lapses(namespaces: Collection[int], moment: datetime) -> dict[int, list[StepRegression]]:
    """The steps that each namespace lost up to a moment, by primary key: in two queries, what many
    snapshots share read once. Snapshots that are pruned between the two are left out.
    """
    begun = Snapshot.objects.filter(namespace__in=namespaces, first_seen__lte=moment)
    rows = list(begun.only(*COLUMNS).order_by("-first_seen"))
    assessments = StoredAssessment.objects.defer("body").in_bulk(
        {row.assessment_id for row in rows}
    )
    histories: defaultdict[int, list[Snapshot]] = defaultdict(list)
    for row in rows:
        if row.assessment_id in assessments:
            row.assessment = assessments[row.assessment_id]
            histories[row.namespace_id].append(row)
    return {key: find_regressions(snapshots) for key, snapshots in histories.items()}


def read_policy_sets(found: Iterable[StepRegression]) -> PolicySets:
    """The policies before and after each."""
    ends = {end.policy_set_id for each in found for end in (each.before, each.after)}
    return PolicySet.objects.in_bulk(ends)


def _read_lost_steps(
    snapshots: Mapping[int, Snapshot], reached: ReachedSteps, moment: datetime
) -> ChangesByStep:
    """By what each lost the steps that it held once: the past is read of those alone who did."""
    steps = [step.key for step in active_lab().steps if step.is_lasting]
    losing = {
        namespace
        for namespace, snapshot in snapshots.items()
        for step in steps
        if snapshot.summary["steps"].get(step) is False and step in reached.get(namespace, {})
    }
    found = read_lapses(losing, moment) if losing else {}
    sets = read_policy_sets(one for each in found.values() for one in each if not one.regained_at)
    return {namespace: find_ending_changes(each, sets) for namespace, each in found.items()}


def _read_marks(
    namespaces: QuerySet[Namespace], moment: datetime
) -> defaultdict[int, list[StepMark]]:
    marks: defaultdict[int, list[StepMark]] = defaultdict(list)
    for mark in StepMark.objects.filter(namespace__in=namespaces).made_by(moment):
        marks[mark.namespace_id].append(mark)
    return marks
