"""A namespace: which flows work, which should, and why one does not. A student's home."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.answering.observed import observed
from dashboard.answering.votes import until_looked_at_again
from dashboard.charts.by_source import by_source
from dashboard.charts.matrix import flow_matrix
from dashboard.current import lab
from dashboard.live import LiveRequest, live
from dashboard.models import Namespace, Snapshot
from dashboard.pages.around import Around, around
from dashboard.pages.by_source import allowed_counts, expected_counts
from dashboard.pages.flows import Seen, by_standing, flow_rows
from dashboard.pages.grid import grid
from dashboard.pages.hints import TIERS
from dashboard.pages.history import history
from dashboard.pages.manifests import manifests
from dashboard.pages.places import Places
from dashboard.pages.recorded import recorded
from dashboard.pages.stand_ins import stand_ins
from dashboard.pages.steps import step_rows
from dashboard.pages.uptime import uptime
from dashboard.pages.verdict import verdict
from dashboard.views.hints import advice_for
from dashboard.views.monitors import watchable
from netpol.assess import Assessment

PAGE = 50
"""States of the history on one page."""


@require_safe
@live
def namespace(request: LiveRequest, name: str) -> HttpResponse:
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    context: dict[str, Any] = {"lab": lab(), "namespace": namespace}
    snapshot = namespace.snapshots.whole().first()
    if snapshot:
        context |= state(namespace, snapshot) | past(namespace, request.GET.get("page"))
        context |= {
            "advice": advice_for(namespace, snapshot, is_staff=request.user.is_staff),
            "tier_choices": list(enumerate(("no hint", *TIERS))),
        }
    return render(request, "namespace.html", context)


def state(namespace: Namespace, snapshot: Snapshot) -> dict[str, Any]:
    policies = manifests(snapshot.policy_set.manifests)
    beside = around(namespace)
    context = {
        "snapshot": snapshot,
        "policies": policies,
        "names": Places.of(policies),
        "around": beside,
        "monitors": list(namespace.monitors.all()),
        "probes": watchable(lab()),
        "profile": settings.CNI_PROFILE,
    }
    assessment = recorded(snapshot)
    return context | answers(namespace, snapshot, assessment, beside) if assessment else context


def answers(
    namespace: Namespace, snapshot: Snapshot, assessment: Assessment, beside: Around
) -> dict[str, Any]:
    seen = Seen(
        observed(namespace, since=snapshot.first_seen),
        beside,
        uptime(namespace, timezone.now()),
    )
    rows = flow_rows(lab(), assessment, seen, settings.CNI_PROFILE)
    reached = dict(namespace.steps_reached.values_list("step", "at"))
    steps = step_rows(lab(), assessment, reached)
    expected, allowed = expected_counts(lab()), allowed_counts(lab(), assessment)
    return {
        "verdict": verdict(rows, steps),
        "groups": by_standing(rows),
        "coverage": sum(row.observed.is_definite for row in rows),
        "settling": timezone.now() - snapshot.first_seen < until_looked_at_again(),
        "barred": any(row.bars for row in rows),
        "steps": steps,
        "stand_ins": stand_ins(lab(), assessment),
        "matrix": flow_matrix(grid(lab()), rows),
        "by_source": by_source(("lab expects", expected), ("policies allow", allowed)),
        "counts": [(source, expected[source], allowed[source]) for source in expected],
    }


def past(namespace: Namespace, number: str | None) -> dict[str, Any]:
    snapshots = namespace.snapshots.light()
    page = Paginator(snapshots, PAGE).get_page(number)
    # One more than is shown, to compare the last one with.
    first = (page.number - 1) * PAGE
    listed = list(snapshots[first : first + PAGE + 1])
    return {
        "page": page,
        "history": history(lab(), listed, is_first=not page.has_next()),
        "newest": next(iter(history(lab(), list(snapshots[:2]), is_first=False)), None),
    }
