"""The two ends of a difference, as an address names them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class Named(StrEnum):
    """Ends that are no time of the clock."""

    NOW = "now"
    BASELINE = "baseline"
    SOLUTION = "solution"


@dataclass(frozen=True, slots=True)
class At:
    time: datetime

    def __str__(self) -> str:
        """As it stands in an address, where a `+` would turn into a blank."""
        return self.time.isoformat().replace("+00:00", "Z")


Moment = Named | At

TITLES = {
    Named.NOW: "Now",
    Named.BASELINE: "No policy at all",
    Named.SOLUTION: "The lab's solution",
}


class InvalidMoment(ValueError):  # noqa: N818  named like parse.Invalid
    """Says what was asked for and what could be."""


LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")


def moment(text: str) -> Moment:
    """Raises `InvalidMoment`."""
    try:
        return Named(text.strip().lower())
    except ValueError:
        return At(_time(text.strip()))


def title(moment: Moment) -> str:
    return f"{moment.time:%Y-%m-%d %H:%M:%S} UTC" if isinstance(moment, At) else TITLES[moment]


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(LOST_PLUS.sub("+", text).upper())
    except ValueError:
        raise InvalidMoment(_hint(text)) from None
    if time.tzinfo is None:
        raise InvalidMoment(f"{_hint(text)} Yours lacks the zone: end it with Z for UTC.")
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise InvalidMoment(_hint(text)) from None


def _hint(text: str) -> str:
    return (
        f"“{text[:80]}” is no moment: say baseline, now, solution,"
        " or a time like 2026-03-01T14:05:00Z (RFC 3339)."
    )
