"""What is drawn of a comparison: matrices, and what each source may reach."""

from dashboard.assess.comparison import Comparison
from dashboard.web.compare.page import ComparisonCharts
from dashboard.web.layout.by_source import count_allowed_flows, draw_by_source
from dashboard.web.layout.grid import build_grid
from dashboard.web.layout.matrix_chart import draw_change_matrix, draw_outcome_matrix
from netpol.lab import Lab


def draw_comparison(lab: Lab, comparison: Comparison) -> ComparisonCharts:
    grid, before, after = build_grid(lab), comparison.before, comparison.after
    old = count_allowed_flows(lab, before.assessment)
    new = count_allowed_flows(lab, after.assessment)
    return ComparisonCharts(
        matrices=[
            ("before", "Before", draw_outcome_matrix(grid, before.outcomes)),
            ("after", "After", draw_outcome_matrix(grid, after.outcomes)),
            ("change", "Change", draw_change_matrix(grid, comparison.difference)),
        ],
        by_source=draw_by_source(("before", old), ("after", new)),
        counts=[(source, old[source], new[source]) for source in old],
    )
