"""All that the page of a namespace reads, and what its forms record."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from dashboard.accounts.hints import fetch_allowed_tiers, fetch_opened_tiers
from dashboard.active_lab import active_lab
from dashboard.assess.flows import FlowEvidence, build_flow_rows, list_placeholders
from dashboard.assess.json_columns import compute_diagnosis_key, load_assessment
from dashboard.assess.manifests import PolicyAnchors, render_manifests
from dashboard.assess.namespace_objects import NamespaceObjects
from dashboard.assess.probe_votes import delay_after_change
from dashboard.assess.steps import StepRecords, build_step_rows
from dashboard.assess.uptime import SPAN, UptimeBars, build_uptime_bars
from dashboard.history.fetch_errors import fetch_past_reading
from dashboard.history.incidents.recent_outages import find_recent_outages
from dashboard.history.namespace_objects import fetch_objects
from dashboard.history.observed_flows import fetch_observed
from dashboard.models import (
    HintOpening,
    Incident,
    Namespace,
    PolicySet,
    Snapshot,
    StepMark,
    StoredDiagnosis,
    Student,
)
from dashboard.times.moment import TimeMoment
from dashboard.web.incidents.page import NamespaceIncidents
from dashboard.web.layout.by_source import (
    count_allowed_flows,
    count_expected_flows,
    draw_by_source,
)
from dashboard.web.layout.grid import build_grid
from dashboard.web.layout.matrix_chart import draw_flow_matrix
from dashboard.web.layout.refresh import LiveRequest
from dashboard.web.layout.sliders import build_namespace_slider
from dashboard.web.namespace.hints import Advice, build_advice, compute_cause_key
from dashboard.web.namespace.history import build_history
from dashboard.web.namespace.page import AssessedFlows, HistorySection, NamespacePage
from dashboard.web.namespace.timeline_queries import fetch_timeline
from netpol.lab import Lab, Probe, ProbeReading

PAGE = 50
"""Snapshots of the history on one page."""


def fetch_person(namespace: Namespace) -> Student | None:
    return Student.objects.with_logins([namespace.student]).first()


def fetch_page(
    request: LiveRequest, namespace: Namespace, moment: TimeMoment | None
) -> NamespacePage:
    snapshots = namespace.snapshots.with_contents()
    snapshot = (snapshots.begun_by(moment.time) if moment else snapshots).first()
    then = moment.time if moment else timezone.now()
    incidents = NamespaceIncidents.from_rows(Incident.objects.of_namespace(namespace, then), then)
    lost = incidents.lost_to_outages
    page = NamespacePage(
        lab=active_lab(),
        namespace=namespace,
        person=fetch_person(namespace),
        at=moment,
        past=fetch_past_reading(namespace, snapshot, moment) if moment else None,
        incidents=incidents,
        not_you=find_recent_outages(then).select_flows(lost) if lost else (),
    )
    if snapshot is None:
        return page
    objects = fetch_objects(namespace, min(moment.time, snapshot.last_seen) if moment else None)
    timeline, records = fetch_timeline(request, namespace, snapshot, moment)
    policies = render_manifests(snapshot.policy_set.manifests)
    return replace(
        page,
        snapshot=snapshot,
        slider=build_namespace_slider(request, namespace, moment),
        policies=policies,
        anchors=PolicyAnchors.from_manifests(policies),
        objects=objects,
        monitors=() if moment else list(namespace.monitors.all()),
        probes=list_watchable_probes(active_lab()),
        profile=settings.CNI_PROFILE,
        can_mark=request.user.is_staff and not moment,
        assessed=_fetch_assessed_flows(namespace, snapshot, objects, records, moment),
        timeline=timeline,
        history=_fetch_history(namespace, snapshot, moment, request.GET.get("page")),
        advice=_fetch_advice(namespace, snapshot, is_staff=request.user.is_staff),
    )


def _fetch_assessed_flows(
    namespace: Namespace,
    snapshot: Snapshot,
    objects: NamespaceObjects,
    records: StepRecords,
    moment: TimeMoment | None,
) -> AssessedFlows | None:
    lab, assessment = active_lab(), load_assessment(snapshot)
    if assessment is None:
        return None
    until = moment.time if moment else timezone.now()
    evidence = FlowEvidence(
        fetch_observed(namespace, moment.time if moment else None, snapshot.first_seen),
        objects,
        fetch_uptime_bars(namespace, until),
    )
    rows = build_flow_rows(lab, assessment, evidence, settings.CNI_PROFILE)
    expected, allowed = count_expected_flows(lab), count_allowed_flows(lab, assessment)
    return AssessedFlows(
        rows=rows,
        steps=build_step_rows(lab, assessment, records),
        placeholders=list_placeholders(lab, assessment),
        is_settling=until - snapshot.first_seen < delay_after_change(),
        matrix=draw_flow_matrix(build_grid(lab), rows),
        by_source=draw_by_source(("lab expects", expected), ("policies allow", allowed)),
        counts=[(source, expected[source], allowed[source]) for source in expected],
    )


def _fetch_history(
    namespace: Namespace, snapshot: Snapshot, moment: TimeMoment | None, number: str | None
) -> HistorySection:
    """Of a past moment the page of the history on which it stands."""
    snapshots = namespace.snapshots.without_bodies()
    if moment and number is None:
        later = namespace.snapshots.filter(first_seen__gt=snapshot.first_seen).count()
        number = str(later // PAGE + 1)
    page = Paginator(snapshots, PAGE).get_page(number)
    # One more than is shown, to compare the last one with.
    first = (page.number - 1) * PAGE
    listed = list(snapshots[first : first + PAGE + 1])
    sets = PolicySet.objects.in_bulk({each.policy_set_id for each in listed})
    last_two = list((snapshots.begun_by(moment.time) if moment else snapshots)[:2])
    return HistorySection(
        page,
        build_history(active_lab(), listed, sets, is_first=not page.has_next()),
        next(iter(build_history(active_lab(), last_two, is_first=False)), None),
    )


def fetch_uptime_bars(namespace: Namespace, until: datetime) -> UptimeBars:
    """Of the last hours before a moment, in one query."""
    lately = namespace.observations.filter(last_seen__gte=until - SPAN, first_seen__lte=until)
    return build_uptime_bars(lately.order_by("-first_seen"), until)


def fetch_root_causes(namespace: Namespace) -> set[str]:
    """The keys of the root causes that the namespace has now."""
    snapshot = namespace.snapshots.with_contents().filter(is_open=True).first()
    diagnosis = _fetch_diagnosis(snapshot) if snapshot else None
    return {compute_cause_key(cause) for cause in diagnosis.causes} if diagnosis else set()


def _fetch_diagnosis(snapshot: Snapshot) -> StoredDiagnosis | None:
    policies = snapshot.policy_set.manifests
    key = compute_diagnosis_key(policies, snapshot.assessment.body, snapshot.pods)
    return StoredDiagnosis.objects.filter(digest=key).first()


def _fetch_advice(namespace: Namespace, snapshot: Snapshot, *, is_staff: bool) -> Advice | None:
    """`None` while the snapshot is not diagnosed."""
    diagnosis = _fetch_diagnosis(snapshot)
    if diagnosis is None:
        return None
    policies = snapshot.policy_set.manifests
    opened, allowed = fetch_opened_tiers(namespace), fetch_allowed_tiers()
    return build_advice(active_lab(), diagnosis, policies, opened, allowed, everything=is_staff)


def record_hint_opening(namespace: Namespace, cause: str, tier: int, by: str) -> None:
    opening = HintOpening(namespace=namespace, cause=cause, tier=tier, by=by, at=timezone.now())
    HintOpening.objects.bulk_create([opening], ignore_conflicts=True)


def list_watchable_probes(lab: Lab) -> list[Probe]:
    """The probes whose URL a monitor could ask, too."""
    return [probe for probe in lab.probes if probe.reading is not ProbeReading.UPTIME_KUMA]


def record_step_mark(namespace: Namespace, step: str, by: str, now: datetime) -> None:
    """Whoever was first stays."""
    mark = StepMark(namespace=namespace, step=step, by=by, at=now)
    StepMark.objects.bulk_create([mark], ignore_conflicts=True)


def withdraw_step_mark(namespace: Namespace, step: str, by: str, now: datetime) -> None:
    # Another process, whose clock is ahead of this one's, may have marked it.
    at = Greatest(Value(now, output_field=DateTimeField()), F("at"))
    marks = namespace.step_marks.holding().filter(step=step)
    marks.update(taken_back_by=by, taken_back_at=at)
