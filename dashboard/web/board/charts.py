"""The class's heatmap: students by flows, below a row that shows how a finished one looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.assess.assessment_summary import AssessmentSummary
from dashboard.assess.flow_answers import FlowAnswers, FlowFit, rate_fit
from dashboard.web.board.rows import BoardRow
from dashboard.web.layout.chart_text import escape_markup, shorten_text
from dashboard.web.layout.palette import (
    FIT_COLOURS,
    FIT_INK,
    FIT_LEVELS,
    build_colorscale,
    level_range,
)
from netpol.lab import Flow

EXPECTED = "What the lab expects"
LEGIBLE = 100
"""More rows than this are drawn as a texture: thousands of letters take a browser seconds."""
TEXTURE = 3000
"""Pixels that a texture is high at most, as long as a row has three."""
LABELS = 150
"""Pixels for names, however long they are."""
LETTERS_IN_LABELS = 20
SMALL_LETTERS_IN_LABELS = 24


@dataclass(frozen=True, slots=True)
class HeatmapTile:
    fit: FlowFit
    word: str
    hint: str = ""


def draw_class_heatmap(flows: Sequence[Flow], rows: Sequence[BoardRow]) -> dict[str, Any]:
    """The colour says whether a flow is as the lab wants it, the letter what policies say; ≠ marks
    what is not as the lab wants it, ! what a probe saw otherwise.

    A texture leaves out what probes saw, which is not read for so many.
    """
    is_legible = len(rows) <= LEGIBLE and all(row.cells for row in rows)
    tiles = {EXPECTED: [HeatmapTile(FlowFit.RIGHT, flow.expected.letter) for flow in flows]}
    known: dict[AssessmentSummary, list[HeatmapTile]] = {}
    for row in rows:
        if is_legible:
            tiles[row.namespace.name] = [build_tile(cell) for cell in row.cells]
        else:
            tiles[row.namespace.name] = build_tiles(flows, row.brief, known)
    heatmap = build_heatmap(flows, gap=2 if is_legible else 0)
    traces = [heatmap, build_letters(flows, tiles)] if is_legible else [heatmap]
    figure = go.Figure(traces, build_layout(flows, rows, is_legible=is_legible))
    drawn: dict[str, Any] = figure.to_plotly_json()
    # Plotly looks at each value of a trace; these are ours, and many.
    drawn["data"][0] |= build_values(tiles, is_legible=is_legible)
    return drawn


def build_tile(cell: FlowAnswers) -> HeatmapTile:
    """The hint says what the marks leave out."""
    expects = f"<br>the lab expects: {cell.flow.expected}" if cell.is_against_lab else ""
    why = f" ({escape_markup(cell.observed.reason)})" if cell.observed.reason else ""
    seen = f"<br>a probe saw: {cell.observed.outcome}{why}"
    marks = "≠" * cell.is_against_lab + "!" * cell.is_contradicted
    return HeatmapTile(
        cell.fit, cell.predicted.letter + marks, expects + seen * cell.is_contradicted
    )


def build_tiles(
    flows: Sequence[Flow],
    brief: AssessmentSummary,
    known: dict[AssessmentSummary, list[HeatmapTile]],
) -> list[HeatmapTile]:
    """What policies say; those who are in the same state share their tiles."""
    if brief not in known:
        known[brief] = [
            HeatmapTile(fits, outcome.letter + "≠" * (fits is FlowFit.WRONG))
            for flow in flows
            for outcome in (brief.predicted[flow.name],)
            for fits in (rate_fit(flow, outcome),)
        ]
    return known[brief]


def format_label(row: BoardRow) -> str:
    """The name; in the upper half of the row where something stands below it."""
    owned = row.namespace
    name = shorten_text(owned.student_name, LETTERS_IN_LABELS)
    return f"{name}<br> " if format_small_words(row) else name


def format_small_words(row: BoardRow) -> str:
    owned = row.namespace
    login = [owned.student] if owned.called else []
    return ", ".join([*login, *["last known"] * (row.is_unreadable)])


def build_small_label(row: BoardRow) -> dict[str, Any]:
    """Beside the axis, whose labels have one size: the page's policy allows no style in a text."""
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "right",
        "y": row.namespace.name,
        "yshift": -7,
        "text": shorten_text(format_small_words(row), SMALL_LETTERS_IN_LABELS),
        "font": {"size": 10},
        "showarrow": False,
    }


def build_values(tiles: Mapping[str, list[HeatmapTile]], *, is_legible: bool) -> dict[str, Any]:
    rows = tiles.values()
    hints = {"customdata": [[tile.hint for tile in row] for row in rows]} if is_legible else {}
    return {
        "y": list(tiles),
        "z": [[FIT_LEVELS[tile.fit] for tile in row] for row in rows],
        "text": [[tile.word for tile in row] for row in rows],
    } | hints


def build_heatmap(flows: Sequence[Flow], gap: int) -> go.Heatmap:
    hint = "%{customdata}" if gap else ""
    lowest, highest = level_range(len(FIT_COLOURS))
    return go.Heatmap(
        x=[escape_markup(flow.name) for flow in flows],
        hovertemplate=f"%{{y}}<br>%{{x}}: %{{text}}{hint}<extra></extra>",
        colorscale=build_colorscale(FIT_COLOURS.values()),
        zmin=lowest,
        zmax=highest,
        showscale=False,
        xgap=gap,
        ygap=gap,
    )


def build_letters(flows: Sequence[Flow], tiles: Mapping[str, list[HeatmapTile]]) -> go.Scatter:
    """The words over the colours: a heatmap's own has an ink that is hard to read."""
    return go.Scatter(
        x=[escape_markup(flow.name) for flow in flows] * len(tiles),
        y=[name for name in tiles for _ in flows],
        text=[tile.word for row in tiles.values() for tile in row],
        mode="text",
        textfont={"color": FIT_INK, "size": 13, "weight": 700},
        hoverinfo="skip",
        cliponaxis=False,
    )


def build_layout(
    flows: Sequence[Flow], rows: Sequence[BoardRow], *, is_legible: bool
) -> dict[str, Any]:
    heads = 190
    row_height = 30 if is_legible else min(10, max(3, TEXTURE // len(rows)))
    labels = {
        "tickvals": [EXPECTED, *(row.namespace.name for row in rows)],
        "ticktext": [EXPECTED, *(format_label(row) for row in rows)],
    }
    return {
        "template": None,
        "height": heads + row_height * (len(rows) + 1) + 20,
        "margin": {"t": heads, "r": 70, "b": 20, "l": LABELS},
        "font": {"size": 12},
        "showlegend": False,
        "annotations": [
            build_small_label(row) for row in rows if is_legible and format_small_words(row)
        ],
        "xaxis": {
            "type": "category",
            "side": "top",
            "range": [-0.5, len(flows) - 0.5],
            "tickangle": -45,
            "tickvals": [escape_markup(flow.name) for flow in flows],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "ticks": "",
        },
        "yaxis": {
            "type": "category",
            "range": [len(rows) + 0.5, -0.5],
            **(labels if is_legible else {"tickvals": []}),
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "ticks": "",
        },
    }
