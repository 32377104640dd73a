"""The class as a table for a spreadsheet: a row for each student.

Logins and names are others' words, and a spreadsheet runs a cell that begins like a formula: such
cells get an apostrophe in front, which spreadsheets take for "this is text" (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from dashboard.web.reports.json_documents import round_points
from dashboard.web.reports.report import GradedNamespace
from netpol.lab import Lab

BOM = "\ufeff"
"""Without it spreadsheets take UTF-8 for the machine's old code page."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # wide ones
Cell = str | float | int


def write_gradebook(lab: Lab, everybody: Iterable[GradedNamespace]) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([escape_cell(title) for title in _list_columns(lab)])
    for graded in everybody:
        cells = _list_cells(lab, graded)
        writer.writerow([escape_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return BOM + written.getvalue()


def escape_cell(cell: str) -> str:
    """Text that no spreadsheet runs. Control characters have no place in it."""
    shown = "".join(character for character in cell if character.isprintable())
    begins = cell.lstrip(" ").startswith(FORMULA) or shown.lstrip().startswith(FORMULA)
    return f"'{shown}" if begins else shown


def _list_columns(lab: Lab) -> Iterator[str]:
    yield from ("login", "name", "section", "namespace", "at", "last_seen", "cannot_be_read")
    if lab.rubric:
        yield from ("points", "judged", "of")
    for area in lab.rubric:
        yield from (area.name, f"{area.name} judged", f"{area.name} of")
    yield from ("flows_as_expected", "flows")
    for step in lab.steps:
        yield from (f"step {step.key}", f"step {step.key} first reached")
    for check in lab.checklist:
        yield f"check {check.key}"


def _list_cells(lab: Lab, graded: GradedNamespace) -> Iterator[Cell]:
    facts = graded.facts
    namespace = facts.namespace
    yield from (namespace.student, facts.student_name, facts.section, namespace.name)
    yield from (_format_time(facts.moment), _format_time(facts.last_seen_at))
    yield facts.unread.first_sentence if facts.unread else ""
    if graded.points:
        shares = (graded.points.share, *(area.share for area in graded.points.areas))
        for share in shares:
            yield from (round_points(share.earned), round_points(share.judged), share.of)
    yield from (sum(each.is_met for each in facts.answers.values()), len(lab.flows))
    for item in graded.steps:
        yield from (item.state.value, _format_time(item.at))
    for item in graded.checks:
        yield item.state.value


def _format_time(moment: datetime | None) -> str:
    """As spreadsheets read it; UTC."""
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
