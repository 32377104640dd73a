"""The class board, the instructor's home."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dashboard.charts.board import class_heatmap
from dashboard.charts.progress import progress_chart
from dashboard.current import lab
from dashboard.live import LiveRequest
from dashboard.models import Namespace
from dashboard.pages.board import Need, Row, by_need, nameless
from dashboard.pages.brief import checked, flows_for_display
from dashboard.pages.choice import NOBODY, Choice, sections
from dashboard.pages.common import common
from dashboard.pages.moment import At, InvalidMoment
from dashboard.pages.overview import most_failing, stages, tally
from dashboard.pages.progress import pace_rows, paces, progress
from dashboard.pages.pulse import pulses
from dashboard.views.at import at
from dashboard.views.rows import Class, in_detail

PAGE = 50
"""Students in one page of the table."""
KEPT = ("environment", "mistake", "at", "projector")
"""What the form does not ask for, and must not lose."""
FEW = 6
"""Of the common mistakes these are in view, the others are unfolded."""


def board(request: LiveRequest) -> HttpResponse:
    """The environment in which the lab is done, the others by `?environment=`; at `?at=`; those
    whom a `Choice` means; without names where `?projector=` says so.
    """
    environments = lab().namespaces.environments
    environment = request.GET.get("environment", environments[0])
    if environment not in environments:
        raise Http404
    context: dict[str, Any] = {
        "lab": lab(),
        "environments": environments,
        "environment": environment,
        "projector": bool(request.GET.get("projector")),
        "kept": [(key, request.GET[key]) for key in KEPT if request.GET.get(key)],
        "at_query": at_query(request),
    }
    try:
        asked = at(request)
    except InvalidMoment as invalid:
        return render(request, "board.html", context | {"invalid": invalid}, status=400)
    namespaces = Namespace.objects.visible_to(request.user).filter(environment=environment)
    known = Class.of(namespaces, asked.time if asked else None)
    context |= now_or_then(asked) | overview(known)
    return render(request, "board.html", context | listed(request, known, context["projector"]))


def at_query(request: LiveRequest) -> str:
    """What keeps the moment in the address of a namespace."""
    asked = request.GET.get("at", "")
    return f"?{urlencode({'at': asked})}" if asked else ""


def now_or_then(asked: At | None) -> dict[str, Any]:
    poll, probe = pulses(timezone.now())
    return {
        "asked": asked,
        "polled": poll.succeeded,
        "late": [] if asked else [pulse for pulse in (poll, probe) if pulse.late],
    }


def overview(known: Class) -> dict[str, Any]:
    """Of the whole class, whoever is listed."""
    mistakes = common(lab(), known.rows)
    curves = progress(lab(), known.reached, known.moment)
    return {
        "moment": known.moment,
        "everybody": known.rows,
        "tally": tally(known.rows),
        "stages": stages(lab(), known.rows),
        "failing": most_failing(known.rows),
        "common": mistakes[:FEW],
        "common_too": mistakes[FEW:],
        "progress": curves,
        "progress_figure": progress_chart(curves) if curves else None,
        "pace_rows": pace_rows(paces(lab(), known.reached, known.rows, known.moment), curves),
        "sections": sections(known.rows),
        "without_section": NOBODY,
    }


def listed(request: LiveRequest, known: Class, projector: bool) -> dict[str, Any]:  # noqa: FBT001
    choice = Choice.of({**request.GET.dict(), "q": ""} if projector else request.GET.dict())
    chosen = [row for row in by_need(known.rows) if choice.shows(row)]
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    first = page.start_index() - 1 if chosen else 0
    chosen[first : first + PAGE] = in_detail(chosen[first : first + PAGE], known)
    shown = nameless(chosen) if projector else chosen
    flows = flows_for_display(lab())
    return {
        "choice": choice,
        "choices": {"steps": checked(lab()), "needs": list(Need)},
        "chosen": len(chosen),
        "page": page,
        "rows": shown[first : first + PAGE],
        "flows": flows,
        "figure": class_heatmap(flows, shown) if shown else None,
    } | said(choice, shown)


def said(choice: Choice, shown: list[Row]) -> dict[str, Any]:
    return {
        "choice_words": choice.words(lab()),
        "choice_unknown": choice.unknown(lab()),
        "stuck": sum(row.is_stuck for row in shown),
    }
