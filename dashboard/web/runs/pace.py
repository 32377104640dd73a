"""How fast a class went through the lab: who had reached which step how long after the start.

A step counts from the first moment of the run at which it held, so that what a namespace of the
same name did in another year counts for nothing. Pure: no queries, no clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dashboard.assess.assessment_summary import checked
from dashboard.times.durations import format_minutes
from dashboard.web.runs.stretch import Stretch
from netpol.lab import Lab, Step

LONGEST = timedelta(hours=3)
"""Two moments have no length of their own: so long is followed what came after them."""

Held = Mapping[str, bool | None]
"""By the key of a step, whether it holds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Of `students`, after how long each of those who reached a step did so, in order."""

    stretch: Stretch
    students: int
    reached: Mapping[str, tuple[timedelta, ...]] = field(hash=False)

    @property
    def length(self) -> timedelta:
        return self.stretch.ended - self.stretch.began

    def count(self, step: Step) -> int:
        return len(self.reached[step.key])

    def half(self, step: Step) -> timedelta | None:
        """After how long half the class had reached it; `None` where less than half did."""
        times = self.reached[step.key]
        enough = (self.students + 1) // 2
        return times[enough - 1] if 0 < enough <= len(times) else None


@dataclass(frozen=True, slots=True)
class PaceCell:
    """One run's side of a step."""

    count: int
    students: int
    half: str

    @property
    def percent(self) -> int:
        return round(100 * self.count / self.students) if self.students else 0


@dataclass(frozen=True, slots=True)
class PaceRow:
    step: Step
    cells: tuple[PaceCell, ...]


def pace(
    lab: Lab,
    stretch: Stretch,
    start: Mapping[int, Held],
    later: Iterable[tuple[int, datetime, Held]],
) -> Pace:
    """From how each namespace stood at the start, and the states that it came to during the run."""
    steps = [step.key for step in checked(lab)]
    firsts: dict[str, dict[int, timedelta]] = {step: {} for step in steps}
    students = set(start)
    for step in steps:
        firsts[step] |= {key: timedelta() for key, held in start.items() if held.get(step)}
    for key, at, held in sorted(later, key=lambda each: each[1]):
        students.add(key)
        for step in steps:
            if held.get(step):
                firsts[step].setdefault(key, at - stretch.began)
    reached = {step: tuple(sorted(times.values())) for step, times in firsts.items()}
    return Pace(stretch, len(students), reached)


def pace_rows(lab: Lab, paces: Iterable[Pace]) -> list[PaceRow]:
    told = list(paces)
    return [PaceRow(step, tuple(_cell(each, step) for each in told)) for step in checked(lab)]


def followed(one: Stretch, other: Stretch, now: datetime) -> tuple[Stretch, Stretch]:
    """A moment is a start: what came after it is followed for as long as the other run lasts."""
    longest = max(one.ended - one.began, other.ended - other.began) or LONGEST
    first, second = (
        replace(each, ended=min(now, each.began + longest)) if each.is_moment else each
        for each in (one, other)
    )
    return first, second


def _cell(told: Pace, step: Step) -> PaceCell:
    half = told.half(step)
    return PaceCell(told.count(step), told.students, _after(half))


def _after(time: timedelta | None) -> str:
    if time is None:
        return "less than half did"
    return f"after {format_minutes(time)}" if time else "at the start"
