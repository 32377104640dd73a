"""The reports of a namespace and of the class, each as a page and as files.

Each answers 404 for what does not exist, 400 for what is no moment, and 501 for a picture that this
server cannot draw; the files with the reason as text.
"""

from collections.abc import Collection, Sequence

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dashboard.accounts.hints import can_see_findings
from dashboard.accounts.instructors import require_instructor
from dashboard.accounts.names import list_section_names
from dashboard.active_lab import active_lab
from dashboard.models import Namespace
from dashboard.times.moment import InvalidMoment, TimeMoment
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.rendering import render_page
from dashboard.web.layout.requested_moment import parse_requested_moment
from dashboard.web.reports import files, lab_files
from dashboard.web.reports.page import SORTED_BY_POINTS, ClassReportPage, ReportPage, ReportQuery
from dashboard.web.reports.queries import (
    count_all_flows_met,
    grade_namespaces,
    list_namespace_keys,
    read_report,
)
from dashboard.web.reports.report import NamespaceReport
from netpol.assess import TooLargeError

PAGE_SIZE = 50
"""Students on one page of the class."""


@require_safe
@live_page
def show_report(request: LiveRequest, name: str) -> HttpResponse:
    """Show the report as it is now, or with `?at=` as it was then: that page stays as it is."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    typed = request.GET.get("at", "")
    try:
        moment = parse_requested_moment(request)
        report = load_report(request, namespace, moment)
    except (InvalidMoment, TooLargeError) as refusal:
        request.live_version = ""
        page = ReportPage(
            lab=active_lab(), namespace=namespace, typed_moment=typed, refusal=str(refusal)
        )
        return render_page(request, page, status=400)
    if moment:
        request.live_version = ""
    page = ReportPage(
        lab=active_lab(),
        namespace=namespace,
        typed_moment=typed,
        moment=moment,
        report=report,
        can_draw=lab_files.can_draw_pictures(),
    )
    return render_page(request, page)


def load_report(
    request: HttpRequest, namespace: Namespace, moment: TimeMoment | None
) -> NamespaceReport:
    """What this reader may know. Raises `TooLargeError`."""
    time = moment.time if moment else None
    return read_report(namespace, time, shows_findings=can_see_findings(request.user))


@require_safe
@login_required
@never_cache
@gzip_page
def download_report(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """Send the report itself in another form, or all its files in one."""
    known = (*files.DOCUMENTS, files.ARCHIVE)
    return send_report_file(request, name, f"report.{kind}", known)


@require_safe
@login_required
@never_cache
@gzip_page
def download_lab_file(request: HttpRequest, name: str, file: str) -> HttpResponse:
    """Send a file of the lab's Part 9."""
    return send_report_file(request, name, file, lab_files.NAMES)


def send_report_file(
    request: HttpRequest, name: str, file: str, known: Collection[str]
) -> HttpResponse:
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    if file not in known:
        raise Http404
    try:
        report = load_report(request, namespace, parse_requested_moment(request))
    except (InvalidMoment, TooLargeError) as refusal:
        return answer_text(str(refusal), 400)
    if report.facts.snapshot is None:
        return answer_text(f"Nothing of {namespace.name} was recorded by then.", 404)
    content = files.write_file(report, file)
    if content is None:
        return answer_text(f"{lab_files.NO_PICTURES}.", 501)
    return send_file(content, f"{namespace.name}-{file}")


def send_file(content: bytes | str, name: str) -> HttpResponse:
    response = HttpResponse(content, files.content_type(name))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def answer_text(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", "text/plain; charset=utf-8", status=status)


@require_safe
@live_page
def show_class_report(request: LiveRequest) -> HttpResponse:
    """The class, for instructors. The page refreshes unless it shows the past or takes seconds."""
    require_instructor(request)
    known_sections, typed = list_section_names(), request.GET.get("at", "")
    try:
        query = parse_query(request, known_sections)
    except InvalidMoment as refusal:
        request.live_version = ""
        page = ClassReportPage(
            lab=active_lab(), sections=known_sections, typed_moment=typed, refusal=str(refusal)
        )
        return render_page(request, page, status=400)
    keys = list_namespace_keys(query)
    listed = Paginator(keys, PAGE_SIZE).get_page(request.GET.get("page"))
    first = max(listed.start_index() - 1, 0)
    everybody = None
    if query.is_by_points or len(keys) <= PAGE_SIZE:
        everybody = grade_namespaces(query, keys)
    page = ClassReportPage(
        lab=active_lab(),
        sections=known_sections,
        typed_moment=typed,
        query=query,
        listed=listed,
        rows=(
            grade_namespaces(query, list(listed))
            if everybody is None
            else everybody[first : first + PAGE_SIZE]
        ),
        everybody=everybody,
        namespaces=len(keys),
        all_flows_met=count_all_flows_met(query, keys),
    )
    if query.at or page.is_slow:
        request.live_version = ""
    return render_page(request, page)


@require_safe
@login_required
@never_cache
@gzip_page
def download_gradebook(request: HttpRequest, file: str) -> HttpResponse:
    require_instructor(request)
    if file not in files.GRADEBOOKS:
        raise Http404
    try:
        query = parse_query(request, list_section_names())
    except InvalidMoment as refusal:
        return answer_text(str(refusal), 400)
    rows = grade_namespaces(query, list_namespace_keys(query))
    return send_file(files.write_class_file(active_lab(), file, rows), file)


def parse_query(request: HttpRequest, known_sections: Sequence[str]) -> ReportQuery:
    """Raises `InvalidMoment`, and `Http404` for what does not exist."""
    environments = active_lab().namespaces.environments
    query = ReportQuery(
        request.GET.get("environment", environments[0]),
        request.GET.get("section", ""),
        request.GET.get("sort", "student"),
        parse_requested_moment(request),
    )
    if (
        query.environment not in environments
        or query.section not in {"", *known_sections}
        or query.order not in {"student", SORTED_BY_POINTS}
    ):
        raise Http404
    return query
