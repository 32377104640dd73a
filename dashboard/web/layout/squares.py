"""Coloured squares with words in them: what every matrix of flows is drawn with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.web.layout.chart_text import escape_markup
from dashboard.web.layout.grid import FlowGrid
from dashboard.web.layout.palette import INKS, LEVELS, build_colorscale, level_range
from netpol.model import Outcome


@dataclass(frozen=True, slots=True)
class CellSize:
    """Pixels for a row and for the heads of the columns, and how these are written."""

    row: int
    heads: int
    angle: int
    break_at: str


WIDE = CellSize(row=68, heads=48, angle=0, break_at="<br>")
NARROW = CellSize(row=40, heads=118, angle=-90, break_at=":")


@dataclass(frozen=True, slots=True)
class Square:
    """A flow's cell: `word` on the colour of `outcome`, small `details` below it, `hint` on hover.

    Without an `outcome` it has no colour.
    """

    place: tuple[int, int]
    outcome: Outcome | None
    word: str
    hint: str
    details: tuple[str, ...] = ()
    outlines: tuple[str, ...] = ()


def draw_squares(grid: FlowGrid, squares: Sequence[Square], size: CellSize) -> dict[str, Any]:
    traces = [
        build_heatmap(grid, squares),
        build_texts(squares, [square.word for square in squares], size=14, weight=700),
    ]
    if any(square.details for square in squares):
        traces[1].update(y=[square.place[0] - 0.22 for square in squares])
        details = ["<br>".join(square.details) for square in squares]
        traces.append(build_texts(squares, details, size=11, weight=400))
        traces[2].update(y=[square.place[0] + 0.16 for square in squares])
    figure = go.Figure(traces, build_layout(grid, squares, size))
    drawn: dict[str, Any] = figure.to_plotly_json()
    return drawn


def build_heatmap(grid: FlowGrid, squares: Sequence[Square]) -> go.Heatmap:
    columns = range(len(grid.columns))
    at = {square.place: square for square in squares}
    cells = [[at.get((row, column)) for column in columns] for row in range(len(grid.sources))]
    return go.Heatmap(
        z=[
            [LEVELS[cell.outcome] if cell and cell.outcome else None for cell in row]
            for row in cells
        ],
        hovertext=[[cell.hint if cell else "" for cell in row] for row in cells],
        hoverinfo="text",
        hoverongaps=False,
        colorscale=build_colorscale(),
        zmin=level_range()[0],
        zmax=level_range()[1],
        showscale=False,
        xgap=3,
        ygap=3,
    )


def build_texts(
    squares: Sequence[Square], texts: Sequence[str], size: int, weight: int
) -> go.Scatter:
    """Text over the colours: a heatmap's own has one size, and ink that is hard to read on teal."""
    return go.Scatter(
        x=[square.place[1] for square in squares],
        y=[square.place[0] for square in squares],
        text=texts,
        mode="text",
        textfont={
            "color": [INKS[square.outcome] for square in squares],
            "size": size,
            "weight": weight,
        },
        hoverinfo="skip",
        cliponaxis=False,
    )


def build_layout(grid: FlowGrid, squares: Sequence[Square], size: CellSize) -> dict[str, Any]:
    axis = {
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "ticks": "",
        "zeroline": False,
    }
    return {
        "height": size.heads + size.row * len(grid.sources) + 8,
        "margin": {"t": size.heads, "r": 4, "b": 8, "l": 104},
        "font": {"size": 12},
        "hoverlabel": {"align": "left"},
        "showlegend": False,
        "xaxis": {
            **axis,
            "side": "top",
            "tickangle": size.angle,
            "range": [-0.5, len(grid.columns) - 0.5],
            "tickvals": list(range(len(grid.columns))),
            "ticktext": [
                escape_markup(str(target)).replace(":", size.break_at) for target in grid.columns
            ],
        },
        "yaxis": {
            **axis,
            "range": [len(grid.sources) - 0.5, -0.5],
            "tickvals": list(range(len(grid.sources))),
            "ticktext": [escape_markup(source) for source in grid.sources],
        },
        "shapes": [build_outline(square, dash) for square in squares for dash in square.outlines],
    }


def build_outline(square: Square, dash: str) -> dict[str, Any]:
    """Its colour is the page's ink."""
    row, column = square.place
    reach = 0.47 if dash == "solid" else 0.44
    return {
        "type": "rect",
        "x0": column - reach,
        "x1": column + reach,
        "y0": row - reach,
        "y1": row + reach,
        "line": {"width": 3 if dash == "solid" else 2, "dash": dash},
    }
