"""The class's heatmap: students by flows, below a row that shows how a finished one looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.answering.answers import Answers
from dashboard.charts.palette import INKS, LETTERS, LEVEL_RANGE, LEVELS, colorscale
from dashboard.charts.text import plain
from dashboard.pages.board import Need, Row
from netpol.lab import Flow
from netpol.model import Outcome

EXPECTED = "What the lab expects"
LEGIBLE = 100
"""More rows than this are drawn as a texture: thousands of letters take a browser seconds."""


@dataclass(frozen=True, slots=True)
class Tile:
    outcome: Outcome
    word: str
    hint: str


def class_heatmap(flows: Sequence[Flow], rows: Sequence[Row]) -> dict[str, Any]:
    """Colour and letter are the prediction; ≠ is against the lab, ! against what a probe saw."""
    tiles = {EXPECTED: [Tile(flow.expected, LETTERS[flow.expected], "") for flow in flows]}
    tiles |= {row.namespace.name: [tile(cell) for cell in row.cells] for row in rows}
    legible = len(rows) <= LEGIBLE
    traces = [coloured(flows, tiles, gap=2 if legible else 1)]
    if legible:
        traces.append(written(flows, tiles))
    figure = go.Figure(traces, layout(flows, rows, row_height=26 if legible else 10))
    drawn: dict[str, Any] = figure.to_plotly_json()
    return drawn


def tile(cell: Answers) -> Tile:
    """The hint says what the marks leave out."""
    against_lab = f"<br>the lab expects: {cell.flow.expected}" if cell.against_lab else ""
    seen = f"<br>a probe saw: {cell.observed.outcome} ({plain(cell.observed.reason)})"
    marks = "≠" * cell.against_lab + "!" * cell.contradicted
    return Tile(
        cell.predicted, LETTERS[cell.predicted] + marks, against_lab + seen * cell.contradicted
    )


def named(row: Row) -> str:
    unread = row.need is Need.UNREADABLE
    return plain(row.namespace.student) + " (last known)" * unread


def coloured(flows: Sequence[Flow], tiles: Mapping[str, list[Tile]], gap: int) -> go.Heatmap:
    return go.Heatmap(
        x=[plain(flow.name) for flow in flows],
        y=list(tiles),
        z=[[LEVELS[tile.outcome] for tile in row] for row in tiles.values()],
        text=[[tile.word for tile in row] for row in tiles.values()],
        customdata=[[tile.hint for tile in row] for row in tiles.values()],
        hovertemplate="%{y}<br>%{x}: %{text}%{customdata}<extra></extra>",
        colorscale=colorscale(),
        zmin=LEVEL_RANGE[0],
        zmax=LEVEL_RANGE[1],
        showscale=False,
        xgap=gap,
        ygap=gap,
    )


def written(flows: Sequence[Flow], tiles: Mapping[str, list[Tile]]) -> go.Scatter:
    """The words over the colours: each in an ink that can be read on its own."""
    shown = [tile for row in tiles.values() for tile in row]
    return go.Scatter(
        x=[plain(flow.name) for flow in flows] * len(tiles),
        y=[name for name in tiles for _ in flows],
        text=[tile.word for tile in shown],
        mode="text",
        textfont={"color": [INKS[tile.outcome] for tile in shown], "size": 13, "weight": 700},
        hoverinfo="skip",
        cliponaxis=False,
    )


def layout(flows: Sequence[Flow], rows: Sequence[Row], row_height: int) -> dict[str, Any]:
    heads = 190
    return {
        "template": None,
        "height": heads + row_height * (len(rows) + 1) + 20,
        "margin": {"t": heads, "r": 70, "b": 20, "l": 150},
        "font": {"size": 12},
        "showlegend": False,
        "xaxis": {
            "type": "category",
            "side": "top",
            "range": [-0.5, len(flows) - 0.5],
            "tickangle": -45,
            "tickvals": [plain(flow.name) for flow in flows],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "ticks": "",
        },
        "yaxis": {
            "type": "category",
            "automargin": True,
            "range": [len(rows) + 0.5, -0.5],
            "tickvals": [EXPECTED, *(row.namespace.name for row in rows)],
            "ticktext": [EXPECTED, *(named(row) for row in rows)],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "ticks": "",
        },
    }
