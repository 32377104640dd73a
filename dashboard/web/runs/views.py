"""Runs: moments and intervals of the class that have a name; for instructors only."""

from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from dashboard.accounts.instructors import require_instructor
from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import list_checked_steps
from dashboard.history.runs import (
    NothingRead,
    TakenName,
    current_runs,
    name_run,
    rename_run,
    suggest_name,
)
from dashboard.models import Run
from dashboard.times.moment import InvalidMoment
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.rendering import render_page
from dashboard.web.runs.charts import draw_pace_lines, draw_step_bars
from dashboard.web.runs.comparison import compare_classes
from dashboard.web.runs.forms import NewRunForm, RunNameForm
from dashboard.web.runs.pace import build_pace_rows, extend_moments
from dashboard.web.runs.page import Choices, RunComparisonPage, RunPacePage, RunRow, RunsPage
from dashboard.web.runs.queries import (
    add_names,
    find_newest_run,
    list_choices,
    read_paces,
    read_progress,
    summarize_runs,
)
from dashboard.web.runs.sides import RunSide, build_run_side, parse_side

RUNS_ON_PAGE = 20
STUDENTS_ON_PAGE = 50
MOST_DIGITS = 18
"""Of a key in any of the databases."""


@require_safe
@live_page
def show_runs(request: LiveRequest) -> HttpResponse:
    """The page does not refresh while it is open: that would lose what somebody types."""
    require_instructor(request)
    request.live_version = ""
    return render_page(request, build_runs_page(request))


@require_POST
def add_run(request: HttpRequest) -> HttpResponse:
    """Name a moment or an interval; without a time it is now."""
    require_instructor(request)
    form = NewRunForm(request.POST, now=timezone.now())
    if form.is_valid():
        run = form.cleaned_data
        try:
            name_run(run["name"], run["began"], run["ended"], request.user.get_username())
        except TakenName as refusal:
            form.add_error("name", str(refusal))
        except NothingRead as refusal:
            form.add_error("ended" if run["ended"] else "began", str(refusal))
    if form.errors:
        return render_page(request, build_runs_page(request, form), status=400)
    return redirect("runs")


@require_POST
def change_run_name(request: HttpRequest, key: int) -> HttpResponse:
    run = find_run(request, key)
    form = RunNameForm(request.POST)
    if form.is_valid():
        try:
            rename_run(run, form.cleaned_data["name"])
        except TakenName as refusal:
            form.add_error("name", str(refusal))
    if form.errors:
        page = build_runs_page(request, refused_name=form, refused_run=run)
        return render_page(request, page, status=400)
    return redirect("runs")


@require_POST
def delete_run(request: HttpRequest, key: int) -> HttpResponse:
    """Delete the name; what it named stays recorded."""
    find_run(request, key).delete()
    return redirect("runs")


def find_run(request: HttpRequest, key: int) -> Run:
    require_instructor(request)
    return get_object_or_404(current_runs(), pk=key)


def build_runs_page(
    request: HttpRequest,
    form: NewRunForm | None = None,
    refused_name: RunNameForm | None = None,
    refused_run: Run | None = None,
) -> RunsPage:
    now = timezone.now()
    listed = Paginator(current_runs(), RUNS_ON_PAGE).get_page(request.GET.get("page"))
    sides = [build_run_side(run, now) for run in listed.object_list]
    summaries = summarize_runs(sides)
    return RunsPage(
        lab=active_lab(),
        listed=listed,
        rows=[
            RunRow(run, side, summaries[side.address])
            for run, side in zip(listed.object_list, sides, strict=True)
        ],
        choices=list_choices(),
        runs_of_other_labs=Run.objects.exclude(lab=active_lab().name).count(),
        form=form or NewRunForm(now=now),
        suggested_name=suggest_name(now),
        refused_name=refused_name,
        refused_run=refused_run,
    )


@require_safe
@live_page
def compare_runs(request: LiveRequest) -> HttpResponse:
    """Compare how the class stood at the end of each run."""
    try:
        a, b = parse_sides(request)
    except InvalidMoment as refusal:
        request.live_version = ""
        page = RunComparisonPage(choices=list_choices(), refusal=str(refusal))
        return render_page(request, page, status=400)
    stop_refreshing_finished(request, a, b)
    before, after = read_progress([a.ended, b.ended])
    comparison = compare_classes(active_lab(), before, after)
    listed = Paginator(comparison.rows, STUDENTS_ON_PAGE).get_page(request.GET.get("page"))
    page = RunComparisonPage(
        choices=offer_choices(a, b),
        a=a,
        b=b,
        comparison=comparison,
        listed=listed,
        rows=add_names(listed),
        flows=max((each.flows_total for each in (*before.values(), *after.values())), default=0),
        figure=draw_step_bars(comparison) if comparison.rows else None,
    )
    return render_page(request, page)


@require_safe
@live_page
def compare_paces(request: LiveRequest) -> HttpResponse:
    """Compare how fast the class was, by the time since the start of each run."""
    try:
        a, b = extend_moments(*parse_sides(request), timezone.now())
    except InvalidMoment as refusal:
        request.live_version = ""
        page = RunPacePage(choices=list_choices(), refusal=str(refusal))
        return render_page(request, page, status=400)
    stop_refreshing_finished(request, a, b)
    paces = read_paces([a, b])
    has_students = any(each.students for each in paces)
    page = RunPacePage(
        choices=offer_choices(a, b),
        a=a,
        b=b,
        paces=paces,
        rows=build_pace_rows(active_lab(), paces),
        figure=draw_pace_lines(list_checked_steps(active_lab()), paces) if has_students else None,
    )
    return render_page(request, page)


def parse_sides(request: LiveRequest) -> tuple[RunSide, RunSide]:
    """By `?a=` and `?b=`, without them the newest run and now. Raises `InvalidMoment`."""
    require_instructor(request)
    now = timezone.now()
    a = find_side(request.GET.get("a") or find_newest_run(), now)
    return a, find_side(request.GET.get("b") or "now", now)


def find_side(text: str, now: datetime) -> RunSide:
    """A run by its key, or a moment."""
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return build_run_side(get_object_or_404(current_runs(), pk=text), now)
    return parse_side(text, now)


def stop_refreshing_finished(request: LiveRequest, a: RunSide, b: RunSide) -> None:
    """What is over looks the same tomorrow."""
    if not (a.is_ongoing or b.is_ongoing):
        request.live_version = ""


def offer_choices(a: RunSide, b: RunSide) -> Choices:
    """With what is compared, though it may be no run."""
    offered = list_choices()
    known = {value for value, _ in offered}
    own = [(each.address, each.title) for each in (a, b) if each.address not in known]
    return [*dict.fromkeys(own), *offered]
