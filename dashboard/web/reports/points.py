"""Points as a rubric spreads them: how many were earned, and how many could be judged at all.

A criterion's points are spread evenly over its items. What cannot be judged takes its share out of
the points that count: nobody loses a point to what nobody saw.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from dashboard.web.reports.items import ItemState, ReportItem
from netpol.lab import Criterion


def format_points(value: Fraction) -> str:
    """As people write points: with a decimal where there is one."""
    return f"{float(value):.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class PointShare:
    """So many of so many points; `judged` of them could be told."""

    earned: Fraction
    judged: Fraction
    of: int

    @property
    def is_whole(self) -> bool:
        return self.judged == self.of


def add_shares(shares: Iterable[PointShare]) -> PointShare:
    listed = list(shares)
    return PointShare(
        sum((each.earned for each in listed), Fraction()),
        sum((each.judged for each in listed), Fraction()),
        sum(each.of for each in listed),
    )


@dataclass(frozen=True, slots=True)
class ScoredCriterion:
    """A criterion and what it came to, by these items."""

    criterion: Criterion
    items: tuple[ReportItem, ...]

    @property
    def share(self) -> PointShare:
        each = Fraction(self.criterion.points, len(self.items))
        holds = sum(item.state.is_met for item in self.items)
        judged = sum(item.state.is_judged for item in self.items)
        return PointShare(each * holds, each * judged, self.criterion.points)

    def items_in(self, *states: ItemState) -> list[ReportItem]:
        return [item for item in self.items if item.state in states]

    @property
    def items_held(self) -> list[ReportItem]:
        return self.items_in(ItemState.HOLDS, ItemState.DONE)

    @property
    def items_failed(self) -> list[ReportItem]:
        return self.items_in(ItemState.FAILS)

    @property
    def items_not_judged(self) -> list[ReportItem]:
        return self.items_in(ItemState.UNKNOWN, ItemState.NOT_CHECKED)

    @property
    def not_judged_words(self) -> str:
        names, all_items = self.items_not_judged, len(self.items)
        if len(names) == all_items:
            return f"None of the {all_items} could be judged."
        titles = "; ".join(item.title for item in names)
        return f"{len(names)} of {all_items} not judged: {titles}."


@dataclass(frozen=True, slots=True)
class ScoredArea:
    name: str
    criteria: tuple[ScoredCriterion, ...]

    @property
    def share(self) -> PointShare:
        return add_shares(scored.share for scored in self.criteria)


@dataclass(frozen=True, slots=True)
class RubricPoints:
    areas: tuple[ScoredArea, ...]

    @property
    def share(self) -> PointShare:
        """Of a hundred."""
        return add_shares(area.share for area in self.areas)
