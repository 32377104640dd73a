"""Points as a rubric spreads them: how many were earned, and how many could be judged at all.

A criterion's points are spread evenly over its items. What cannot be judged takes its share out of
the points that count: nobody loses a point to what nobody saw.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from dashboard.web.reports.item import Item, State
from netpol.lab import Criterion


def number(value: Fraction) -> str:
    """As people write points: with a decimal where there is one."""
    return f"{float(value):.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many points; `judged` of them could be told."""

    earned: Fraction
    judged: Fraction
    of: int

    @property
    def is_whole(self) -> bool:
        return self.judged == self.of


def together(shares: Iterable[Share]) -> Share:
    listed = list(shares)
    return Share(
        sum((each.earned for each in listed), Fraction()),
        sum((each.judged for each in listed), Fraction()),
        sum(each.of for each in listed),
    )


@dataclass(frozen=True, slots=True)
class Scored:
    """A criterion and what it came to, by these items."""

    criterion: Criterion
    items: tuple[Item, ...]

    @property
    def share(self) -> Share:
        each = Fraction(self.criterion.points, len(self.items))
        holds = sum(item.state.is_met for item in self.items)
        judged = sum(item.state.is_judged for item in self.items)
        return Share(each * holds, each * judged, self.criterion.points)

    def in_state(self, *states: State) -> list[Item]:
        return [item for item in self.items if item.state in states]

    @property
    def held(self) -> list[Item]:
        return self.in_state(State.HOLDS, State.DONE)

    @property
    def failed(self) -> list[Item]:
        return self.in_state(State.FAILS)

    @property
    def unjudged(self) -> list[Item]:
        return self.in_state(State.UNKNOWN, State.NOT_CHECKED)


@dataclass(frozen=True, slots=True)
class ScoredArea:
    name: str
    criteria: tuple[Scored, ...]

    @property
    def share(self) -> Share:
        return together(scored.share for scored in self.criteria)


@dataclass(frozen=True, slots=True)
class Points:
    areas: tuple[ScoredArea, ...]

    @property
    def share(self) -> Share:
        """Of a hundred."""
        return together(area.share for area in self.areas)
