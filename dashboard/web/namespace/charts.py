"""A swimlane for each flow: what policies said over time, and below it what probes saw.

Everywhere a click leads somewhere: a bar and the ground between the lanes to the last change before
that moment, so bars are cut at the changes; what is marked to the difference around the mark.
A figure of thousands of spans is written as it is sent: plotly would look at each of them again.
What they lead to and say is sent once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dashboard.times.moment import format_time
from dashboard.web.layout.chart_text import ChartTexts, escape_markup, wrap_text
from dashboard.web.namespace.lanes import IncidentSpan
from dashboard.web.namespace.sections import SnapshotSection
from dashboard.web.namespace.timeline import Timeline
from dashboard.web.namespace.timeline_spans import (
    BAR,
    SEEN,
    DrawnChange,
    cut_span,
    draw_ground,
    draw_observations,
    draw_predictions,
    format_stamp,
    number_sections,
)
from netpol.model import Outcome

ROW = 38
HEAD, FOOT = 8, 36
LABEL = -0.3
"""Where in a lane its name stands, as a part of its height."""
NEUTRAL, FAINT = "var(--change)", "var(--change-line)"
WARNING = "var(--incident)"
NEAR = 8
"""Pixels around a mark within which it is pointed at."""
ON_THE_LINE = 250
"""Of a window's width the part by which the ground of a change begins before its line."""


def draw_swimlanes(timeline: Timeline, at: datetime | None) -> dict[str, Any]:
    """Its points have as their `customdata` the numbers of the texts in the layout's `meta`: of the
    address that a click leads to, and of the lines that are shown.
    """
    texts = ChartTexts()
    sections = number_sections(timeline.sections, texts)
    lanes = list(enumerate(timeline.lanes, 1))
    width = timeline.window.until - timeline.window.since
    spans = [
        (row, piece)
        for row, lane in lanes
        for span in lane.spans
        for piece in cut_span(span, sections, texts)
    ]
    sights = [(row, sight) for row, lane in lanes for sight in lane.sights]
    troubles = [
        (row, each)
        for row, lane in lanes
        for each in lane.troubles
        if timeline.window.holds(each.row.opened_at)
    ]
    traces = [
        draw_ground(sections, len(lanes), width / ON_THE_LINE),
        draw_changes([each for each in sections if each.section.change], len(lanes)),
        draw_names(timeline),
        *(draw_predictions(spans, outcome, width) for outcome in Outcome),
        *(trace for outcome in SEEN for trace in draw_observations(sights, outcome, width, texts)),
        draw_incidents(troubles, texts),
    ]
    return {"data": traces, "layout": build_layout(timeline, at) | {"meta": texts.all_texts}}


def draw_names(timeline: Timeline) -> dict[str, Any]:
    """Above their lanes, not beside them: on a phone there is no room."""
    shown = ["Changes", *(escape_markup(lane.flow.name) for lane in timeline.lanes)]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [format_stamp(timeline.window.since)] * len(shown),
        "y": [row + LABEL for row in range(len(shown))],
        "text": shown,
        "textposition": "middle right",
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def draw_changes(known: Sequence[DrawnChange], lanes: int) -> dict[str, Any]:
    """A line through all lanes, with a mark on top that tells what changed."""
    symbols = [choose_symbol(each.section) for each in known]
    return {
        "type": "scatter",
        "name": "changes",
        "mode": "lines+markers",
        "x": [
            when
            for each in known
            for when in (format_stamp(each.since), format_stamp(each.since), None)
        ],
        "y": [BAR, lanes + 0.5, None] * len(known),
        "line": {"color": FAINT, "width": 1},
        "marker": {
            "symbol": [each for each in symbols for _ in range(3)],
            "size": [11, 0, 0] * len(known),
            "color": NEUTRAL,
            "opacity": 1,
        },
        "hoverinfo": "text",
        "customdata": [(each.address, each.lines[-1]) for each in known for _ in range(3)],
    }


def choose_symbol(section: SnapshotSection) -> str:
    is_of_policies = section.change is not None and section.change.policies
    return "triangle-down" if is_of_policies else "triangle-down-open"


def draw_incidents(
    troubles: Sequence[tuple[int, IncidentSpan]], texts: ChartTexts
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": "an incident began",
        "mode": "markers",
        "x": [format_stamp(each.row.opened_at) for _, each in troubles],
        "y": [row + BAR for row, _ in troubles],
        "marker": {
            "symbol": "x",
            "size": 11,
            "color": WARNING,
            "line": {"color": "var(--incident-edge)", "width": 1},
        },
        "hoverinfo": "text",
        "customdata": [
            texts.number_point(each.address, describe_incident(each)) for _, each in troubles
        ],
    }


def describe_incident(trouble: IncidentSpan) -> str:
    row = trouble.row
    cause = escape_markup(row.get_cause_display()).lower()
    ended = f"worked again {format_time(row.closed_at)}" if row.closed_at else "not mended yet"
    lines = (
        f"{escape_markup(row.flow)} ceased to work",
        f"{format_time(row.opened_at)}, {cause}",
        *([wrap_text(row.reason)] if row.reason else []),
        ended,
    )
    return "<br>".join(lines)


def build_layout(timeline: Timeline, at: datetime | None) -> dict[str, Any]:
    lanes = timeline.lanes
    axis = {"fixedrange": True, "zeroline": False, "ticks": ""}
    return {
        "height": HEAD + FOOT + ROW * (len(lanes) + 1),
        "margin": {"t": HEAD, "r": 8, "b": FOOT, "l": 8},
        "font": {"size": 12},
        "hoverlabel": {"align": "left"},
        "hovermode": "closest",
        "hoverdistance": NEAR,
        "showlegend": False,
        "barmode": "overlay",
        "xaxis": {
            **axis,
            "type": "date",
            "range": [format_stamp(timeline.window.since), format_stamp(timeline.window.until)],
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
                "x0": format_stamp(moment),
                "x1": format_stamp(moment),
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"width": 2, "dash": "dot"},
            }
            for moment in ([at] if at else [])
        ],
    }
