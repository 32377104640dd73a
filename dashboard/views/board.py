"""The class board, the instructor's home."""

from collections import defaultdict
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dashboard.answering.observed import observed_for
from dashboard.charts.board import class_heatmap
from dashboard.current import lab
from dashboard.live import LiveRequest
from dashboard.models import Namespace, Snapshot, StepReached
from dashboard.pages.board import Row, by_need, flows_for_display, row
from dashboard.pages.common import common
from dashboard.pages.mistakes import Mistake
from dashboard.pages.overview import most_failing, stages
from dashboard.pages.pulse import pulses


def board(request: LiveRequest) -> HttpResponse:
    """The environment in which the lab is done, the others by `?environment=`; those who make a
    mistake by `?mistake=`.
    """
    environments = lab().namespaces.environments
    environment = request.GET.get("environment", environments[0])
    if environment not in environments:
        raise Http404
    namespaces = Namespace.objects.visible_to(request.user).present()
    everybody = by_need(rows_of(namespaces.filter(environment=environment)))
    mistake = Mistake.of(request.GET["mistake"]) if "mistake" in request.GET else None
    rows = [row for row in everybody if mistake is None or row.makes(mistake)]
    flows = flows_for_display(lab())
    poll, probe = pulses(timezone.now())
    context = {
        "lab": lab(),
        "environments": environments,
        "environment": environment,
        "everybody": everybody,
        "mistake": mistake,
        "mistake_title": mistake.title(lab()) if mistake else "",
        "rows": rows,
        "flows": flows,
        "stages": stages(lab(), everybody),
        "failing": most_failing(everybody),
        "common": common(lab(), everybody),
        "figure": class_heatmap(flows, rows) if rows else None,
        "polled": poll.succeeded,
        "late": [pulse for pulse in (poll, probe) if pulse.late],
    }
    return render(request, "board.html", context)


def rows_of(namespaces: QuerySet[Namespace]) -> list[Row]:
    """As many queries for a thousand students as for one."""
    known = list(namespaces)
    snapshots = {
        snapshot.namespace_id: snapshot
        for snapshot in Snapshot.objects.light().filter(is_open=True, namespace__in=namespaces)
    }
    reached: defaultdict[int, dict[str, datetime]] = defaultdict(dict)
    for step in StepReached.objects.filter(namespace__in=namespaces):
        reached[step.namespace_id][step.step] = step.at
    begins = {key: snapshot.first_seen for key, snapshot in snapshots.items()}
    observed = observed_for(known, begins=begins)
    return [
        row(
            lab(),
            namespace,
            snapshots.get(namespace.pk),
            reached[namespace.pk],
            observed[namespace.pk],
            settings.CNI_PROFILE,
        )
        for namespace in known
    ]
