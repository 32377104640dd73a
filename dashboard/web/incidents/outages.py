"""Outages as pages tell them: whole, while they last and for a while after. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.history.incidents.outages import SPREAD

SHOWN = timedelta(minutes=15)
"""So long after its end an outage stays on the board: who looks up then shall know."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A flow that `lost` of `of` namespaces lost within a minute; `still` of them have not got it
    back. `ended` is when the last did that has.
    """

    flow: str
    began: datetime
    lost: int
    of: int
    still: int
    ended: datetime | None

    @property
    def lasts(self) -> bool:
        """For most; a few may have something else besides."""
        return self.still * 2 >= self.lost

    @property
    def until(self) -> datetime | None:
        """`None` while it lasts."""
        return None if self.lasts else self.ended


def not_long_over(outages: Iterable[Outage], moment: datetime) -> list[Outage]:
    """The newest first. What was lost meanwhile or soon after is of one outage, and is told until
    the last of it has been back for a while.
    """
    found: list[Outage] = []
    for together in _in_succession(outages):
        ends = [each.until for each in together]
        if any(end is None or moment - end <= SHOWN for end in ends):
            found += together
    return sorted(found, key=lambda each: (-each.began.timestamp(), each.flow))


def _in_succession(outages: Iterable[Outage]) -> list[list[Outage]]:
    """Those of which each began while an earlier one lasted, or soon after."""
    groups: list[list[Outage]] = []
    for each in sorted(outages, key=lambda each: each.began):
        if groups and any(
            earlier.until is None or each.began - earlier.until <= SPREAD for earlier in groups[-1]
        ):
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups
