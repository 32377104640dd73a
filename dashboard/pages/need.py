"""How urgently somebody needs help at a moment: who is stuck at a step. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dashboard.pages.brief import Brief
from dashboard.pages.mistakes import Mistake


class Need(StrEnum):
    """Most urgent first. The values stand in addresses."""

    UNREADABLE = "unreadable"
    STUCK = "stuck"
    UNFINISHED = "on-the-way"
    UNWORKING = "not-working"
    NOTHING = "done"

    @property
    def words(self) -> str:
        return TITLES[self]


TITLES = {
    Need.UNREADABLE: "Cannot be read",
    Need.STUCK: "Stuck",
    Need.UNFINISHED: "On the way",
    Need.UNWORKING: "Done, but probes see otherwise",
    Need.NOTHING: "Done",
}
URGENCY = {need: place for place, need in enumerate(Need)}


@dataclass(frozen=True, slots=True)
class Held:
    """The state that a namespace was in at the row's moment."""

    brief: Brief
    changed: datetime
    since: datetime
    mistakes: Mapping[Mistake, datetime] | None = field(default_factory=dict, hash=False)
    """`None` while the state is not diagnosed."""
    came_further: bool = False
    """Whether a step was reached before, though there may be no policy now."""

    @property
    def begun(self) -> bool:
        return self.brief.begun or self.came_further


@dataclass(frozen=True, slots=True)
class Late:
    """Who is at a step for too long at a moment.

    Those without any policy are only waited for from `began` on: since the class is at work, which
    it is as soon as most of it has begun; `None` while it is not.
    """

    moment: datetime
    began: datetime | None

    def need(self, held: Held) -> Need:
        step = held.brief.step
        if step is None:
            return Need.NOTHING
        since = held.since
        if not held.begun:
            if self.began is None:
                return Need.UNFINISHED
            since = max(since, self.began)
        is_late = step.stuck_after is not None and self.moment - since > step.stuck_after
        return Need.STUCK if is_late else Need.UNFINISHED


def at_work(held: Iterable[Held], first: datetime | None) -> datetime | None:
    """Since when the class is at work, if most of it has begun; `first` is when anybody had."""
    begun = [each.begun for each in held]
    return first if 2 * sum(begun) > len(begun) else None
