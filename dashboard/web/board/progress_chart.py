"""How many of a class had reached which step, over time."""

from typing import Any

import plotly.graph_objects as go

from dashboard.web.board.progress import ClassProgress
from dashboard.web.layout.chart_text import escape_markup
from dashboard.web.layout.palette import CURVES

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
"""A line is told by its dashes and its name as well as by its colour."""


def draw_progress(progress: ClassProgress) -> dict[str, Any]:
    moments = [moment.isoformat() for moment in progress.moments]
    lines = [
        go.Scatter(
            name=escape_markup(f"{curve.step.part} {curve.step.title}"),
            x=moments,
            y=curve.counts,
            mode="lines",
            line={
                "shape": "hv",
                "width": 2,
                "color": CURVES[place % len(CURVES)],
                "dash": DASHES[place % len(DASHES)],
            },
        )
        for place, curve in enumerate(progress.curves)
    ]
    figure = go.Figure(lines, build_layout(progress))
    drawn: dict[str, Any] = figure.to_plotly_json()
    return drawn


def build_layout(progress: ClassProgress) -> dict[str, Any]:
    """With room behind the end: what was reached just then is seen too."""
    most = max(curve.counts[-1] for curve in progress.curves)
    begin, end = progress.moments[0], progress.moments[-1]
    beyond = end + (end - begin) / 50
    return {
        "height": 320,
        "margin": {"t": 10, "r": 10, "b": 36, "l": 44},
        "font": {"size": 12},
        "hovermode": "x unified",
        "legend": {"x": 1.01, "y": 1, "xanchor": "left", "yanchor": "top"},
        "xaxis": {
            "type": "date",
            "fixedrange": True,
            "hoverformat": "%H:%M:%S UTC",
            "range": [begin.isoformat(), beyond.isoformat()],
        },
        "yaxis": {
            "fixedrange": True,
            "range": [0, most * 1.08],
            "rangemode": "tozero",
            "title": {"text": "students"},
            "tickformat": "d",
        },
    }
