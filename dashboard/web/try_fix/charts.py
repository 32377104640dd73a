"""The matrices of a tried draft: what would be, and what that changes."""

from typing import Any

from dashboard.web.layout.grid import build_grid
from dashboard.web.layout.matrix_chart import draw_change_matrix, draw_outcome_matrix
from dashboard.web.try_fix.page import TITLE, DraftOutcome
from netpol.lab import Lab


def draw_matrices(
    lab: Lab, outcome: DraftOutcome, *, is_past: bool
) -> list[tuple[str, str, dict[str, Any]]]:
    """A key, a title and a figure for each."""
    grid, comparison = build_grid(lab), outcome.comparison
    change = "Change from then" if is_past else "Change from now"
    return [
        ("after", TITLE, draw_outcome_matrix(grid, comparison.after.outcomes)),
        ("change", change, draw_change_matrix(grid, comparison.difference)),
    ]
