"""A report as Markdown: a document that stands for itself in a pull request or a mail."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from html import escape

from dashboard.accounts.hints import TIERS
from dashboard.times.durations import format_duration
from dashboard.times.moment import format_time
from dashboard.web.incidents.page import LISTED
from dashboard.web.reports.facts import ReportFacts
from dashboard.web.reports.items import ReportItem, write_sentence
from dashboard.web.reports.points import RubricPoints, format_points
from dashboard.web.reports.report import NamespaceReport, ReportHistory
from dashboard.web.reports.steps import format_step_title

SPECIAL = re.compile(r"([\\`*_{}\[\]|#~!@$])")


def write_markdown(report: NamespaceReport) -> str:
    return "\n".join([*_write_head(report), *_write_body(report), ""])


def escape_markdown(words: str) -> str:
    """What others wrote stays text: pairs of backticks stay code, all else that has a meaning is
    escaped, and no line ends within a cell.
    """
    flat = " ".join(words.split())
    pieces = flat.split("`")
    if len(pieces) % 2 == 0:
        return _escape_text(flat)
    return "".join(
        _escape_text(piece) if index % 2 == 0 else f"`{_escape_code(piece)}`"
        for index, piece in enumerate(pieces)
    )


def _escape_text(words: str) -> str:
    return SPECIAL.sub(r"\\\1", escape(words, quote=False))


def _escape_code(piece: str) -> str:
    """A bar would end the cell even here."""
    return piece.replace("|", "\\|") or " "


def _write_head(report: NamespaceReport) -> Iterator[str]:
    facts = report.facts
    name = facts.student_name or facts.namespace.student
    yield f"# {escape_markdown(report.lab.title)}: {escape_markdown(name)}"
    yield ""
    yield f"- Namespace: `{facts.namespace.name}` of {escape_markdown(facts.namespace.student)}"
    if facts.section:
        yield f"- Section: {escape_markdown(facts.section)}"
    yield f"- At: {format_time(facts.moment)}"
    if facts.snapshot:
        since, seen = format_time(facts.snapshot.first_seen), _describe_last_seen(facts)
        yield f"- State: since {since}, last seen {seen}"
    if facts.unread:
        since, reason = format_time(facts.unread.since), escape_markdown(facts.unread.reason)
        yield f"- Could not be read at that time, first noticed {since}: {reason}"
    if facts.why_unknown:
        yield f"- {escape_markdown(facts.why_unknown)}"
    if report.history.first_recorded:
        yield f"- Recorded since: {format_time(report.history.first_recorded)}"
    if report.flows:
        yield f"- Flows as the lab wants them: {report.flows_met} of {len(report.flows)}"
    if report.graded.points:
        share = report.graded.points.share
        earned, judged = format_points(share.earned), format_points(share.judged)
        yield f"- Points: **{earned} of {judged} judged points**, of {share.of}"


def _describe_last_seen(facts: ReportFacts) -> str:
    if facts.last_seen_at is None and facts.unread:
        return f"no later than {format_time(facts.unread.since)}"
    return _format_time(facts.last_seen_at)


def _write_body(report: NamespaceReport) -> Iterator[str]:
    yield from _write_heading("Steps")
    yield from _write_table(
        ("Step", "State", "First reached", "Proof"),
        (
            (item.title, item.state, _format_time(item.at), item.proof)
            for item in report.graded.steps
        ),
    )
    yield from _write_history(report.history)
    for group, items in report.checklist_groups:
        yield from _write_heading(group)
        yield from _write_items(items)
    yield from _write_heading("Flows")
    yield from _write_table(
        ("Flow", "Lab wants", "Policies say", "Probe saw", "Why"),
        (
            (
                line.answers.flow.name,
                line.answers.flow.expected,
                line.answers.predicted,
                line.answers.observed.outcome,
                line.assessed.explanation,
            )
            for line in report.flows
        ),
    )
    yield from _write_heading("Difference from no policy at all")
    turned = [*report.flows_closed, *report.flows_opened, *report.flows_unclear]
    yield from _write_table(
        ("Flow", "Change", "Why"), ((row.flow.name, row.transition, row.sentence) for row in turned)
    )
    if report.graded.points:
        yield from _write_points(report.graded.points)
    yield from _write_findings(report)


def _write_history(past: ReportHistory) -> Iterator[str]:
    yield from _write_heading("Steps that were lost")
    yield from _write_newest(
        ("Lost at", "What happened", "Steps", "Not reached again", "Lasted"),
        [
            (
                format_time(each.since),
                each.change.sentence,
                "; ".join(map(format_step_title, each.steps)),
                "; ".join(map(format_step_title, each.open_steps)),
                _describe_duration(each.duration, each.regained_at),
            )
            for each in past.setbacks
        ],
    )
    yield from _write_heading("Incidents: flows that worked and were lost")
    yield from _write_newest(
        ("First seen broken", "What happened", "Flows", "Still lost", "Lasted"),
        [
            (
                format_time(each.opened_at),
                " ".join((write_sentence(each.sentence), each.reason)),
                "; ".join(each.flows),
                "; ".join(each.still_lost),
                _describe_duration(each.duration, each.closed_at),
            )
            for each in past.incidents
        ],
    )


def _describe_duration(span: timedelta, until: datetime | None) -> str:
    return (
        f"{format_duration(span)}, until {format_time(until)}"
        if until
        else f"{format_duration(span)} so far"
    )


def _write_newest(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield from _write_table(head, rows[:LISTED])
    if older := len(rows[LISTED:]):
        yield ""
        yield f"And {older} older."


def _write_points(points: RubricPoints) -> Iterator[str]:
    yield from _write_heading("Points")
    rows = [
        (area.name, scored.criterion.title, scored.share)
        for area in points.areas
        for scored in area.criteria
    ]
    yield from _write_table(
        ("Area", "Criterion", "Earned", "Judged", "Of"),
        (
            (area, title, format_points(share.earned), format_points(share.judged), str(share.of))
            for area, title, share in rows
        ),
    )
    for area in points.areas:
        for scored in area.criteria:
            yield ""
            yield f"### {escape_markdown(f'{area.name.capitalize()}: {scored.criterion.title}')}"
            yield ""
            yield from _write_items(scored.items)


def _write_findings(report: NamespaceReport) -> Iterator[str]:
    yield from _write_heading("Findings")
    if report.findings is None:
        yield "Not known, or not shown to you."
    yield from _write_table(
        ("Code", "Level", "Policy", "What"),
        ((each.code, each.level, each.policy, each.message) for each in report.finding_rows),
    )
    yield from _write_heading("Hints opened")
    yield from _write_table(
        ("At", "Tier", "By"),
        (
            (format_time(each.at), f"{each.tier}, {TIERS[each.tier - 1]}", each.by)
            for each in report.history.hints
        ),
    )


def _write_items(items: Iterable[ReportItem]) -> Iterator[str]:
    return _write_table(
        ("Item", "State", "Proof", "Source"),
        ((item.title, item.state, item.proof, item.source) for item in items),
    )


def _write_heading(title: str) -> list[str]:
    return ["", f"## {escape_markdown(title)}", ""]


def _write_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    written = ["| " + " | ".join(escape_markdown(cell) for cell in row) + " |" for row in rows]
    if not written:
        yield "None."
        return
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from written


def _format_time(moment: datetime | None) -> str:
    return format_time(moment) if moment else ""
