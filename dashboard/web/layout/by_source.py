"""How many flows of the lab's report each source may open: the lab's own second chart."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from dashboard.web.layout.chart_text import escape_markup
from dashboard.web.layout.palette import COLOURS, COMPARISON
from netpol.assess import Assessment
from netpol.diff.assessments import count_allowed_by_source
from netpol.lab import Lab
from netpol.model import Outcome


def count_allowed_flows(lab: Lab, assessment: Assessment) -> dict[str, int]:
    return _title_sources(lab, count_allowed_by_source(lab, assessment))


def count_expected_flows(lab: Lab) -> dict[str, int]:
    wanted = Counter(flow.source for flow in lab.reported_flows if flow.expected is Outcome.ALLOW)
    return _title_sources(lab, {flow.source: wanted[flow.source] for flow in lab.reported_flows})


def _title_sources(lab: Lab, counts: Mapping[str, int]) -> dict[str, int]:
    return {lab.find_entity(source).title: count for source, count in counts.items()}


def draw_by_source(
    before: tuple[str, Mapping[str, int]], after: tuple[str, Mapping[str, int]]
) -> dict[str, Any]:
    """Two bars for each source, each kind of bar with its name; sources from top to bottom."""
    sources = list(after[1])
    bars = [
        go.Bar(
            name=escape_markup(name),
            y=[escape_markup(source) for source in sources],
            x=[counts.get(source, 0) for source in sources],
            text=[str(counts.get(source, 0)) for source in sources],
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            marker={"color": colour},
            hovertemplate="%{y}: %{x} allowed<extra></extra>",
        )
        for (name, counts), colour in ((before, COMPARISON), (after, COLOURS[Outcome.ALLOW]))
    ]
    most = max([1, *before[1].values(), *after[1].values()])
    figure = go.Figure(bars, build_layout(len(sources), most))
    drawn: dict[str, Any] = figure.to_plotly_json()
    return drawn


def build_layout(sources: int, most: int) -> dict[str, Any]:
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
