"""A report as Markdown: a document that stands for itself in a pull request or a mail."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from html import escape

from dashboard.times.durations import spelled
from dashboard.times.moment import clock
from dashboard.web.incidents.page import LISTED
from dashboard.web.namespace.hints import TIERS
from dashboard.web.reports.facts import Facts
from dashboard.web.reports.item import Item, sentence
from dashboard.web.reports.page import Past, Report
from dashboard.web.reports.score import Points, number
from dashboard.web.reports.steps import title

SPECIAL = re.compile(r"([\\`*_{}\[\]|#~!@$])")


def markdown(report: Report) -> str:
    return "\n".join([*_head(report), *_body(report), ""])


def text(words: str) -> str:
    """What others wrote stays text: pairs of backticks stay code, all else that has a meaning is
    escaped, and no line ends within a cell.
    """
    flat = " ".join(words.split())
    pieces = flat.split("`")
    if len(pieces) % 2 == 0:
        return _escaped(flat)
    return "".join(
        _escaped(piece) if index % 2 == 0 else f"`{_code(piece)}`"
        for index, piece in enumerate(pieces)
    )


def _escaped(words: str) -> str:
    return SPECIAL.sub(r"\\\1", escape(words, quote=False))


def _code(piece: str) -> str:
    """A bar would end the cell even here."""
    return piece.replace("|", "\\|") or " "


def _head(report: Report) -> Iterator[str]:
    facts = report.facts
    name = facts.student_name or facts.namespace.student
    yield f"# {text(report.lab.title)}: {text(name)}"
    yield ""
    yield f"- Namespace: `{facts.namespace.name}` of {text(facts.namespace.student)}"
    if facts.section:
        yield f"- Section: {text(facts.section)}"
    yield f"- At: {clock(facts.moment)}"
    if facts.snapshot:
        yield f"- State: since {clock(facts.snapshot.first_seen)}, last seen {_last_seen(facts)}"
    if facts.unread:
        since, reason = clock(facts.unread.since), text(facts.unread.reason)
        yield f"- Could not be read at that time, first noticed {since}: {reason}"
    if facts.why_unknown:
        yield f"- {text(facts.why_unknown)}"
    if report.past.began:
        yield f"- Recorded since: {clock(report.past.began)}"
    if report.flows:
        yield f"- Flows as the lab wants them: {report.met} of {len(report.flows)}"
    if report.graded.points:
        share = report.graded.points.share
        earned, judged = number(share.earned), number(share.judged)
        yield f"- Points: **{earned} of {judged} judged points**, of {share.of}"


def _last_seen(facts: Facts) -> str:
    if facts.seen is None and facts.unread:
        return f"no later than {clock(facts.unread.since)}"
    return _clock(facts.seen)


def _body(report: Report) -> Iterator[str]:
    yield from _section("Steps")
    yield from _table(
        ("Step", "State", "First reached", "Proof"),
        ((item.title, item.state, _clock(item.at), item.proof) for item in report.graded.steps),
    )
    yield from _lost(report.past)
    for group, items in report.groups:
        yield from _section(group)
        yield from _items(items)
    yield from _section("Flows")
    yield from _table(
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
    yield from _section("Difference from no policy at all")
    turned = [*report.closed, *report.opened, *report.unclear]
    yield from _table(
        ("Flow", "Change", "Why"), ((row.flow.name, row.turn, row.sentence) for row in turned)
    )
    if report.graded.points:
        yield from _points(report.graded.points)
    yield from _beside(report)


def _lost(past: Past) -> Iterator[str]:
    yield from _section("Steps that were lost")
    yield from _newest(
        ("Lost at", "What happened", "Steps", "Not reached again", "Lasted"),
        [
            (
                clock(each.since),
                each.change.sentence,
                "; ".join(map(title, each.steps)),
                "; ".join(map(title, each.left)),
                _lasted(each.lasted, each.again),
            )
            for each in past.setbacks
        ],
    )
    yield from _section("Incidents: flows that worked and were lost")
    yield from _newest(
        ("First seen broken", "What happened", "Flows", "Still lost", "Lasted"),
        [
            (
                clock(each.opened_at),
                " ".join((sentence(each.sentence), each.reason)),
                "; ".join(each.flows),
                "; ".join(each.left),
                _lasted(each.lasted, each.closed_at),
            )
            for each in past.incidents
        ],
    )


def _lasted(span: timedelta, until: datetime | None) -> str:
    return f"{spelled(span)}, until {clock(until)}" if until else f"{spelled(span)} so far"


def _newest(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield from _table(head, rows[:LISTED])
    if older := len(rows[LISTED:]):
        yield ""
        yield f"And {older} older."


def _points(points: Points) -> Iterator[str]:
    yield from _section("Points")
    rows = [
        (area.name, scored.criterion.title, scored.share)
        for area in points.areas
        for scored in area.criteria
    ]
    yield from _table(
        ("Area", "Criterion", "Earned", "Judged", "Of"),
        (
            (area, title, number(share.earned), number(share.judged), str(share.of))
            for area, title, share in rows
        ),
    )
    for area in points.areas:
        for scored in area.criteria:
            yield ""
            yield f"### {text(area.name.capitalize())}: {text(scored.criterion.title)}"
            yield ""
            yield from _items(scored.items)


def _beside(report: Report) -> Iterator[str]:
    yield from _section("Findings")
    if report.findings is None:
        yield "Not known, or not shown to you."
    yield from _table(
        ("Code", "Level", "Policy", "What"),
        (
            (each["code"], each["level"], each["policy"], each["message"])
            for each in report.findings or ()
        ),
    )
    yield from _section("Hints opened")
    yield from _table(
        ("At", "Tier", "By"),
        (
            (clock(each.at), f"{each.tier}, {TIERS[each.tier - 1]}", each.by)
            for each in report.past.hints
        ),
    )


def _items(items: Iterable[Item]) -> Iterator[str]:
    return _table(
        ("Item", "State", "Proof", "Source"),
        ((item.title, item.state, item.proof, item.source) for item in items),
    )


def _section(title: str) -> list[str]:
    return ["", f"## {text(title)}", ""]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    written = ["| " + " | ".join(text(cell) for cell in row) + " |" for row in rows]
    if not written:
        yield "None."
        return
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from written


def _clock(moment: datetime | None) -> str:
    return clock(moment) if moment else ""
