"""The one meaning of colour: may the traffic pass? The two main colours are the lab's own."""

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


def colorscale() -> list[tuple[float, str]]:
    """Plotly's scales are gradients: both ends of each outcome's share get its colour."""
    count = len(COLOURS)
    return [
        (edge / count, colour)
        for level, colour in enumerate(COLOURS.values())
        for edge in (level, level + 1)
    ]


LEVEL_RANGE = (-0.5, len(COLOURS) - 0.5)
"""`zmin` and `zmax`, with each level in the middle of its share."""
