"""How a class moves through the lab: who had reached what when, and how long a step takes. Pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.assess.assessment_summary import checked
from dashboard.history.progress import ReachedSteps
from dashboard.times.durations import median_duration
from dashboard.web.board.page import Row
from netpol.lab import Lab, Step

SPAN = timedelta(hours=3)
PARTS = 180
"""Of the time that is drawn: what was reached within one of them is drawn as one rise."""
TOLD = 4
"""Moments for which a table has room."""


@dataclass(frozen=True, slots=True)
class Curve:
    """How many had reached a step at each of the moments, and at those that are told."""

    step: Step
    counts: tuple[int, ...]
    told: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """The moments are those at which anybody reached a step, and both ends. `told` are few, evenly
    apart, the last of them the end too.
    """

    moments: tuple[datetime, ...]
    told: tuple[datetime, ...]
    curves: tuple[Curve, ...]


def progress(lab: Lab, reached: ReachedSteps, moment: datetime) -> Progress | None:
    """Over the last three hours until a moment in which anybody reached anything, or fewer where
    nobody had begun; `None` where nobody has.
    """
    times = {
        step: sorted(times[step.key] for times in reached.values() if step.key in times)
        for step in checked(lab)
    }
    known = sorted(time for each in times.values() for time in each)
    if not known:
        return None
    newest = known[-1]
    end = moment if moment - newest < SPAN else newest
    begin = max(known[0], end - SPAN)
    end = max(end, begin + timedelta(minutes=1))
    moments = (begin, *_rises(known, begin, end), end)
    told = tuple(begin + (end - begin) * part / (TOLD - 1) for part in range(TOLD))
    curves = (
        Curve(step, _counts(each, moments), _counts(each, told)) for step, each in times.items()
    )
    return Progress(moments, told, tuple(curves))


def _rises(times: Iterable[datetime], begin: datetime, end: datetime) -> Iterable[datetime]:
    """Of those in each part of the time the last, so that the curves are right wherever they are
    drawn; in order, as the times are.
    """
    part = (end - begin) / PARTS
    return {(time - begin) // part: time for time in times if begin < time < end}.values()


def _counts(times: Sequence[datetime], moments: Iterable[datetime]) -> tuple[int, ...]:
    return tuple(bisect_right(times, moment) for moment in moments)


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long a step took those who passed it, and for how long others are at it by now: medians,
    `None` where there is nobody. Who did it in one change with the step before took no time.

    Nobody sees when a student begins the first step: both are told from `first`, when the first of
    the class had done it.
    """

    step: Step
    is_first: bool
    passed: int
    took: timedelta | None
    waiting: int
    so_far: timedelta | None


def step_times(
    lab: Lab, reached: ReachedSteps, rows: Sequence[Row], moment: datetime
) -> list[StepTime]:
    first = first_reached(lab, reached)
    took = _took(lab, reached, first)
    waits: defaultdict[str, list[float]] = defaultdict(list)
    at_it = [row for row in rows if row.need.is_at_a_step]
    for row in at_it:
        since = _since(lab, row, first)
        if row.current and since:
            waits[row.current.key].append((moment - since).total_seconds())
    return [
        StepTime(
            step,
            step == checked(lab)[0],
            len(took[step.key]),
            median_duration(took[step.key]),
            sum(row.current == step for row in at_it),
            median_duration(waits[step.key]),
        )
        for step in checked(lab)
    ]


def _since(lab: Lab, row: Row, first: datetime | None) -> datetime | None:
    """`None` at the first step while nobody of the class has done it."""
    if row.since is None or row.current != checked(lab)[0]:
        return row.since
    return first and max(row.since, first)


def _took(lab: Lab, reached: ReachedSteps, first: datetime | None) -> Mapping[str, list[float]]:
    """In seconds. A step begins for a student when all before it have been reached; the first one
    for those who were there without any policy when the first of the class had done it.
    """
    found: defaultdict[str, list[float]] = defaultdict(list)
    baseline = [step.key for step in lab.steps if not step.is_lasting]
    steps = [step.key for step in checked(lab)]
    for times in reached.values():
        seen = min((times[key] for key in baseline if key in times), default=None)
        begin = max(seen, first) if seen and first else None
        for key in steps:
            if key not in times:
                break
            if begin is not None:
                found[key].append(max((times[key] - begin).total_seconds(), 0))
            begin = max(times[key], begin or times[key])
    return found


def first_reached(lab: Lab, reached: ReachedSteps) -> datetime | None:
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
