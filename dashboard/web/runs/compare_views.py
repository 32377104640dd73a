"""Two runs, or any two moments, of the class side by side; for instructors only."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.accounts.instructors import require_instructor
from dashboard.accounts.names import find_names
from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import checked
from dashboard.history.runs import current_runs
from dashboard.times.moment import InvalidMoment
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.runs.charts import pace_lines, stage_bars
from dashboard.web.runs.comparing import Row, side_by_side
from dashboard.web.runs.pace import followed, pace_rows
from dashboard.web.runs.queries import paces, standings
from dashboard.web.runs.stretch import Stretch, of_run, of_text
from dashboard.web.runs.views import choices

PAGE = 50
"""Students on one page."""
MOST_DIGITS = 18
"""Of a key in any of the databases."""


@require_safe
@live_page
def compare(request: LiveRequest) -> HttpResponse:
    """How the class stood at the end of each."""
    try:
        a, b = ends(request)
    except InvalidMoment as invalid:
        return refused(request, "runs/compare.html", invalid)
    then, now = standings([a.ended, b.ended])
    classes = side_by_side(active_lab(), then, now)
    page = Paginator(classes.rows, PAGE).get_page(request.GET.get("page"))
    context = both(request, a, b) | {
        "classes": classes,
        "page": page,
        "rows": called(page),
        "figure": stage_bars(classes) if classes.rows else None,
        "at_query": "" if b.going else f"?at={b.end}",
        "flows": max((each.total for each in (*then.values(), *now.values())), default=0),
    }
    return render(request, "runs/compare.html", context)


def called(rows: Iterable[Row]) -> list[Row]:
    """With their names."""
    listed = list(rows)
    known = find_names(row.student for row in listed)
    return [replace(row, called=known.get(row.student.lower(), "")) for row in listed]


@require_safe
@live_page
def pace(request: LiveRequest) -> HttpResponse:
    """How fast it went, by the time since the start of each."""
    try:
        a, b = followed(*ends(request), timezone.now())
    except InvalidMoment as invalid:
        return refused(request, "runs/pace.html", invalid)
    told = paces([a, b])
    context = both(request, a, b) | {
        "paces": told,
        "rows": pace_rows(active_lab(), told),
        "figure": pace_lines(checked(active_lab()), told)
        if any(each.students for each in told)
        else None,
    }
    return render(request, "runs/pace.html", context)


def ends(request: LiveRequest) -> tuple[Stretch, Stretch]:
    """By `?a=` and `?b=`, the newest run and now where nothing is said. Raises `InvalidMoment`."""
    require_instructor(request)
    now = timezone.now()
    a = end(request.GET.get("a") or newest(), now)
    return a, end(request.GET.get("b") or "now", now)


def newest() -> str:
    key = current_runs().values_list("pk", flat=True).first()
    return str(key or "now")


def end(text: str, now: datetime) -> Stretch:
    """A run by its key, or a moment."""
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return of_run(get_object_or_404(current_runs(), pk=text), now)
    return of_text(text, now)


def both(request: LiveRequest, a: Stretch, b: Stretch) -> dict[str, Any]:
    """What is over looks the same tomorrow: nothing to refresh."""
    if not (a.going or b.going):
        request.live_version = ""
    offered = choices()
    known = {value for value, _ in offered}
    own = [(each.address, each.title) for each in (a, b) if each.address not in known]
    return {"lab": active_lab(), "a": a, "b": b, "choices": [*dict.fromkeys(own), *offered]}


def refused(request: LiveRequest, template: str, invalid: InvalidMoment) -> HttpResponse:
    request.live_version = ""
    context = {"lab": active_lab(), "choices": choices(), "invalid": invalid}
    return render(request, template, context, status=400)
