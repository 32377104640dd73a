"""The bars of the timeline: what policies said, cut at the changes, what probes saw, the ground."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from dashboard.models import ObservedOutcome
from dashboard.times.moment import format_time
from dashboard.web.layout.chart_text import ChartTexts, escape_markup, wrap_text
from dashboard.web.layout.palette import COLOURS, INKS
from dashboard.web.namespace.lanes import ObservationSpan, PredictionSpan
from dashboard.web.namespace.sections import SnapshotSection
from netpol.model import Outcome

BAR = 0.1
"""How far below the middle of its lane what policies said stands, as a part of its height."""
PATTERNS = {Outcome.ALLOW: "", Outcome.DENY: "/", Outcome.PARTIAL: "-", Outcome.UNKNOWN: "."}
"""So that the four can be told apart without colour where there is no room for a letter."""
SEEN = {
    ObservedOutcome.REACHED: (COLOURS[Outcome.ALLOW], 0.37, "A probe reached it"),
    ObservedOutcome.BLOCKED: (COLOURS[Outcome.DENY], 0.46, "A probe was blocked"),
}
"""Colour, how far below the middle of its lane it stands, and its words."""
LEGIBLE = 40
"""Of a window's width the part that a letter needs."""
VISIBLE = 200
"""And the part that a line needs, to be seen and pointed at."""


LAST_CHANGE = "last change before here:"


@dataclass(frozen=True, slots=True)
class BarPiece:
    """Of a span, between two changes; `is_first` where the span begins. `point` as `Texts` say."""

    span: PredictionSpan
    since: datetime
    until: datetime
    is_first: bool
    point: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DrawnChange:
    """A section; `address` and `lines` are the numbers of where it leads and of what began it."""

    section: SnapshotSection
    address: int
    lines: tuple[int, ...]

    @property
    def since(self) -> datetime:
        return self.section.since


def number_sections(sections: Iterable[SnapshotSection], texts: ChartTexts) -> list[DrawnChange]:
    return [
        DrawnChange(
            each,
            texts.number_text(each.address),
            texts.number_point(LAST_CHANGE, describe_section(each)),
        )
        for each in sections
    ]


def cut_span(
    span: PredictionSpan, changes: Sequence[DrawnChange], texts: ChartTexts
) -> Iterator[BarPiece]:
    """As long as it is, or one where it has no length. Where the last change turned other flows
    than this one, what began the span is told, too.
    """
    said = texts.number_text(describe_span(span))
    first = max(bisect_right(changes, span.since, key=lambda each: each.since) - 1, 0)
    for change in takewhile(lambda each: each.since <= span.until, changes[first:]):
        since, until = max(span.since, change.since), min(span.until, change.section.until)
        if since < until or since == span.since == span.until:
            is_first = since == span.since
            last = () if is_first else change.lines
            yield BarPiece(span, since, until, is_first, (change.address, said, *last))


def draw_ground(known: Sequence[DrawnChange], lanes: int, early: timedelta) -> dict[str, Any]:
    """Behind everything, to point at where nothing else is."""
    return {
        "type": "bar",
        "name": "between",
        "orientation": "h",
        "base": [format_stamp(each.since - early) for each in known],
        "x": [measure_milliseconds(each.section) for each in known],
        "y": [lanes / 2] * len(known),
        "width": lanes + 1,
        "marker": {"color": "var(--invisible)", "line": {"width": 0}},
        "hoverinfo": "none",
        "customdata": [(each.address,) for each in known],
    }


def draw_predictions(
    spans: Sequence[tuple[int, BarPiece]], outcome: Outcome, width: timedelta
) -> dict[str, Any]:
    """A letter stands where the window, which is so wide, has room for it."""
    mine = [(row, piece) for row, piece in spans if piece.span.outcome is outcome]
    return {
        "type": "bar",
        "name": f"policies: {outcome}",
        "orientation": "h",
        "base": [format_stamp(piece.since) for _, piece in mine],
        "x": [measure_milliseconds(piece) for _, piece in mine],
        "y": [row + BAR for row, _ in mine],
        "width": 0.42,
        "marker": {
            "color": COLOURS[outcome],
            "line": {"width": 0},
            "pattern": {
                "shape": PATTERNS[outcome],
                "size": 6,
                "solidity": 0.15,
                "fgcolor": INKS[outcome],
                "fillmode": "overlay",
            },
        },
        "text": [outcome.letter if is_legible(piece, width) else "" for _, piece in mine],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"color": INKS[outcome], "size": 12, "weight": 700},
        "hoverinfo": "text",
        "customdata": [piece.point for _, piece in mine],
    }


def is_legible(piece: BarPiece, width: timedelta) -> bool:
    return piece.is_first and piece.span.until - piece.span.since >= width / LEGIBLE


Looks = Sequence[tuple[int, ObservationSpan]]
"""Each with the lane that it is of."""


def draw_observations(
    sights: Looks, outcome: ObservedOutcome, width: timedelta, texts: ChartTexts
) -> Iterator[dict[str, Any]]:
    """A line for as long as probes saw the same, a point where that was too short for one."""
    mine = [(row, sight) for row, sight in sights if sight.outcome is outcome]
    colour, _, words = SEEN[outcome]
    long = [(row, sight) for row, sight in mine if sight.until - sight.since >= width / VISIBLE]
    yield place_sights(long, outcome, texts) | {
        "type": "bar",
        "name": words,
        "orientation": "h",
        "base": [format_stamp(sight.since) for _, sight in long],
        "x": [measure_milliseconds(sight) for _, sight in long],
        "width": 0.08,
        "marker": {"color": colour, "line": {"width": 0}},
    }
    short = [(row, sight) for row, sight in mine if sight.until - sight.since < width / VISIBLE]
    yield place_sights(short, outcome, texts) | {
        "type": "scatter",
        "name": f"{words}, briefly",
        "mode": "markers",
        "x": [format_stamp(sight.since) for _, sight in short],
        "marker": {"color": colour, "size": 4, "symbol": "square", "opacity": 1},
    }


def place_sights(sights: Looks, outcome: ObservedOutcome, texts: ChartTexts) -> dict[str, Any]:
    _, below, words = SEEN[outcome]
    return {
        "y": [row + below for row, _ in sights],
        "hoverinfo": "text",
        "customdata": [
            texts.number_point(
                sight.address,
                f"{words} ({escape_markup(sight.method)})",
                format_interval(sight.since, sight.until),
            )
            for _, sight in sights
        ],
    }


def describe_span(span: PredictionSpan) -> str:
    began = f"<br>{wrap_text(strip_backticks(span.change.sentence))}" if span.change else ""
    return f"policies say {span.outcome}<br>{format_interval(span.since, span.until)}{began}"


def describe_section(section: SnapshotSection) -> str:
    if not section.change:
        return ""
    words = wrap_text(f"{strip_backticks(section.change.sentence)}: {section.effect}")
    return f"{format_time(section.change.after.time)}<br>{words}"


def strip_backticks(text: str) -> str:
    return text.replace("`", "")


def format_interval(since: datetime, until: datetime) -> str:
    return f"{format_time(since)} to {format_time(until)}"


def format_stamp(moment: datetime) -> str:
    """Without a zone: plotly.js would show another one than the page."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"


def measure_milliseconds(what: BarPiece | SnapshotSection | ObservationSpan) -> float:
    return (what.until - what.since).total_seconds() * 1000
