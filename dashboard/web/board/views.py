"""The class board, the instructor's home."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from dashboard.accounts.roster import NO_SECTION
from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import checked, flows_for_display
from dashboard.assess.progress_status import Need, patience
from dashboard.health.worker_health import list_worker_health
from dashboard.history.fetch_errors import unread_class
from dashboard.history.incidents.recent_outages import find_recent_outages
from dashboard.models import Namespace, Student
from dashboard.times.moment import InvalidMoment, TimeMoment
from dashboard.web.board.charts import class_heatmap
from dashboard.web.board.choice import Choice, sections
from dashboard.web.board.common import common, undiagnosed
from dashboard.web.board.overview import most_failing, stages, tally
from dashboard.web.board.page import Row, by_need, nameless
from dashboard.web.board.progress import progress, progress_rows, step_times
from dashboard.web.board.progress_chart import progress_chart
from dashboard.web.board.queries import Class, in_detail
from dashboard.web.layout.refresh import LiveRequest
from dashboard.web.layout.requested_moment import parse_requested_moment
from dashboard.web.layout.sliders import build_class_slider

PAGE = 50
"""Students in one page of the table."""
KEPT = ("environment", "section", "mistake", "at", "projector")
"""What the form does not ask for, and must not lose."""
LONGEST = 5
"""Of those who are stuck these are named on top."""
FEW = 6
"""Of the common mistakes these are in view, the others are unfolded."""


def board(request: LiveRequest) -> HttpResponse:
    """The environment in which the lab is done, the others by `?environment=`; of one section by
    `?section=`; at `?at=`; listing those whom a `Choice` means; without names where `?projector=`
    says so.
    """
    if request.GET.get("projector") and "q" in request.GET:
        return redirect(f"{request.path}?{without_names(request.GET)}")
    environments = active_lab().namespaces.environments
    environment = request.GET.get("environment", environments[0])
    if environment not in environments:
        raise Http404
    section = request.GET.get("section", "")
    context: dict[str, Any] = {
        "lab": active_lab(),
        "environments": environments,
        "environment": environment,
        "section": section,
        "projector": bool(request.GET.get("projector")),
        "kept": [(key, request.GET[key]) for key in KEPT if request.GET.get(key)],
        "at_query": at_query(request),
        "choices": {"steps": checked(active_lab()), "needs": list(Need)},
        "patience": patience(active_lab()),
    }
    try:
        asked = parse_requested_moment(request)
    except InvalidMoment as invalid:
        return render(request, "board/page.html", context | {"invalid": invalid}, status=400)
    if asked:
        request.live_version = ""  # what was does not change
    if asked:
        whole = Class.of(Namespace.objects.filter(environment=environment), asked.time)
        known, told = part_of(whole, section)
    else:
        version = f"{request.live_version} {roster_version()}"
        known, told = class_now(environment, section, version)
    context |= told | now_or_then(request, asked)
    return render(request, "board/page.html", context | listed(request.GET.dict(), known))


@lru_cache(maxsize=16)
def class_now(environment: str, section: str, version: str) -> tuple[Class, dict[str, Any]]:
    """Worked out once for each process while the version holds, which an instructor's pages have:
    they see everybody. It changes with what is recorded and every minute.
    """
    if section:
        whole, _ = class_now(environment, "", version)
    else:
        whole = Class.of(Namespace.objects.filter(environment=environment))
    return part_of(whole, section)


def part_of(whole: Class, section: str) -> tuple[Class, dict[str, Any]]:
    """The class, or the section that is asked for, and what the page says of it on top."""
    known = whole.of_section(section) if section else whole
    told = {"sections": sections(whole.rows), "no_section": NO_SECTION, "of_all": len(whole.rows)}
    return known, told | overview(known)


def roster_version() -> str:
    return str(Student.objects.aggregate(Count("pk"), Max("imported_at")))


def without_names(address: QueryDict) -> str:
    """A projector's address too shows nobody's name, in its links or where it is asked anew."""
    kept = address.copy()
    for key in ("q", "seen"):
        kept.pop(key, None)
    return kept.urlencode()


def at_query(request: LiveRequest) -> str:
    """What keeps the moment in the address of a namespace."""
    asked = request.GET.get("at", "")
    return f"?{urlencode({'at': asked})}" if asked else ""


def now_or_then(request: LiveRequest, asked: TimeMoment | None) -> dict[str, Any]:
    poll, probe = list_worker_health(timezone.now())
    return {
        "asked": asked,
        "slider": build_class_slider(request, asked) if asked else None,
        "outages": find_recent_outages(asked.time if asked else timezone.now()),
        "polled": poll.succeeded,
        "unread": unread_class(asked.time) if asked else None,
        "late": [] if asked else [pulse for pulse in (poll, probe) if pulse.is_late],
        "starting": [] if asked else [pulse for pulse in (poll, probe) if pulse.is_starting],
    }


def overview(known: Class) -> dict[str, Any]:
    """Of everybody in it, whoever is listed."""
    mistakes = common(active_lab(), known.rows)
    curves = progress(active_lab(), known.reached, known.moment)
    return {
        "moment": known.moment,
        "replayed": TimeMoment(known.moment.replace(microsecond=0)),
        "everybody": known.rows,
        "tally": tally(known.rows),
        "stages": stages(active_lab(), known.rows),
        "failing": most_failing(known.rows),
        "common": mistakes[:FEW],
        "common_too": mistakes[FEW:],
        "undiagnosed": undiagnosed(known.rows),
        "progress": curves,
        "progress_figure": progress_chart(curves) if curves else None,
        "progress_rows": progress_rows(
            step_times(active_lab(), known.reached, known.rows, known.moment), curves
        ),
    }


def listed(address: Mapping[str, str], known: Class) -> dict[str, Any]:
    """Who is chosen, a page of them in detail; with numbers for names where nobody may be known:
    one's place among all of them, whoever is chosen.
    """
    projector = bool(address.get("projector"))
    choice = Choice.of(address)
    everybody = by_need(known.rows)
    numbers = {row.namespace.pk: number for number, row in enumerate(everybody, 1)}
    chosen = [row for row in everybody if choice.shows(row)]
    page = Paginator(chosen, PAGE).get_page(address.get("page"))
    first = page.start_index() - 1 if chosen else 0
    chosen[first : first + PAGE] = in_detail(chosen[first : first + PAGE], known)

    def shown(rows: Sequence[Row]) -> Sequence[Row]:
        if not projector:
            return rows
        return [nameless(row, numbers[row.namespace.pk]) for row in rows]

    flows = flows_for_display(active_lab())
    return {
        "choice": choice,
        "choice_words": choice.words(active_lab()),
        "choice_unknown": choice.unknown(active_lab()),
        "chosen": len(chosen),
        "longest": [row for row in everybody if row.is_stuck][:LONGEST],
        "page": page,
        "rows": shown(chosen[first : first + PAGE]),
        "flows": flows,
        "figure": class_heatmap(flows, shown(chosen)) if chosen else None,
    }
