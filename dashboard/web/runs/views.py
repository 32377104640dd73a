"""Runs: moments and intervals of the class that have a name; for instructors only."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from dashboard.accounts.instructors import require_instructor
from dashboard.active_lab import active_lab
from dashboard.history.runs import (
    NothingRead,
    TakenName,
    current_runs,
    name_run,
    rename_run,
    suggested,
)
from dashboard.models import Run
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.runs.forms import NewRun, RunName
from dashboard.web.runs.page import run_rows
from dashboard.web.runs.queries import all_stood
from dashboard.web.runs.stretch import of_run

PAGE = 20
"""Runs on one page: for each it is told how the class stood."""
CHOICES = 200
"""So many of the newest runs can be chosen from a list; any moment by its time."""


@require_safe
@live_page
def runs(request: LiveRequest) -> HttpResponse:
    """It stays as it is while it is open: a refresh would lose what is being filled in."""
    require_instructor(request)
    request.live_version = ""
    return render(request, "runs/page.html", listed(request.GET.get("page")))


@require_POST
def name(request: HttpRequest) -> HttpResponse:
    """A moment or an interval, now without a time."""
    require_instructor(request)
    form = NewRun(request.POST, now=timezone.now())
    if form.is_valid():
        told = form.cleaned_data
        try:
            name_run(told["name"], told["began"], told["ended"], request.user.get_username())
        except TakenName as taken:
            form.add_error("name", str(taken))
        except NothingRead as unread:
            form.add_error("ended" if told["ended"] else "began", str(unread))
    if form.errors:
        return render(request, "runs/page.html", listed(None) | {"form": form}, status=400)
    return redirect("runs")


@require_POST
def rename(request: HttpRequest, key: int) -> HttpResponse:
    run = changed(request, key)
    form = RunName(request.POST)
    if form.is_valid():
        try:
            rename_run(run, form.cleaned_data["name"])
        except TakenName as taken:
            form.add_error("name", str(taken))
    if form.errors:
        context = listed(None) | {"refused": form, "refused_run": run}
        return render(request, "runs/page.html", context, status=400)
    return redirect("runs")


@require_POST
def delete(request: HttpRequest, key: int) -> HttpResponse:
    """What it named stays recorded."""
    changed(request, key).delete()
    return redirect("runs")


def changed(request: HttpRequest, key: int) -> Run:
    require_instructor(request)
    return get_object_or_404(current_runs(), pk=key)


def listed(number: str | None) -> dict[str, Any]:
    now = timezone.now()
    page = Paginator(current_runs(), PAGE).get_page(number)
    stretches = [of_run(run, now) for run in page.object_list]
    return {
        "lab": active_lab(),
        "page": page,
        "rows": run_rows(page.object_list, stretches, all_stood(stretches)),
        "choices": choices(),
        "others": Run.objects.exclude(lab=active_lab().name).count(),
        "form": NewRun(now=now),
        "suggested": suggested(now),
    }


def choices() -> list[tuple[str, str]]:
    """How an address names a run, and how people do; a lab session is named by itself."""
    newest = current_runs().values_list("pk", "name", "began_at")[:CHOICES]
    titles = {key: dated(name, began) for key, name, began in newest}
    often = Counter(titles.values())
    told = (
        (str(key), title if often[title] == 1 else f"{title}, run {key}")
        for key, title in titles.items()
    )
    return [("now", "Now"), *told]


def dated(name: str, began: datetime) -> str:
    """Runs of several days may have the same name."""
    day = f"{began:%Y-%m-%d %H:%M}"
    return name if day in name else f"{name} ({day})"
