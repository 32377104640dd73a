"""The files of a report: Markdown and JSON, the lab's own, and all of them in one archive."""

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from dashboard.web.reports import lab_files
from dashboard.web.reports.gradebook import write_gradebook
from dashboard.web.reports.json_documents import dump_class, dump_report
from dashboard.web.reports.junit import write_junit
from dashboard.web.reports.markdown import write_markdown
from dashboard.web.reports.report import GradedNamespace, NamespaceReport
from netpol.lab import Lab

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "png": "image/png",
    "xml": "application/xml",
    "zip": "application/zip",
}
DOCUMENTS = ("report.md", "report.json")
ARCHIVE = "report.zip"
GRADEBOOKS = ("gradebook.csv", "gradebook.json", "junit.xml")


def content_type(file: str) -> str:
    return TYPES[file.rpartition(".")[2]]


def write_file(report: NamespaceReport, name: str) -> bytes | None:
    """`None` where it cannot be made: a picture without matplotlib."""
    return _zip_files(report) if name == ARCHIVE else dict(_write_files(report, [name])).get(name)


def _zip_files(report: NamespaceReport) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, part in _write_files(report, (*DOCUMENTS, *lab_files.NAMES)):
            archive.writestr(f"{report.facts.namespace.name}/{name}", part)
    return content.getvalue()


def _write_files(report: NamespaceReport, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The files with these names, as far as they can be made."""
    for name in names:
        if name == "report.md":
            yield name, write_markdown(report).encode()
        elif name == "report.json":
            document = json.dumps(dump_report(report), indent=2, ensure_ascii=False)
            yield name, f"{document}\n".encode()
    facts, of_lab = report.facts, [name for name in names if name in lab_files.NAMES]
    if facts.snapshot and of_lab:
        yield from lab_files.write_lab_files(facts.namespace, facts.snapshot, facts.moment, of_lab)


def write_class_file(lab: Lab, file: str, rows: Sequence[GradedNamespace]) -> bytes | str:
    if file == "junit.xml":
        return write_junit(lab, rows)
    if file == "gradebook.csv":
        return write_gradebook(lab, rows)
    return f"{json.dumps(dump_class(lab, rows), ensure_ascii=False)}\n"
