"""What people see first: an instructor the class board, a student their own namespaces."""

from functools import partial
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.active_lab import active_lab
from dashboard.health.worker_health import list_worker_health
from dashboard.history.fetch_errors import find_class_problem
from dashboard.history.incidents.recent_outages import find_recent_outages
from dashboard.models import Namespace
from dashboard.times.moment import InvalidMoment
from dashboard.web.board.page import BoardPage, ClassOverview, HomePage
from dashboard.web.board.queries import query_class, query_listing, query_own_rows
from dashboard.web.layout.addresses import format_past_address
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.rendering import render_page
from dashboard.web.layout.requested_moment import parse_requested_moment
from dashboard.web.layout.sliders import build_class_slider

KEPT = ("environment", "section", "mistake", "at", "projector")


@require_safe
@live_page
def show_home(request: LiveRequest) -> HttpResponse:
    return show_board(request) if request.user.is_staff else show_own_namespaces(request)


def show_board(request: LiveRequest) -> HttpResponse:
    """The lab's first environment, or `?environment=`; one section by `?section=`; at `?at=`; the
    rows of a `RowChoice`; without names by `?projector=`.
    """
    address = request.GET
    if address.get("projector") and "q" in address:
        return redirect(f"{request.path}?{remove_names(address)}")
    environments = active_lab().namespaces.environments
    environment = address.get("environment", environments[0])
    if environment not in environments:
        raise Http404
    section = address.get("section", "")
    page = partial(
        BoardPage,
        lab=active_lab(),
        environment=environment,
        section=section,
        is_projected=bool(address.get("projector")),
        kept=[(key, address[key]) for key in KEPT if address.get(key)],
        at_query=f"?{urlencode({'at': address['at']})}" if address.get("at") else "",
    )
    try:
        asked = parse_requested_moment(request)
    except InvalidMoment as invalid:
        return render_page(request, page(refusal=str(invalid)), status=400)
    if asked:
        request.live_version = ""  # the past does not change
    time = asked.time if asked else None
    whole = query_class(Namespace.objects.filter(environment=environment), time)
    known = whole.select_section(section) if section else whole
    shown = page(
        asked=asked,
        slider=build_class_slider(request, asked) if asked else None,
        workers=list_worker_health(timezone.now()),
        outages=find_recent_outages(known.moment),
        unread=find_class_problem(time) if time else None,
        overview=ClassOverview.from_rows(active_lab(), whole, known),
        listing=query_listing(address.dict(), known),
    )
    return render_page(request, shown)


def remove_names(address: QueryDict) -> str:
    """The address of a projector must not show a name either."""
    kept = address.copy()
    for key in ("q", "seen"):
        kept.pop(key, None)
    return kept.urlencode()


def show_own_namespaces(request: LiveRequest) -> HttpResponse:
    """The rows that the instructor's board has of them; a single namespace's own page instead."""
    lab = active_lab()
    try:
        asked = parse_requested_moment(request)
    except InvalidMoment as invalid:
        request.live_version = ""
        page = HomePage(lab=lab, moment=timezone.now(), refusal=str(invalid))
        return render_page(request, page, status=400)
    time = asked.time if asked else None
    namespaces = Namespace.objects.visible_to(request.user).present_at(time)
    if len(namespaces) == 1:
        name = namespaces[0].name
        return redirect(format_past_address(name, asked)) if asked else redirect("namespace", name)
    if asked:
        request.live_version = ""  # the past does not change
    rows = [
        row
        for environment in sorted({namespace.environment for namespace in namespaces})
        for row in query_own_rows(namespaces.filter(environment=environment), time)
    ]
    page = HomePage(lab=lab, moment=time or timezone.now(), asked=asked, rows=rows)
    return render_page(request, page)
