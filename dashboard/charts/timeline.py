"""A swimlane for each flow: what policies said over time, and below it what probes saw.

A figure of thousands of spans is written as it is sent: plotly would look at each of them again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from dashboard.charts.palette import COLOURS, INKS, LETTERS
from dashboard.charts.text import plain, wrapped
from dashboard.models import ObservedOutcome
from dashboard.pages.moment import clock
from dashboard.pages.timeline import PolicyTurn, Sight, Span, Timeline, Trouble
from netpol.model import Outcome

ROW = 38
HEAD, FOOT = 8, 36
LABEL, BAR = -0.3, 0.1
"""In a lane its name, then what policies said, then what probes saw, as parts of its height."""
NEUTRAL, FAINT = "#7d8894", "rgba(125, 136, 148, 0.55)"
WARNING = "#e08a1e"
PATTERNS = {Outcome.ALLOW: "", Outcome.DENY: "/", Outcome.PARTIAL: "-", Outcome.UNKNOWN: "."}
"""So that the four can be told apart without colour where there is no room for a letter."""
SEEN = {
    ObservedOutcome.REACHED: (COLOURS[Outcome.ALLOW], 0.37, "A probe reached it"),
    ObservedOutcome.BLOCKED: (COLOURS[Outcome.DENY], 0.46, "A probe was blocked"),
}
"""Colour, how far below the middle of its lane it stands, and its words."""
LEGIBLE = 40
"""Of a window's width the part that a letter needs."""


def swimlanes(timeline: Timeline, at: datetime | None) -> dict[str, Any]:
    """What is clicked on has the address that it leads to as its `customdata`."""
    lanes = list(enumerate(timeline.lanes, 1))
    width = timeline.window.until - timeline.window.since
    spans = [(row, span) for row, lane in lanes for span in lane.spans]
    sights = [(row, sight) for row, lane in lanes for sight in lane.sights]
    troubles = [(row, each) for row, lane in lanes for each in lane.troubles]
    traces = [
        policies_change(timeline.policies, len(lanes)),
        names(timeline),
        *(said(spans, outcome, width.total_seconds() / LEGIBLE) for outcome in Outcome),
        *(saw(sights, outcome) for outcome in SEEN),
        broke(troubles),
    ]
    return {"data": traces, "layout": layout(timeline, at)}


def names(timeline: Timeline) -> dict[str, Any]:
    """Above their lanes, not beside them: on a phone there is no room."""
    shown = ["Policies changed", *(plain(lane.flow.name) for lane in timeline.lanes)]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [stamp(timeline.window.since)] * len(shown),
        "y": [row + LABEL for row in range(len(shown))],
        "text": shown,
        "textposition": "middle right",
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def said(spans: Sequence[tuple[int, Span]], outcome: Outcome, room: float) -> dict[str, Any]:
    mine = [(row, span) for row, span in spans if span.outcome is outcome]
    wide = [(span.until - span.since).total_seconds() >= room for _, span in mine]
    return {
        "type": "bar",
        "name": f"policies: {outcome}",
        "orientation": "h",
        "base": [stamp(span.since) for _, span in mine],
        "x": [length(span) for _, span in mine],
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
        "text": [LETTERS[outcome] if legible else "" for legible in wide],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"color": INKS[outcome], "size": 12, "weight": 700},
        "hovertext": [told(span) for _, span in mine],
        "hoverinfo": "text",
        "customdata": [span.address for _, span in mine],
    }


def saw(sights: Sequence[tuple[int, Sight]], outcome: ObservedOutcome) -> dict[str, Any]:
    mine = [(row, sight) for row, sight in sights if sight.outcome is outcome]
    colour, below, words = SEEN[outcome]
    return {
        "type": "bar",
        "name": words,
        "orientation": "h",
        "base": [stamp(sight.since) for _, sight in mine],
        "x": [max(length(sight), 1000) for _, sight in mine],
        "y": [row + below for row, _ in mine],
        "width": 0.08,
        "marker": {"color": colour, "line": {"width": 0}},
        "hovertext": [
            f"{words} ({plain(sight.method)})<br>{between(sight.since, sight.until)}"
            for _, sight in mine
        ],
        "hoverinfo": "text",
        "customdata": [sight.address for _, sight in mine],
    }


def policies_change(turns: Iterable[PolicyTurn], lanes: int) -> dict[str, Any]:
    """A line through all lanes, with a mark on top that tells the names."""
    known = list(turns)
    return {
        "type": "scatter",
        "name": "policies changed",
        "mode": "lines+markers",
        "x": per_line(known, lambda when: [when, when]),
        "y": [BAR, lanes + 0.5, None] * len(known),
        "line": {"color": FAINT, "width": 1},
        "marker": {
            "symbol": "triangle-down",
            "size": [11, 0, 0] * len(known),
            "color": NEUTRAL,
            "opacity": 1,
        },
        "hovertext": [
            f"{clock(turn.change.after.time)}<br>{sentence(turn)}"
            for turn in known
            for _ in range(3)
        ],
        "hoverinfo": "text",
        "customdata": [turn.address for turn in known for _ in range(3)],
    }


def per_line(turns: Iterable[PolicyTurn], points: Any) -> list[str | None]:
    """Lines of their own: a gap behind each."""
    stamps = (stamp(turn.change.after.time) for turn in turns)
    return list(chain.from_iterable([*points(when), None] for when in stamps))


def broke(troubles: Sequence[tuple[int, Trouble]]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": "an incident began",
        "mode": "markers",
        "x": [stamp(each.row.opened_at) for _, each in troubles],
        "y": [row + BAR for row, _ in troubles],
        "marker": {
            "symbol": "x",
            "size": 11,
            "color": WARNING,
            "line": {"color": "#ffffff", "width": 1},
        },
        "hovertext": [broken(each) for _, each in troubles],
        "hoverinfo": "text",
        "customdata": [each.address for _, each in troubles],
    }


def broken(trouble: Trouble) -> str:
    row = trouble.row
    cause = plain(row.get_cause_display()).lower()
    ended = f"worked again {clock(row.closed_at)}" if row.closed_at else "not mended yet"
    lines = (
        f"{plain(row.flow)} ceased to work",
        f"{clock(row.opened_at)}, {cause}",
        *([wrapped(row.reason)] if row.reason else []),
        ended,
    )
    return "<br>".join(lines)


def told(span: Span) -> str:
    why = f"<br>{sentence(span)}" if span.change else ""
    return f"policies say {span.outcome}<br>{between(span.since, span.until)}{why}"


def sentence(what: Span | PolicyTurn) -> str:
    return wrapped(what.change.sentence.replace("`", "")) if what.change else ""


def between(since: datetime, until: datetime) -> str:
    return f"{clock(since)} to {clock(until)}"


def stamp(moment: datetime) -> str:
    """Without a zone: plotly.js would show another one than the page."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"


def length(what: Span | Sight) -> float:
    return (what.until - what.since).total_seconds() * 1000


def layout(timeline: Timeline, at: datetime | None) -> dict[str, Any]:
    lanes = timeline.lanes
    axis = {"fixedrange": True, "zeroline": False, "ticks": ""}
    return {
        "height": HEAD + FOOT + ROW * (len(lanes) + 1),
        "margin": {"t": HEAD, "r": 8, "b": FOOT, "l": 8},
        "font": {"size": 12},
        "hoverlabel": {"align": "left"},
        "hovermode": "closest",
        "showlegend": False,
        "barmode": "overlay",
        "xaxis": {
            **axis,
            "type": "date",
            "range": [stamp(timeline.window.since), stamp(timeline.window.until)],
            "tickformat": "%H:%M\n%b %-d",
        },
        "yaxis": {
            **axis,
            "range": [len(lanes) + 0.5, -0.5],
            "showticklabels": False,
            "showgrid": False,
        },
        "shapes": [
            {
                "type": "line",
                "x0": stamp(moment),
                "x1": stamp(moment),
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"width": 2, "dash": "dot"},
            }
            for moment in ([at] if at else [])
        ],
    }
