"""How urgently a student needs help at a moment, and who is stuck at a step. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from dashboard.assess.assessment_summary import AssessmentSummary, list_checked_steps
from dashboard.assess.mistakes import Mistake
from dashboard.times.durations import format_duration
from netpol.lab import Lab, Step


class ProgressStatus(StrEnum):
    """Most urgent first. The values stand in addresses."""

    UNREADABLE = "unreadable"
    STUCK = "stuck"
    ON_THE_WAY = "on-the-way"
    NOT_BEGUN = "not-begun"
    NOT_WORKING = "not-working"
    DONE = "done"

    @property
    def label(self) -> str:
        return TITLES[self]

    @property
    def is_at_a_step(self) -> bool:
        """Whether the status belongs to a step."""
        return self in {ProgressStatus.STUCK, ProgressStatus.ON_THE_WAY, ProgressStatus.NOT_BEGUN}


TITLES = {
    ProgressStatus.UNREADABLE: "Cannot be read",
    ProgressStatus.STUCK: "Stuck",
    ProgressStatus.ON_THE_WAY: "On the way",
    ProgressStatus.NOT_BEGUN: "Not begun",
    ProgressStatus.NOT_WORKING: "Done, but not all works",
    ProgressStatus.DONE: "Done",
}
URGENCY = {need: place for place, need in enumerate(ProgressStatus)}


@dataclass(frozen=True, slots=True)
class NamespaceProgress:
    """How far a namespace had come at a moment."""

    summary: AssessmentSummary
    changed_at: datetime
    step_since: datetime
    mistakes: Mapping[Mistake, datetime] | None = field(default_factory=dict, hash=False)
    """`None` while the snapshot is not diagnosed."""
    had_begun: bool = False
    """Whether a step was reached earlier, even if there is no policy now."""

    @property
    def has_begun(self) -> bool:
        return self.summary.has_begun or self.had_begun


@dataclass(frozen=True, slots=True)
class StuckRule:
    """Who is at a step for too long at a moment.

    Those without any policy are only waited for from `began` on: since the class is at work, which
    it is as soon as most of it has begun; `None` while it is not.
    """

    moment: datetime
    work_began: datetime | None

    def find_status(self, held: NamespaceProgress) -> ProgressStatus:
        step = held.summary.step
        if step is None:
            return ProgressStatus.DONE
        if held.has_begun:
            return (
                ProgressStatus.STUCK
                if self._is_long(step, held.step_since)
                else ProgressStatus.ON_THE_WAY
            )
        if self.work_began and self._is_long(step, max(held.step_since, self.work_began)):
            return ProgressStatus.STUCK
        return ProgressStatus.NOT_BEGUN

    def _is_long(self, step: Step, since: datetime) -> bool:
        return step.stuck_after is not None and self.moment - since > step.stuck_after


def find_work_begin(begun: int, of: int, first: datetime | None) -> datetime | None:
    """Return when the class began to work: when the first did, once most have begun."""
    return first if 2 * begun > of else None


def describe_patience(lab: Lab) -> str:
    """Describe how long a student may be at a step before being stuck; empty without a limit."""
    steps = list_checked_steps(lab)
    if not any(step.stuck_after for step in steps):
        return ""
    usual, _ = Counter(step.stuck_after for step in steps).most_common(1)[0]
    others = (step for step in steps if step.stuck_after != usual)
    words = (f"at “{step.title}” {_format_patience(step.stuck_after)}" for step in others)
    return ", ".join([_format_patience(usual), *words])


def _format_patience(time: timedelta | None) -> str:
    return format_duration(time) if time else "as long as it takes"
