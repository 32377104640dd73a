"""How a flow fared lately: the intervals of each method's looks, as bars to draw."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dashboard.models import Namespace, Observation, ObservedOutcome

SPAN = timedelta(hours=3)
WIDTH = 360
"""Units of a bar's own: half a minute each."""
LEAST = 1.5
"""Units: what lasted shorter would not be seen."""
MOST = 60
"""Intervals that are drawn of one bar."""
WORDS = {
    ObservedOutcome.REACHED: "reached",
    ObservedOutcome.BLOCKED: "blocked",
    ObservedOutcome.UNKNOWN: "not told",
}
HEIGHTS = {
    ObservedOutcome.REACHED: 10,
    ObservedOutcome.BLOCKED: 5,
    ObservedOutcome.UNKNOWN: 2,
}
"""Tall, half and flat, so that they can be told apart without colour."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle; `since` and `until` are when the looks that it stands for began and ended."""

    x: float
    width: float
    outcome: ObservedOutcome
    since: datetime
    until: datetime
    reason: str

    @property
    def height(self) -> int:
        return HEIGHTS[self.outcome]

    @property
    def y(self) -> int:
        return 10 - self.height


@dataclass(frozen=True, slots=True)
class Bar:
    """What one method saw from one vantage."""

    method: str
    vantage: str
    pieces: tuple[Piece, ...] = field(repr=False)

    @property
    def shares(self) -> str:
        """Of the time in which somebody looked: how much was seen reached, blocked, or not told."""
        lasted = {outcome: timedelta() for outcome in ObservedOutcome}
        for piece in self.pieces:
            lasted[piece.outcome] += max(piece.until - piece.since, timedelta(seconds=1))
        whole = sum(lasted.values(), timedelta())
        parts = {outcome: round(100 * (each / whole)) for outcome, each in lasted.items()}
        return ", ".join(f"{part} % {WORDS[outcome]}" for outcome, part in parts.items() if part)


Bars = Mapping[str, Mapping[tuple[str, str], Bar]]
"""By flow, then by method and vantage."""


def uptime(namespace: Namespace, until: datetime) -> Bars:
    """Of the last hours, in one query."""
    rows = Observation.objects.filter(
        namespace=namespace, last_seen__gte=until - SPAN, first_seen__lte=until
    ).order_by("-first_seen")
    looks: dict[str, dict[tuple[str, str], list[Observation]]] = {}
    for row in rows:
        methods = looks.setdefault(row.flow, {})
        methods.setdefault((row.method, row.vantage), []).append(row)
    return {
        flow: {key: Bar(*key, tuple(_pieces(rows, until))) for key, rows in methods.items()}
        for flow, methods in looks.items()
    }


def _pieces(rows: Iterable[Observation], until: datetime) -> list[Piece]:
    newest = list(rows)[:MOST]
    return [_piece(row, until) for row in reversed(newest)]


def _piece(row: Observation, until: datetime) -> Piece:
    begin = until - SPAN
    since, last = max(row.first_seen, begin), min(row.last_seen, until)
    left = WIDTH * ((since - begin) / SPAN)
    width = max(WIDTH * ((last - since) / SPAN), LEAST)
    return Piece(
        round(min(left, WIDTH - LEAST), 1),
        round(width, 1),
        ObservedOutcome(row.outcome),
        since,
        last,
        row.reason,
    )
