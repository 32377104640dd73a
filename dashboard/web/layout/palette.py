"""The colours of static/layout/colours.css, as figures name them: charts.js looks them up there.

Colour says whether traffic may pass. Where a whole class is drawn, readers look for what is wrong:
there, in other colours, it says whether a flow is as the lab wants it.
"""

from collections.abc import Iterable

from dashboard.assess.flow_answers import FlowFit
from netpol.model import Outcome

COLOURS = {outcome: f"var(--{outcome})" for outcome in Outcome}
INKS = {outcome: f"var(--{outcome}-ink)" for outcome in Outcome} | {None: "var(--faint)"}
"""What can be read on each of the colours, and on the page."""
LEVELS = {outcome: level for level, outcome in enumerate(COLOURS)}
"""The number that stands for an outcome in a heatmap."""

FIT_COLOURS = {fit: f"var(--{fit})" for fit in FlowFit}
FIT_INK = "var(--fit-ink)"
FIT_LEVELS = {fit: level for level, fit in enumerate(FIT_COLOURS)}

CURVES = tuple(f"var(--curve-{number})" for number in range(1, 8))
COMPARISON = "var(--comparison)"
"""Of what a bar is compared with."""


def build_colorscale(colours: Iterable[str] = COLOURS.values()) -> list[tuple[float, str]]:
    """Plotly's scales are gradients: both ends of each value's share get its colour."""
    listed = list(colours)
    return [
        (edge / len(listed), colour)
        for level, colour in enumerate(listed)
        for edge in (level, level + 1)
    ]


def level_range(levels: int = len(COLOURS)) -> tuple[float, float]:
    """`zmin` and `zmax`, with each level in the middle of its share."""
    return -0.5, levels - 0.5
