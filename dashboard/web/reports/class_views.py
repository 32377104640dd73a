"""The class's reports at a moment: points of each student, and gradebooks; for instructors only.

A point takes most of a millisecond of work, so the page has those alone worked out whom it shows;
everybody's are for what is sorted by points, and for the gradebooks.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_high
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dashboard.accounts.instructors import require_instructor
from dashboard.accounts.names import sections
from dashboard.accounts.roster import NO_SECTION
from dashboard.active_lab import active_lab
from dashboard.history.fetch_errors import could_not_be_read
from dashboard.models import Namespace, Snapshot, StoredAssessment, Student
from dashboard.times.moment import InvalidMoment, TimeMoment
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.requested_moment import parse_requested_moment
from dashboard.web.reports.gradebook import write_gradebook
from dashboard.web.reports.json_documents import dump_class
from dashboard.web.reports.junit import write_junit
from dashboard.web.reports.page import GradedNamespace, grade_namespace
from dashboard.web.reports.queries import read_facts
from dashboard.web.reports.views import answer_text

TYPES = {
    "gradebook.csv": "text/csv; charset=utf-8",
    "gradebook.json": "application/json",
    "junit.xml": "application/xml",
}


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """Whose reports, of when, in which order, as an address says it."""

    environment: str
    section: str
    order: str
    at: TimeMoment | None

    @property
    def time(self) -> datetime | None:
        return self.at.time if self.at else None


PAGE = 50
"""Students in one page of the table."""
POINTS = "points"
ORDERS = {
    "student": lambda one: one.student.lower(),
    POINTS: lambda one: (
        one.points.share.earned if one.points else one.steps_held,
        one.student.lower(),
    ),
}


@require_safe
@live_page
def show_class_report(request: LiveRequest) -> HttpResponse:
    """It is drawn anew when something is recorded, unless it is of the past or takes seconds."""
    sections = list_sections(request)
    context = {
        "lab": active_lab(),
        "environments": active_lab().namespaces.environments,
        "sections": sections,
        "no_section": NO_SECTION,
        "typed": request.GET.get("at", ""),
    }
    try:
        what = parse_query(request, sections)
    except InvalidMoment as refusal:
        request.live_version = ""
        return render(request, "reports/class.html", context | {"invalid": refusal}, status=400)
    kept = {"environment": what.environment, "section": what.section, "sort": what.order}
    context |= {"at_query": f"?at={what.at}" if what.at else ""}
    context |= {"asked": what, "keep": list(kept.items())}
    context |= list_namespaces(what, request.GET.get("page"))
    if what.at or context["slow"]:
        request.live_version = ""
    return render(request, "reports/class.html", context)


def list_namespaces(what: ReportQuery, number: str | None) -> dict[str, Any]:
    """A page of the class. `known` is whether everybody's points are, and `slow` whether there are
    more of them than are shown.
    """
    keys = list_keys(what)
    known = what.order == POINTS or len(keys) <= PAGE
    whole = grade_class(what, keys) if known else []
    page = Paginator(keys, PAGE).get_page(number)
    first = max(page.start_index() - 1, 0)
    context = {
        "page": page,
        "rows": whole[first : first + PAGE] if known else grade_class(what, list(page)),
        "total": len(keys),
        "met": count_all_met(what, keys),
        "known": known,
        "slow": known and len(keys) > PAGE,
    }
    return context | summarize_points(whole)


def summarize_points(rows: Sequence[GradedNamespace]) -> dict[str, Any]:
    """Of those who could be read; `whole` is how many lost no point that could be judged."""
    shares = [one.points.share for one in rows if one.points and not one.facts.unread]
    return {
        "median": median_high(share.earned for share in shares) if shares else 0,
        "whole": sum(share.earned == share.judged > 0 for share in shares),
        "unread": sum(one.facts.unread is not None for one in rows),
    }


def count_all_met(what: ReportQuery, keys: Sequence[int]) -> int:
    """How many who could be read had every flow as the lab wants it, by what the policies say."""
    held = Snapshot.objects.holding(what.time).filter(namespace__in=keys).order_by()
    if what.time:
        held = held.exclude(could_not_be_read(what.time))
    else:
        held = held.filter(namespace__failure="")
    alike = dict(held.values_list("assessment").annotate(Count("pk")))
    flows = StoredAssessment.objects.filter(pk__in=alike)
    counts = flows.values_list("pk", "summary__met", "summary__total")
    return sum(alike[digest] for digest, met, total in counts if met == total)


@require_safe
@login_required
@never_cache
@gzip_page
def download_gradebook(request: HttpRequest, file: str) -> HttpResponse:
    """A gradebook; 400 for what is no moment."""
    sections = list_sections(request)
    if file not in TYPES:
        raise Http404
    try:
        what = parse_query(request, sections)
    except InvalidMoment as refusal:
        return answer_text(str(refusal), 400)
    answer = HttpResponse(write_file(file, grade_class(what, list_keys(what))), TYPES[file])
    answer["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


def list_sections(request: HttpRequest) -> list[str]:
    """A student finds no such page."""
    require_instructor(request)
    return sections()


def parse_query(request: HttpRequest, sections: Sequence[str]) -> ReportQuery:
    """Raises `InvalidMoment`."""
    environments = active_lab().namespaces.environments
    what = ReportQuery(
        request.GET.get("environment", environments[0]),
        request.GET.get("section", ""),
        request.GET.get("sort", "student"),
        parse_requested_moment(request),
    )
    if (
        what.environment not in environments
        or what.section not in {"", *sections}
        or what.order not in ORDERS
    ):
        raise Http404
    return what


def list_keys(what: ReportQuery) -> list[int]:
    """The primary keys of their namespaces, in the order of the students."""
    there = Namespace.objects.there(what.time).filter(environment=what.environment)
    rows = [(student.lower(), key) for student, key in there.values_list("student", "pk")]
    if what.section:
        students = Student.objects.exclude(section="").values_list("login", "section")
        section_of = {login.lower(): section for login, section in students}
        rows = [row for row in rows if section_of.get(row[0], NO_SECTION) == what.section]
    return [key for _, key in sorted(rows)]


def grade_class(what: ReportQuery, keys: Sequence[int]) -> list[GradedNamespace]:
    """In the order that was asked for."""
    namespaces = Namespace.objects.filter(pk__in=keys)
    found = [grade_namespace(active_lab(), facts) for facts in read_facts(namespaces, what.time)]
    return sorted(found, key=ORDERS[what.order])


def write_file(file: str, rows: Sequence[GradedNamespace]) -> bytes | str:
    if file == "junit.xml":
        return write_junit(active_lab(), rows)
    if file == "gradebook.csv":
        return write_gradebook(active_lab(), rows)
    return f"{json.dumps(dump_class(active_lab(), rows), ensure_ascii=False)}\n"
