"""Read the facts of reports: as many queries for a thousand namespaces as for one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

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

COLUMNS = ("namespace_id", "first_seen", "policy_set_id", "assessment_id")
ChangesByStep = Mapping[int, Mapping[str, SnapshotChange]]
"""By namespace and step."""
CLOSED = "Your instructor has closed with the hints where it is."
OwnedRow = TypeVar("OwnedRow", Monitor, PodState, Snapshot, StepMark)


def read_facts(
    namespaces: QuerySet[Namespace], at: datetime | None = None, lost: ChangesByStep | None = None
) -> list[ReportFacts]:
    """Read the facts of each namespace at a moment, by default now.

    The changes that `lost` steps are read unless the caller has them.
    """
    known, moment = list(namespaces), at or timezone.now()
    snapshots = _read_snapshots(namespaces, at)
    distinct = {snapshot.assessment_id: snapshot for snapshot in snapshots.values()}
    assessments = {key: load_assessment(snapshot) for key, snapshot in distinct.items()}
    begins = {key: snapshot.first_seen for key, snapshot in snapshots.items()}
    observed = fetch_observed_by_namespace(known, at, begins)
    reached = query_reached_steps(namespaces, moment)
    pods = _read_pods(namespaces, at)
    monitors = _group_rows(Monitor.objects.filter(namespace__in=namespaces))
    findings = _read_findings(snapshots)
    outages = _read_outages(namespaces, moment)
    marks = _group_rows(StepMark.objects.filter(namespace__in=namespaces).made_by(moment))
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
            _group_pods(snapshot, pods.get(each.pk, [])),
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
    """Keep which findings there are, but not where: for a reader to whom hints are closed."""
    closed = {"policy": "", "path": "", "message": CLOSED, "hint": ""}
    found = facts.findings
    return replace(
        facts, findings=None if found is None else [{**each, **closed} for each in found]
    )


def _read_snapshots(namespaces: QuerySet[Namespace], at: datetime | None) -> dict[int, Snapshot]:
    """Read what snapshots share once, and after them: a poll may write in between. Where past
    snapshots were pruned in between, read again.
    """
    rows = Snapshot.objects.holding(at).filter(namespace__in=namespaces).order_by()
    held = list(rows.defer("mistakes"))
    policies = PolicySet.objects.in_bulk({each.policy_set_id for each in held})
    shapes = PodShapes.objects.in_bulk({each.pod_shapes_id for each in held})
    assessments = StoredAssessment.objects.in_bulk({each.assessment_id for each in held})
    found = {}
    for snapshot in held:
        try:
            snapshot.policy_set = policies[snapshot.policy_set_id]
            snapshot.pod_shapes = shapes[snapshot.pod_shapes_id]
            snapshot.assessment = assessments[snapshot.assessment_id]
        except KeyError:
            return _read_snapshots(namespaces, at)
        found[snapshot.namespace_id] = snapshot
    return found


def _group_rows(rows: Iterable[OwnedRow]) -> defaultdict[int, list[OwnedRow]]:
    """Rows by the primary key of their namespace."""
    groups: defaultdict[int, list[OwnedRow]] = defaultdict(list)
    for row in rows:
        groups[row.namespace_id].append(row)
    return groups


def _read_pods(namespaces: QuerySet[Namespace], at: datetime | None) -> dict[int, list[PodState]]:
    rows = PodState.objects.filter(namespace__in=namespaces)
    if at is None:
        return _group_rows(rows.filter(is_open=True))
    groups = _group_rows(rows.filter(first_seen__lte=at, last_seen__gte=at - POLL_TOLERANCE))
    return {key: pick_present(pods, at) for key, pods in groups.items()}


def _group_pods(
    snapshot: Snapshot | None, pods: Sequence[PodState]
) -> Mapping[str, EntityPods] | None:
    """`None` where a snapshot has pods of which none was seen then: it was read at another time."""
    return None if snapshot is None or (snapshot.pods and not pods) else group_pods(pods)


def _drop_later_monitors(
    monitors: Sequence[Monitor], at: datetime | None
) -> Sequence[Monitor] | None:
    """Each poll overwrites the monitors, so what they said before the newest one is not known."""
    return None if at and any(monitor.last_seen > at for monitor in monitors) else monitors


def _read_findings(snapshots: Mapping[int, Snapshot]) -> dict[int, Sequence[StoredFinding]]:
    """The findings of each namespace whose snapshot is diagnosed; equal snapshots count once."""
    keys: dict[tuple[str, str, str], str] = {}
    by_namespace: dict[int, str] = {}
    for namespace, snapshot in snapshots.items():
        content = snapshot.policy_set_id, snapshot.assessment_id, snapshot.pod_shapes_id
        if content not in keys:
            keys[content] = compute_diagnosis_key(
                snapshot.policy_set.manifests, snapshot.assessment.body, snapshot.pods
            )
        by_namespace[namespace] = keys[content]
    known = StoredDiagnosis.objects.only("findings").in_bulk(set(keys.values()))
    return {key: known[each].findings for key, each in by_namespace.items() if each in known}


def _read_outages(namespaces: QuerySet[Namespace], moment: datetime) -> defaultdict[int, set[str]]:
    """The flows of each namespace that an outage took at the moment."""
    lasting = Q(closed_at=None) | Q(closed_at__gt=moment)
    rows = Incident.objects.filter(
        lasting, namespace__in=namespaces, cause=IncidentCause.OUTAGE, opened_at__lte=moment
    )
    outages: defaultdict[int, set[str]] = defaultdict(set)
    for namespace, flow in rows.order_by().values_list("namespace", "flow"):
        outages[namespace].add(flow)
    return outages


def fetch_regressions(
    namespaces: Collection[int], moment: datetime
) -> dict[int, list[StepRegression]]:
    """The steps that each namespace lost up to a moment, by primary key: in two queries, what many
    snapshots share read once. Snapshots that are pruned between the two are left out.
    """
    begun = Snapshot.objects.filter(namespace__in=namespaces, first_seen__lte=moment)
    rows = list(begun.only(*COLUMNS).order_by("-first_seen"))
    assessments = StoredAssessment.objects.defer("body").in_bulk(
        {row.assessment_id for row in rows}
    )
    known = [row for row in rows if row.assessment_id in assessments]
    for row in known:
        row.assessment = assessments[row.assessment_id]
    return {key: find_regressions(snapshots) for key, snapshots in _group_rows(known).items()}


def fetch_policy_sets(regressions: Iterable[StepRegression]) -> PolicySets:
    """The policies before and after each regression."""
    ends = {end.policy_set_id for each in regressions for end in (each.before, each.after)}
    return PolicySet.objects.in_bulk(ends)


def _read_lost_steps(
    snapshots: Mapping[int, Snapshot], reached: ReachedSteps, moment: datetime
) -> ChangesByStep:
    """The changes that ended steps for good; the past is read only of namespaces that lost one."""
    steps = [step.key for step in active_lab().steps if step.is_lasting]
    losing = {
        namespace
        for namespace, snapshot in snapshots.items()
        for step in steps
        if snapshot.summary["steps"].get(step) is False and step in reached.get(namespace, {})
    }
    found = fetch_regressions(losing, moment) if losing else {}
    sets = fetch_policy_sets(one for each in found.values() for one in each if not one.regained_at)
    return {namespace: find_ending_changes(each, sets) for namespace, each in found.items()}
