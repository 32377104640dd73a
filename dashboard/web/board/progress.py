"""How a class moves through the lab: who reached what when, and how long steps take. Pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.assess.assessment_summary import list_checked_steps
from dashboard.history.progress import ReachedSteps
from dashboard.times.durations import median_duration
from dashboard.web.board.rows import BoardRow
from netpol.lab import Lab, Step

SPAN = timedelta(hours=3)
PARTS = 180
"""Parts of the drawn time: all that was reached within one of them is drawn as one rise."""
COLUMNS = 4
"""Moments for which a table has room."""


@dataclass(frozen=True, slots=True)
class StepCurve:
    """How many had reached a step at each of the moments, and at those of the columns."""

    step: Step
    counts: tuple[int, ...]
    column_counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClassProgress:
    """The moments are those at which anybody reached a step, and both ends. The columns are a few
    moments, evenly apart, from one end to the other.
    """

    moments: tuple[datetime, ...]
    columns: tuple[datetime, ...]
    curves: tuple[StepCurve, ...]

    def column_counts(self, step: Step) -> tuple[int, ...]:
        return next((curve.column_counts for curve in self.curves if curve.step == step), ())


def compute_progress(lab: Lab, reached: ReachedSteps, moment: datetime) -> ClassProgress | None:
    """Over the last three hours until the moment in which anybody reached a step, or fewer where
    nobody had begun; `None` where nobody has.
    """
    times = {
        step: sorted(steps[step.key] for steps in reached.values() if step.key in steps)
        for step in list_checked_steps(lab)
    }
    known = sorted(time for reached_at in times.values() for time in reached_at)
    if not known:
        return None
    newest = known[-1]
    end = moment if moment - newest < SPAN else newest
    begin = max(known[0], end - SPAN)
    end = max(end, begin + timedelta(minutes=1))
    moments = (begin, *_select_rises(known, begin, end), end)
    columns = tuple(begin + (end - begin) * part / (COLUMNS - 1) for part in range(COLUMNS))
    curves = (
        StepCurve(step, _count_until(reached_at, moments), _count_until(reached_at, columns))
        for step, reached_at in times.items()
    )
    return ClassProgress(moments, columns, tuple(curves))


def _select_rises(times: Iterable[datetime], begin: datetime, end: datetime) -> Iterable[datetime]:
    """The last time in each part, so that the curves are right wherever they are drawn."""
    part = (end - begin) / PARTS
    return {(time - begin) // part: time for time in times if begin < time < end}.values()


def _count_until(times: Sequence[datetime], moments: Iterable[datetime]) -> tuple[int, ...]:
    return tuple(bisect_right(times, moment) for moment in moments)


@dataclass(frozen=True, slots=True)
class StepPace:
    """How long a step took those who passed it, and how long others have been at it: medians,
    `None` where there is nobody. A step that one change passed with the step before took no time.

    Nobody sees when a student begins the first step: both times count from when the first of the
    class had done it.
    """

    step: Step
    is_first: bool
    passed: int
    took: timedelta | None
    waiting: int
    so_far: timedelta | None


def compute_step_paces(
    lab: Lab, reached: ReachedSteps, rows: Sequence[BoardRow], moment: datetime
) -> list[StepPace]:
    steps = list_checked_steps(lab)
    first = find_first_reached(lab, reached)
    took = _measure_steps(lab, reached, first)
    at_step = [row for row in rows if row.need.is_at_a_step]
    waits: defaultdict[str, list[float]] = defaultdict(list)
    for row in at_step:
        since = row.step_since
        if since and row.current_step == steps[0]:
            since = first and max(since, first)
        if row.current_step and since:
            waits[row.current_step.key].append((moment - since).total_seconds())
    return [
        StepPace(
            step,
            step == steps[0],
            len(took[step.key]),
            median_duration(took[step.key]),
            sum(row.current_step == step for row in at_step),
            median_duration(waits[step.key]),
        )
        for step in steps
    ]


def _measure_steps(
    lab: Lab, reached: ReachedSteps, first: datetime | None
) -> Mapping[str, list[float]]:
    """How long each step took, in seconds. A step begins for a student when all before it have been
    reached; the first one for those who were there without any policy when the first of the class
    had done it.
    """
    took: defaultdict[str, list[float]] = defaultdict(list)
    baseline = [step.key for step in lab.steps if not step.is_lasting]
    for times in reached.values():
        seen = min((times[key] for key in baseline if key in times), default=None)
        begin = max(seen, first) if seen and first else None
        for key in (step.key for step in list_checked_steps(lab)):
            if key not in times:
                break
            if begin is not None:
                took[key].append(max((times[key] - begin).total_seconds(), 0))
            begin = max(times[key], begin or times[key])
    return took


def find_first_reached(lab: Lab, reached: ReachedSteps) -> datetime | None:
    """When the first of the class held a step that lasts."""
    steps = {step.key for step in list_checked_steps(lab)}
    return min(
        (at for times in reached.values() for key, at in times.items() if key in steps),
        default=None,
    )
