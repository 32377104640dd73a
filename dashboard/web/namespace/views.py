"""A namespace: which flows work, which should, and why one does not. A student's home."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.accounts.hints import TIERS
from dashboard.active_lab import active_lab
from dashboard.assess.flows import (
    FlowEvidence,
    FlowRow,
    build_flow_rows,
    group_by_status,
    list_placeholders,
)
from dashboard.assess.json_columns import load_assessment
from dashboard.assess.manifests import PolicyAnchors, render_manifests
from dashboard.assess.namespace_objects import NamespaceObjects
from dashboard.assess.probe_votes import delay_after_change
from dashboard.assess.steps import StepRecords, build_step_rows
from dashboard.history.fetch_errors import describe_past
from dashboard.history.incidents.recent_outages import find_recent_outages
from dashboard.history.namespace_objects import fetch_objects
from dashboard.history.observed_flows import fetch_observed
from dashboard.models import Incident, Namespace, PolicySet, Snapshot, Student
from dashboard.times.moment import InvalidMoment, NamedMoment, TimeMoment
from dashboard.web.incidents.page import NamespaceIncidents
from dashboard.web.layout.by_source import (
    count_allowed_flows,
    count_expected_flows,
    draw_by_source,
)
from dashboard.web.layout.grid import build_grid
from dashboard.web.layout.matrix_chart import draw_flow_matrix
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.requested_moment import parse_requested_moment
from dashboard.web.layout.sliders import build_namespace_slider
from dashboard.web.namespace.hint_views import advice_for
from dashboard.web.namespace.history import history
from dashboard.web.namespace.monitors import watchable
from dashboard.web.namespace.page import verdict
from dashboard.web.namespace.queries import fetch_uptime_bars, over_time
from netpol.assess import Assessment

PAGE = 50
"""States of the history on one page."""


@require_safe
@live_page
def namespace(request: LiveRequest, name: str) -> HttpResponse:
    """As it is now, or with `?at=` as it was then: that page stays as it is."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    person = Student.objects.with_logins([namespace.student]).first()
    context: dict[str, Any] = {"lab": active_lab(), "namespace": namespace, "person": person}
    try:
        moment = parse_requested_moment(request)
    except InvalidMoment as invalid:
        request.live_version = ""
        return render(request, "namespace/page.html", context | {"invalid": invalid}, status=400)
    snapshots = namespace.snapshots.with_contents()
    snapshot = (snapshots.begun_by(moment.time) if moment else snapshots).first()
    if moment:
        request.live_version = ""
        context |= describe_past(namespace, snapshot, moment)
    context |= {"at": moment, "here": str(moment or NamedMoment.NOW)}
    context |= lost_flows(namespace, moment.time if moment else timezone.now())
    if snapshot:
        context |= state(request, namespace, snapshot, moment)
        context |= past(namespace, snapshot, moment, request.GET.get("page"))
        context |= {
            "advice": advice_for(namespace, snapshot, is_staff=request.user.is_staff),
            "tier_choices": list(enumerate(("no hint", *TIERS))),
        }
    return render(request, "namespace/page.html", context)


def lost_flows(namespace: Namespace, moment: datetime) -> dict[str, Any]:
    """The incidents, and the outages that took flows which do not work yet."""
    incidents = NamespaceIncidents.from_rows(
        Incident.objects.of_namespace(namespace, moment), moment
    )
    lost = incidents.lost_to_outages
    not_you = find_recent_outages(moment).select_flows(lost) if lost else ()
    return {"incidents": incidents, "not_you": not_you}


def state(
    request: LiveRequest, namespace: Namespace, snapshot: Snapshot, moment: TimeMoment | None
) -> dict[str, Any]:
    policies = render_manifests(snapshot.policy_set.manifests)
    beside = fetch_objects(namespace, min(moment.time, snapshot.last_seen) if moment else None)
    context = {
        "snapshot": snapshot,
        "policies": policies,
        "names": PolicyAnchors.from_manifests(policies),
        "around": beside,
        "monitors": [] if moment else list(namespace.monitors.all()),
        "probes": watchable(active_lab()),
        "profile": settings.CNI_PROFILE,
        "slider": build_namespace_slider(request, namespace, moment),
        "marking": request.user.is_staff and not moment,
    }
    lanes, known = over_time(request, namespace, snapshot, moment)
    assessment = load_assessment(snapshot)
    if assessment is None:
        return context | lanes
    shown = answers(namespace, snapshot, assessment, beside, moment)
    return context | lanes | shown | judged(assessment, shown["rows"], known)


def answers(
    namespace: Namespace,
    snapshot: Snapshot,
    assessment: Assessment,
    beside: NamespaceObjects,
    moment: TimeMoment | None,
) -> dict[str, Any]:
    until = moment.time if moment else timezone.now()
    seen = FlowEvidence(
        fetch_observed(namespace, moment.time if moment else None, snapshot.first_seen),
        beside,
        fetch_uptime_bars(namespace, until),
    )
    rows = build_flow_rows(active_lab(), assessment, seen, settings.CNI_PROFILE)
    return {
        "rows": rows,
        "groups": group_by_status(rows),
        "coverage": sum(row.observed.is_definite for row in rows),
        "settling": until - snapshot.first_seen < delay_after_change(),
        "barred": any(row.bars for row in rows),
        "matrix": draw_flow_matrix(build_grid(active_lab()), rows),
    }


def judged(assessment: Assessment, rows: Sequence[FlowRow], known: StepRecords) -> dict[str, Any]:
    steps = build_step_rows(active_lab(), assessment, known)
    expected, allowed = (
        count_expected_flows(active_lab()),
        count_allowed_flows(active_lab(), assessment),
    )
    return {
        "verdict": verdict(rows, steps),
        "steps": steps,
        "stand_ins": list_placeholders(active_lab(), assessment),
        "by_source": draw_by_source(("lab expects", expected), ("policies allow", allowed)),
        "counts": [(source, expected[source], allowed[source]) for source in expected],
    }


def past(
    namespace: Namespace, snapshot: Snapshot, moment: TimeMoment | None, number: str | None
) -> dict[str, Any]:
    """The history, of a past moment the page on which it stands."""
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
    return {
        "page": page,
        "history": history(active_lab(), listed, sets, is_first=not page.has_next()),
        "newest": next(iter(history(active_lab(), last_two, is_first=False)), None),
    }
