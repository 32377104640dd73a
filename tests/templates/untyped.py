"""What is left to do: these lists only shrink."""

UNTYPED: frozenset[str] = frozenset()
"""Templates that no page with a class shows, or in which something has no type."""
LONG = frozenset(
    (
        # layout
        "layout/_steps.html",
    )
)
"""Templates with a line of more than 160 columns."""
