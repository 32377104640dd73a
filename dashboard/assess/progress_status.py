"""How urgently somebody needs help at a moment: who is stuck at a step. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from dashboard.assess.assessment_summary import Brief, checked
from dashboard.assess.mistakes import Mistake
from dashboard.times.durations import format_duration
from netpol.lab import Lab, Step


class Need(StrEnum):
    """Most urgent first. The values stand in addresses."""

    UNREADABLE = "unreadable"
    STUCK = "stuck"
    UNFINISHED = "on-the-way"
    NOT_BEGUN = "not-begun"
    UNWORKING = "not-working"
    NOTHING = "done"

    @property
    def words(self) -> str:
        return TITLES[self]

    @property
    def is_at_a_step(self) -> bool:
        """And it is known at which."""
        return self in {Need.STUCK, Need.UNFINISHED, Need.NOT_BEGUN}


TITLES = {
    Need.UNREADABLE: "Cannot be read",
    Need.STUCK: "Stuck",
    Need.UNFINISHED: "On the way",
    Need.NOT_BEGUN: "Not begun",
    Need.UNWORKING: "Done, but not all works",
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
        if held.begun:
            return Need.STUCK if self._is_long(step, held.since) else Need.UNFINISHED
        if self.began and self._is_long(step, max(held.since, self.began)):
            return Need.STUCK
        return Need.NOT_BEGUN

    def _is_long(self, step: Step, since: datetime) -> bool:
        return step.stuck_after is not None and self.moment - since > step.stuck_after


def at_work(begun: int, of: int, first: datetime | None) -> datetime | None:
    """Since when the class is at work, if most of it has begun; `first` is when anybody had."""
    return first if 2 * begun > of else None


def patience(lab: Lab) -> str:
    """For how long one may be at a step before one counts as stuck; empty where no step says it."""
    steps = checked(lab)
    if not any(step.stuck_after for step in steps):
        return ""
    usual, _ = Counter(step.stuck_after for step in steps).most_common(1)[0]
    others = (step for step in steps if step.stuck_after != usual)
    words = (f"at “{step.title}” {_allowed(step.stuck_after)}" for step in others)
    return ", ".join([_allowed(usual), *words])


def _allowed(time: timedelta | None) -> str:
    return format_duration(time) if time else "as long as it takes"
