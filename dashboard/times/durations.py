"""How long something took: in words, and in the median. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

MINUTE = timedelta(minutes=1)
UNITS = (
    ((86400, "d"), (3600, "h")),
    ((3600, "h"), (60, "min")),
    ((60, "min"), (1, "s")),
)


def format_duration(span: timedelta) -> str:
    """The two biggest units: `3 min 20 s`."""
    seconds = int(span.total_seconds())
    for (size, unit), (smaller, part) in UNITS:
        if seconds >= size:
            rest = seconds % size // smaller
            return (
                f"{seconds // size} {unit} {rest} {part}" if rest else f"{seconds // size} {unit}"
            )
    return f"{seconds} s"


def format_minutes(span: timedelta) -> str:
    """The same of what nobody knows to the second: `1 h 20 min`."""
    rounded = round(span / MINUTE) * MINUTE
    return format_duration(rounded) if rounded else "less than a minute"


def median_duration(seconds: Sequence[float]) -> timedelta | None:
    """The median to the second; `None` of nothing."""
    return timedelta(seconds=round(median(seconds))) if seconds else None
