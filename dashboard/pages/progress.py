"""How a class moves through the lab: who had reached what when, and how long a step takes. Pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.pages.board import Row
from dashboard.pages.brief import checked
from dashboard.pages.durations import middle
from dashboard.pages.need import Need
from netpol.lab import Lab, Step

SPAN = timedelta(hours=3)
MOMENTS = 37
"""In the curves: each twelfth of them, 4 in all, is in the table too."""
TOLD = 12
Reached = Mapping[int, Mapping[str, datetime]]
"""By namespace, when it first held each step."""


@dataclass(frozen=True, slots=True)
class Curve:
    """How many had reached a step at each of the moments."""

    step: Step
    counts: tuple[int, ...]

    @property
    def told(self) -> tuple[int, ...]:
        return self.counts[::TOLD]


@dataclass(frozen=True, slots=True)
class Progress:
    moments: tuple[datetime, ...]
    curves: tuple[Curve, ...]

    @property
    def told(self) -> tuple[datetime, ...]:
        """The moments that a table has room for."""
        return self.moments[::TOLD]


def progress(lab: Lab, reached: Reached, moment: datetime) -> Progress | None:
    """Over the last three hours until a moment in which anybody reached anything, or fewer where
    nobody had begun; `None` where nobody has.
    """
    times = {
        step: sorted(times[step.key] for times in reached.values() if step.key in times)
        for step in checked(lab)
    }
    known = [time for each in times.values() for time in each]
    if not known:
        return None
    newest = max(known)
    end = moment if moment - newest < SPAN else newest
    begin = max(min(known), end - SPAN)
    end = max(end, begin + timedelta(minutes=1))
    moments = tuple(begin + (end - begin) * part / (MOMENTS - 1) for part in range(MOMENTS))
    return Progress(
        moments,
        tuple(
            Curve(step, tuple(bisect_right(each, moment) for moment in moments))
            for step, each in times.items()
        ),
    )


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long a step took those who passed it, and for how long others are at it by now: medians,
    `None` where there is nobody. Who did it in one change with the step before took no time.
    """

    step: Step
    passed: int
    took: timedelta | None
    waiting: int
    so_far: timedelta | None


def step_times(lab: Lab, reached: Reached, rows: Sequence[Row], moment: datetime) -> list[StepTime]:
    took = _took(lab, reached)
    waits: defaultdict[str, list[timedelta]] = defaultdict(list)
    for row in rows:
        if row.current and row.since and row.need in {Need.STUCK, Need.UNFINISHED}:
            waits[row.current.key].append(moment - row.since)
    return [
        StepTime(
            step,
            len(took[step.key]),
            middle(took[step.key]),
            len(waits[step.key]),
            middle(waits[step.key]),
        )
        for step in checked(lab)
    ]


def _took(lab: Lab, reached: Reached) -> Mapping[str, list[timedelta]]:
    """A step begins for a student when all before it have been reached; the first one when anybody
    of the class had done it, for those who were there by then without any policy.
    """
    found: defaultdict[str, list[timedelta]] = defaultdict(list)
    first = first_reached(lab, reached)
    baseline = [step.key for step in lab.steps if not step.lasts]
    steps = [step.key for step in checked(lab)]
    for times in reached.values():
        seen = min((times[key] for key in baseline if key in times), default=None)
        begin = max(seen, first) if seen and first else None
        for key in steps:
            if key not in times:
                break
            if begin is not None:
                found[key].append(max(times[key] - begin, timedelta()))
            begin = max(times[key], begin or times[key])
    return found


def first_reached(lab: Lab, reached: Reached) -> datetime | None:
    """When the first of the class held a step that lasts."""
    steps = {step.key for step in checked(lab)}
    return min(
        (at for times in reached.values() for key, at in times.items() if key in steps),
        default=None,
    )


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """A step's pace beside how many had reached it at the moments that are told."""

    pace: StepTime
    counts: tuple[int, ...]


def progress_rows(step_times: Sequence[StepTime], progress: Progress | None) -> list[ProgressRow]:
    counts = {curve.step: curve.told for curve in progress.curves} if progress else {}
    return [ProgressRow(pace, counts.get(pace.step, ())) for pace in step_times]
