"""Two runs of a class: where everybody was, and how fast they went.

Which run it is is no matter of traffic, so neither has a colour of it; ink and dashes tell them
apart as well.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.web.layout.chart_text import wrap_text
from dashboard.web.runs.comparison import ClassComparison
from dashboard.web.runs.pace import RunPace
from netpol.lab import Step

SIDES = (("A", "var(--comparison)", "solid"), ("B", "var(--second-run)", "dash"))
"""What both are called, with a colour to be seen on light and dark, and a line."""
POINTS = 240
"""A line has no more of them: a screen shows no more."""
COLUMNS = 3
UNITS = (
    (timedelta(hours=10), "min", timedelta(minutes=1)),
    (timedelta(days=3), "h", timedelta(hours=1)),
)
DAYS = ("d", timedelta(days=1))


def draw_step_bars(classes: ClassComparison) -> dict[str, Any]:
    """Two bars for each step, as shares of the class then and now; the numbers stand at them."""
    names = [wrap_text(stage.title, 34) for stage in classes.stages]
    sizes = classes.readable_before, classes.readable_after
    counts = [stage.before for stage in classes.stages], [stage.after for stage in classes.stages]
    bars = [
        go.Bar(
            name=f"{side} ({size})",
            y=names,
            x=[_compute_percent(number, size) for number in numbers],
            text=[str(number) for number in numbers],
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            marker={"color": colour, "pattern": {"shape": "" if dash == "solid" else "/"}},
            hovertemplate=f"{side}: %{{text}} of {size}, %{{y}}<extra></extra>",
        )
        for (side, colour, dash), size, numbers in zip(SIDES, sizes, counts, strict=True)
    ]
    figure = go.Figure(bars, _build_bars_layout(len(names)))
    drawn: dict[str, Any] = figure.to_plotly_json()
    return drawn


def _compute_percent(number: int, size: int) -> float:
    return round(100 * number / size, 1) if size else 0


def _build_bars_layout(stages: int) -> dict[str, Any]:
    return {
        "height": 80 + 46 * stages,
        "margin": {"t": 34, "r": 30, "b": 34, "l": 104},
        "font": {"size": 12},
        "barmode": "group",
        "bargap": 0.28,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {
            "fixedrange": True,
            "range": [0, 108],
            "ticksuffix": " %",
            "dtick": 50,
            "tickangle": 0,
        },
        "yaxis": {
            "automargin": True,
            "type": "category",
            "fixedrange": True,
            "autorange": "reversed",
            "showgrid": False,
            "ticks": "",
        },
    }


def draw_pace_lines(steps: Sequence[Step], paces: Sequence[RunPace]) -> dict[str, Any]:
    """A small chart for each step, all on the same axes: who had reached it by when, in percent."""
    longest = max([pace.length for pace in paces], default=timedelta())
    unit, size = _choose_unit(longest)
    rows = ceil(len(steps) / COLUMNS)
    figure = make_subplots(
        rows=rows,
        cols=COLUMNS,
        shared_xaxes="all",
        shared_yaxes="all",
        subplot_titles=[wrap_text(f"{step.part}: {step.title}", 34) for step in steps],
        vertical_spacing=0.28 / rows,
        horizontal_spacing=0.04,
    )
    for number, step in enumerate(steps):
        for pace, (side, colour, dash) in zip(paces, SIDES, strict=False):
            line = go.Scatter(
                name=f"{side} ({pace.students})",
                legendgroup=side,
                showlegend=number == 0,
                line={"color": colour, "dash": dash, "width": 2.5, "shape": "hv"},
                mode="lines",
                hovertemplate=f"{side}: %{{y}} % after %{{x}} {unit}<extra></extra>",
                **_place_points(pace, step, size),
            )
            figure.add_trace(line, row=number // COLUMNS + 1, col=number % COLUMNS + 1)
    figure.update_xaxes(
        range=[0, max(longest / size, 1)],
        fixedrange=True,
        ticksuffix=f" {unit}",
        tickangle=0,
        nticks=5,
    )
    figure.update_yaxes(range=[0, 104], fixedrange=True, ticksuffix=" %", dtick=50)
    figure.update_annotations(font_size=12)
    figure.update_layout(
        height=70 + 190 * rows,
        margin={"t": 80, "r": 16, "b": 30, "l": 50},
        font={"size": 12},
        legend={"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top"},
    )
    drawn: dict[str, Any] = figure.to_plotly_json()
    return drawn


def _choose_unit(longest: timedelta) -> tuple[str, timedelta]:
    return next(((unit, size) for most, unit, size in UNITS if longest <= most), DAYS)


def _place_points(pace: RunPace, step: Step, size: timedelta) -> dict[str, list[float]]:
    """Where the share rises, to the next of `POINTS` moments, so that nobody is early."""
    grain = max(pace.length / POINTS, timedelta(seconds=1))
    rises = Counter(ceil(time / grain) for time in pace.reached[step.key])
    x, y, share = [0.0], [0.0], 0
    for moment, number in sorted(rises.items()):
        share += number
        x.append(round(min(moment * grain, pace.length) / size, 2))
        y.append(_compute_percent(share, pace.students))
    return {"x": [*x, round(pace.length / size, 2)], "y": [*y, y[-1]]}
