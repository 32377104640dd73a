"""The meaning of colour: may the traffic pass? The two main colours are the lab's own.

Where a whole class is drawn, one looks for what is wrong: there, with other colours, it is whether
a flow is as the lab wants it.
"""

from collections.abc import Iterable

from dashboard.assess.flow_answers import Fit
from netpol.model import Outcome

COLOURS = {
    Outcome.ALLOW: "#2a9d8f",
    Outcome.DENY: "#d62828",
    Outcome.PARTIAL: "#e9c46a",
    Outcome.UNKNOWN: "#a9b1ba",
}
INKS = {
    Outcome.ALLOW: "#04211d",
    Outcome.DENY: "#ffffff",
    Outcome.PARTIAL: "#1c2733",
    Outcome.UNKNOWN: "#11161c",
    None: "#7d8894",
}
"""What can be read on each of the colours, and on the page, light or dark."""

LEVELS = {outcome: level for level, outcome in enumerate(COLOURS)}
"""The number that stands for an outcome in a heatmap."""

LETTERS = {
    Outcome.ALLOW: "A",
    Outcome.DENY: "D",
    Outcome.PARTIAL: "P",
    Outcome.UNKNOWN: "?",
}


FITS = {Fit.RIGHT: "#7fa8c9", Fit.WRONG: "#e8871e", Fit.UNKNOWN: "#a9b1ba"}
FIT_INK = "#11161c"
"""What can be read on each of them."""
FIT_LEVELS = {fit: level for level, fit in enumerate(FITS)}


def colorscale(colours: Iterable[str] = COLOURS.values()) -> list[tuple[float, str]]:
    """Plotly's scales are gradients: both ends of each value's share get its colour."""
    listed = list(colours)
    return [
        (edge / len(listed), colour)
        for level, colour in enumerate(listed)
        for edge in (level, level + 1)
    ]


def level_range(levels: int) -> tuple[float, float]:
    """`zmin` and `zmax`, with each level in the middle of its share."""
    return -0.5, levels - 0.5


LEVEL_RANGE = level_range(len(COLOURS))
