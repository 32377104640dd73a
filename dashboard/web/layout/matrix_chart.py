"""A namespace's matrix, source by destination and port: the three answers of each flow, or one."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.assess.flows import FlowRow
from dashboard.models import ObservedOutcome
from dashboard.web.layout.chart_text import escape_markup, wrap_text
from dashboard.web.layout.grid import FlowGrid
from dashboard.web.layout.squares import NARROW, WIDE, Square, draw_squares
from netpol.diff.assessments import AssessmentDifference
from netpol.model import Outcome


def draw_flow_matrix(grid: FlowGrid, rows: Sequence[FlowRow]) -> dict[str, Any]:
    """Colour and first word are the prediction.

    A solid outline and ≠ are against the lab, a dotted one and ! against what a probe saw.
    """
    squares = [
        Square(
            grid.places[row.flow.name],
            row.predicted,
            format_label(row),
            format_hover_text(row),
            (f"wants {row.flow.expected}", format_observation(row)),
            ("solid",) * (not row.is_met) + ("dot",) * row.is_contradicted,
        )
        for row in rows
    ]
    return draw_squares(grid, squares, WIDE)


def draw_outcome_matrix(grid: FlowGrid, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """One letter a flow: how it was at a moment."""
    squares = [
        Square(
            place,
            outcomes[flow],
            outcomes[flow].letter,
            f"{escape_markup(flow)}: {outcomes[flow]}",
        )
        for flow, place in grid.places.items()
        if flow in outcomes
    ]
    return draw_squares(grid, squares, NARROW)


def draw_change_matrix(grid: FlowGrid, difference: AssessmentDifference) -> dict[str, Any]:
    """A plus where a flow opened, a minus where one closed."""
    signs = (
        ("+", Outcome.ALLOW, difference.opened),
        ("\N{MINUS SIGN}", Outcome.DENY, difference.closed),
        ("?", Outcome.UNKNOWN, difference.unclear),
    )
    squares = [
        Square(
            grid.places[change.flow],
            outcome,
            sign,
            f"{escape_markup(change.flow)}: {change.before} → {change.after}"
            f"<br>{wrap_text(change.sentence)}",
        )
        for sign, outcome, changes in signs
        for change in changes
        if change.flow in grid.places
    ]
    squares += [
        Square(grid.places[flow], None, "=", f"{escape_markup(flow)}: unchanged")
        for flow in difference.unchanged
        if flow in grid.places
    ]
    return draw_squares(grid, squares, NARROW)


def format_label(row: FlowRow) -> str:
    marks = "≠" * (not row.is_met) + "!" * row.is_contradicted
    return f"{row.predicted.upper()} {marks}".rstrip()


def format_observation(row: FlowRow) -> str:
    if row.observed.outcome is ObservedOutcome.UNKNOWN:
        return "not observed"
    return f"seen {row.observed.outcome}"


def format_hover_text(row: FlowRow) -> str:
    return "<br>".join(
        (
            escape_markup(row.flow.name),
            f"expected: {row.flow.expected}",
            f"predicted: {row.predicted}",
            f"observed: {row.observed.outcome}",
            *map(wrap_text, row.diagnosis.obstacles),
            wrap_text(row.explanation),
            *map(wrap_text, row.diagnosis.meanings),
        )
    )
