"""Allowed flows by source, the lab's own second chart."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from dashboard.web.layout.chart_text import plain
from dashboard.web.layout.palette import COLOURS
from netpol.model import Outcome

NEUTRAL = "#8b96a2"
"""No answer of its own: what the other bar is held against."""


def by_source(
    before: tuple[str, Mapping[str, int]], after: tuple[str, Mapping[str, int]]
) -> dict[str, Any]:
    """Two bars for each source, each kind of bar with its name; sources from top to bottom."""
    sources = list(after[1])
    bars = [
        go.Bar(
            name=plain(name),
            y=[plain(source) for source in sources],
            x=[counts.get(source, 0) for source in sources],
            text=[str(counts.get(source, 0)) for source in sources],
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            marker={"color": colour},
            hovertemplate="%{y}: %{x} allowed<extra></extra>",
        )
        for (name, counts), colour in ((before, NEUTRAL), (after, COLOURS[Outcome.ALLOW]))
    ]
    most = max([1, *before[1].values(), *after[1].values()])
    figure = go.Figure(bars, layout(len(sources), most))
    drawn: dict[str, Any] = figure.to_plotly_json()
    return drawn


def layout(sources: int, most: int) -> dict[str, Any]:
    return {
        "height": 70 + 52 * sources,
        "margin": {"t": 34, "r": 24, "b": 28, "l": 104},
        "font": {"size": 12},
        "barmode": "group",
        "bargap": 0.3,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {
            "fixedrange": True,
            "range": [0, most * 1.12],
            "dtick": max(1, most // 5),
            "ticks": "",
        },
        "yaxis": {
            "automargin": True,
            "type": "category",
            "fixedrange": True,
            "autorange": "reversed",
            "ticks": "",
            "showgrid": False,
        },
    }
