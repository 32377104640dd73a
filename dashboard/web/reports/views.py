"""The report of one namespace: a page, Markdown, JSON, the lab's own files, and all in one."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dashboard.accounts.hints import can_see_findings
from dashboard.active_lab import active_lab
from dashboard.assess.setbacks import Setback, losses, setbacks
from dashboard.models import HintOpening, Incident, Namespace
from dashboard.times.moment import InvalidMoment, TimeMoment
from dashboard.web.incidents.page import LISTED, NamespaceIncidents
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.requested_moment import parse_requested_moment
from dashboard.web.reports import lab_files
from dashboard.web.reports.json_documents import dump_report
from dashboard.web.reports.lapses import read_lapses, read_policy_sets
from dashboard.web.reports.markdown import write_markdown
from dashboard.web.reports.page import NamespaceReport, ReportHistory
from dashboard.web.reports.page import build_report as make
from dashboard.web.reports.queries import hide_findings, read_facts
from netpol.assess import TooLargeError

TYPES = {
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "png": "image/png",
    "zip": "application/zip",
}
OWN = ("report.md", "report.json")
ALL = "report.zip"


@require_safe
@live_page
def show_report(request: LiveRequest, name: str) -> HttpResponse:
    """As it is now, or with `?at=` as it was then: that page stays as it is."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    context = {"lab": active_lab(), "namespace": namespace, "typed": request.GET.get("at", "")}
    try:
        moment = parse_requested_moment(request)
        found = load_report(request, namespace, moment)
    except (InvalidMoment, TooLargeError) as refusal:
        request.live_version = ""
        return render(request, "reports/page.html", context | {"invalid": refusal}, status=400)
    if moment:
        request.live_version = ""
    context |= {
        "report": found,
        "at": moment,
        "earliest": TimeMoment(found.past.first_recorded) if found.past.first_recorded else None,
        "draws": lab_files.can_draw_pictures(),
        "setbacks": found.past.setbacks[:LISTED],
        "more_setbacks": len(found.past.setbacks[LISTED:]),
        "incidents": NamespaceIncidents(tuple(found.past.incidents)),
    }
    return render(request, "reports/page.html", context)


@require_safe
@login_required
@never_cache
@gzip_page
def download_report(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """The report itself in another form, or all its files in one."""
    file = f"report.{kind}"
    return send_file(request, name, file, known=(*OWN, ALL))


@require_safe
@login_required
@never_cache
@gzip_page
def download_lab_file(request: HttpRequest, name: str, file: str) -> HttpResponse:
    """A file of the lab's Part 9."""
    return send_file(request, name, file, known=lab_files.NAMES)


def send_file(
    request: HttpRequest, name: str, file: str, *, known: Collection[str]
) -> HttpResponse:
    """400 for what is no moment, 404 before the first state, 501 for a picture where nothing can
    draw one; each with the reason in a sentence.
    """
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    if file not in known:
        raise Http404
    try:
        found = load_report(request, namespace, parse_requested_moment(request))
    except (InvalidMoment, TooLargeError) as refusal:
        return answer_text(str(refusal), 400)
    if found.facts.snapshot is None:
        return answer_text(f"Nothing of {namespace.name} was recorded by then.", 404)
    content = zip_files(found) if file == ALL else dict(write_files(found, [file])).get(file)
    if content is None:
        return answer_text(f"{lab_files.NO_PICTURES}.", 501)
    response = HttpResponse(content, TYPES[file.rpartition(".")[2]])
    response["Content-Disposition"] = f'attachment; filename="{namespace.name}-{file}"'
    return response


def answer_text(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", "text/plain; charset=utf-8", status=status)


def load_report(
    request: HttpRequest, namespace: Namespace, moment: TimeMoment | None
) -> NamespaceReport:
    """What this reader may know. Raises `TooMuch`."""
    time = moment.time if moment else None
    lapses = read_lapses({namespace.pk}, time or timezone.now()).get(namespace.pk, [])
    sets = read_policy_sets(lapses)
    lost = {namespace.pk: losses(lapses, sets)}
    (facts,) = read_facts(Namespace.objects.filter(pk=namespace.pk), time, lost)
    is_open = can_see_findings(request.user)
    known = facts if is_open else hide_findings(facts)
    found = setbacks(active_lab(), lapses, sets, facts.moment)
    return make(active_lab(), known, read_history(namespace, found, facts.moment), is_open=is_open)


def read_history(
    namespace: Namespace, setbacks: Sequence[Setback], moment: datetime
) -> ReportHistory:
    return ReportHistory(
        find_first_recorded(namespace),
        setbacks,
        NamespaceIncidents.from_rows(
            Incident.objects.of_namespace(namespace, moment), moment
        ).groups,
        list(HintOpening.objects.filter(namespace=namespace, at__lte=moment)),
    )


def find_first_recorded(namespace: Namespace) -> datetime | None:
    first = namespace.snapshots.oldest()
    return first.first_seen if first else None


def zip_files(report: NamespaceReport) -> bytes:
    """Every file that can be made."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, part in write_files(report, (*OWN, *lab_files.NAMES)):
            archive.writestr(f"{report.facts.namespace.name}/{name}", part)
    return content.getvalue()


def write_files(report: NamespaceReport, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The files called so, as far as they can be made."""
    yield from ((name, write_document(report, name)) for name in names if name in OWN)
    facts, of_the_lab = report.facts, [name for name in names if name in lab_files.NAMES]
    if facts.snapshot and of_the_lab:
        yield from lab_files.write_lab_files(
            facts.namespace, facts.snapshot, facts.moment, of_the_lab
        )


def write_document(report: NamespaceReport, name: str) -> bytes:
    """One of the report's own forms."""
    if name == "report.md":
        return write_markdown(report).encode()
    return f"{json.dumps(dump_report(report), indent=2, ensure_ascii=False)}\n".encode()
