"""How fast a class went through the lab: who had reached which step how long after the start.

A step counts from the first moment of the run at which it held, so that what a namespace of the
same name did in another year counts for nothing. Pure: no queries, no clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dashboard.assess.assessment_summary import list_checked_steps
from dashboard.times.durations import format_minutes
from dashboard.web.runs.sides import RunSide
from netpol.lab import Lab, Step

LONGEST = timedelta(hours=3)
"""Two moments have no length of their own: so long is followed what came after them."""

StepStates = Mapping[str, bool | None]
"""By the key of a step, whether it holds."""


@dataclass(frozen=True, slots=True)
class RunPace:
    """Of `students`, after how long each of those who reached a step did so, in order."""

    side: RunSide
    students: int
    reached: Mapping[str, tuple[timedelta, ...]] = field(hash=False)

    @property
    def length(self) -> timedelta:
        return self.side.ended - self.side.began

    def count_reached(self, step: Step) -> int:
        return len(self.reached[step.key])

    def time_of_half(self, step: Step) -> timedelta | None:
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


def measure_pace(
    lab: Lab,
    stretch: RunSide,
    start: Mapping[int, StepStates],
    later: Iterable[tuple[int, datetime, StepStates]],
) -> RunPace:
    """From how each namespace stood at the start, and the states that it came to during the run."""
    steps = [step.key for step in list_checked_steps(lab)]
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
    return RunPace(stretch, len(students), reached)


def build_pace_rows(lab: Lab, paces: Iterable[RunPace]) -> list[PaceRow]:
    listed = list(paces)
    return [
        PaceRow(step, tuple(_build_cell(each, step) for each in listed))
        for step in list_checked_steps(lab)
    ]


def extend_moments(one: RunSide, other: RunSide, now: datetime) -> tuple[RunSide, RunSide]:
    """A moment is a start: what came after it is followed for as long as the other run lasts."""
    longest = max(one.ended - one.began, other.ended - other.began) or LONGEST
    first, second = (
        replace(each, ended=min(now, each.began + longest)) if each.is_moment else each
        for each in (one, other)
    )
    return first, second


def _build_cell(pace: RunPace, step: Step) -> PaceCell:
    half = pace.time_of_half(step)
    return PaceCell(pace.count_reached(step), pace.students, _describe_time(half))


def _describe_time(time: timedelta | None) -> str:
    if time is None:
        return "less than half did"
    return f"after {format_minutes(time)}" if time else "at the start"
