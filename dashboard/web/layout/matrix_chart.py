"""A namespace's matrix, source by destination and port: the three answers of each flow, or one."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.assess.flows import FlowRow
from dashboard.models import ObservedOutcome
from dashboard.web.layout.chart_text import plain, wrapped
from dashboard.web.layout.grid import Grid
from dashboard.web.layout.palette import LETTERS
from dashboard.web.layout.squares import NARROW, WIDE, Square, draw
from netpol.diff.assessments import AssessmentDifference
from netpol.model import Outcome


def flow_matrix(grid: Grid, rows: Sequence[FlowRow]) -> dict[str, Any]:
    """Colour and first word are the prediction.

    A solid outline and ≠ are against the lab, a dotted one and ! against what a probe saw.
    """
    squares = [
        Square(
            grid.places[row.flow.name],
            row.predicted,
            label(row),
            hint(row),
            (f"wants {row.flow.expected}", seen(row)),
            ("solid",) * (not row.met) + ("dot",) * row.contradicted,
        )
        for row in rows
    ]
    return draw(grid, squares, WIDE)


def outcome_matrix(grid: Grid, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """One letter a flow: how it was at a moment."""
    squares = [
        Square(place, outcomes[flow], LETTERS[outcomes[flow]], f"{plain(flow)}: {outcomes[flow]}")
        for flow, place in grid.places.items()
        if flow in outcomes
    ]
    return draw(grid, squares, NARROW)


def change_matrix(grid: Grid, difference: AssessmentDifference) -> dict[str, Any]:
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
            f"{plain(change.flow)}: {change.before} → {change.after}<br>{wrapped(change.sentence)}",
        )
        for sign, outcome, changes in signs
        for change in changes
        if change.flow in grid.places
    ]
    squares += [
        Square(grid.places[flow], None, "=", f"{plain(flow)}: unchanged")
        for flow in difference.unchanged
        if flow in grid.places
    ]
    return draw(grid, squares, NARROW)


def label(row: FlowRow) -> str:
    marks = "≠" * (not row.met) + "!" * row.contradicted
    return f"{row.predicted.upper()} {marks}".rstrip()


def seen(row: FlowRow) -> str:
    if row.observed.outcome is ObservedOutcome.UNKNOWN:
        return "not observed"
    return f"seen {row.observed.outcome}"


def hint(row: FlowRow) -> str:
    return "<br>".join(
        (
            plain(row.flow.name),
            f"expected: {row.flow.expected}",
            f"predicted: {row.predicted}",
            f"observed: {row.observed.outcome}",
            *map(wrapped, row.diagnosis.trouble),
            wrapped(row.explanation),
            *map(wrapped, row.diagnosis.meaning),
        )
    )
