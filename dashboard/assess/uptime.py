"""How a flow fared lately: each method's observations as a bar to draw. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dashboard.models import Observation, ObservedOutcome

SPAN = timedelta(hours=3)
WIDTH = 360
"""Units of a bar's own: half a minute each."""
LEAST_WIDTH = 1.5
"""Units: what lasted shorter would not be seen."""
MOST_DRAWN = 60
"""Observations that are drawn in one bar."""
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
class UptimeBar:
    """What one method saw from one vantage in the hours before `until`, oldest first."""

    method: str
    vantage: str
    observations: tuple[Observation, ...] = field(repr=False)
    until: datetime

    @property
    def rectangles(self) -> list[tuple[float, float, int, Observation, str]]:
        """Of each observation where it stands, how wide and high it is, and what it says."""
        drawn = []
        begin = self.until - SPAN
        for row in self.observations:
            since, last = self._clip(row)
            left = WIDTH * ((since - begin) / SPAN)
            width = max(WIDTH * ((last - since) / SPAN), LEAST_WIDTH)
            title = f"{row.outcome}, {since:%H:%M:%S} to {last:%H:%M:%S} UTC: {row.reason}"
            x, height = min(left, WIDTH - LEAST_WIDTH), HEIGHTS[ObservedOutcome(row.outcome)]
            drawn.append((round(x, 1), round(width, 1), height, row, title))
        return drawn

    @property
    def shares(self) -> str:
        """Of the time in which somebody looked: how much was seen reached, blocked, or not told."""
        lasted = {outcome: timedelta() for outcome in ObservedOutcome}
        for row in self.observations:
            since, last = self._clip(row)
            lasted[ObservedOutcome(row.outcome)] += max(last - since, timedelta(seconds=1))
        whole = sum(lasted.values(), timedelta())
        parts = {outcome: round(100 * (each / whole)) for outcome, each in lasted.items()}
        return ", ".join(f"{part} % {WORDS[outcome]}" for outcome, part in parts.items() if part)

    def _clip(self, row: Observation) -> tuple[datetime, datetime]:
        return max(row.first_seen, self.until - SPAN), min(row.last_seen, self.until)


UptimeBars = Mapping[str, Mapping[tuple[str, str], UptimeBar]]
"""By flow, then by method and vantage."""


def build_uptime_bars(observations: Iterable[Observation], until: datetime) -> UptimeBars:
    """Of observations of the last hours, newest first."""
    rows: dict[str, dict[tuple[str, str], list[Observation]]] = {}
    for row in observations:
        methods = rows.setdefault(row.flow, {})
        methods.setdefault((row.method, row.vantage), []).append(row)
    return {
        flow: {
            key: UptimeBar(*key, tuple(newest[:MOST_DRAWN][::-1]), until)
            for key, newest in methods.items()
        }
        for flow, methods in rows.items()
    }
