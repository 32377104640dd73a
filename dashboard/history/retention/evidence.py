"""The times of which no row may be deleted or merged: runs, incidents and other evidence."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from dashboard.models import Draft, HintOpening, Incident, Namespace, Run, StepMark, StepReached

AROUND = timedelta(minutes=10)
"""Rows so long before and after a moment may decide what a page shows of it."""
FOREVER = datetime.max.replace(tzinfo=UTC)
TimeRange = tuple[datetime, datetime]


class KeptTimes:
    """Time ranges of one namespace, both ends included; ranges that overlap count as one."""

    def __init__(self, ranges: Iterable[TimeRange]) -> None:
        self.begins: list[datetime] = []
        self.ends: list[datetime] = []
        for begin, end in sorted(ranges):
            if self.ends and begin <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.begins.append(begin)
                self.ends.append(end)

    def overlap(self, first: datetime, last: datetime) -> bool:
        place = bisect_left(self.ends, first)
        return place < len(self.begins) and self.begins[place] <= last


def load_kept_times() -> dict[int, KeptTimes]:
    """Return what must stay of each namespace, by its primary key."""
    runs = [
        _widen(began, ended or FOREVER)
        for began, ended in Run.objects.values_list("began_at", "ended_at")
    ]
    own: defaultdict[int, list[TimeRange]] = defaultdict(list)
    for namespace, begin, end in _find_evidence():
        own[namespace].append(_widen(begin, end))
    keys = Namespace.objects.values_list("pk", flat=True)
    return {key: KeptTimes([*runs, *own[key]]) for key in keys}


def _find_evidence() -> Iterator[tuple[int, datetime, datetime]]:
    incidents = Incident.objects.values_list("namespace", "worked_at", "opened_at", "closed_at")
    for namespace, worked, opened, closed in incidents:
        yield namespace, min(worked, opened), max(worked, opened)
        if closed:
            yield namespace, closed, closed
    for model in (StepReached, StepMark, HintOpening, Draft):
        for namespace, at in model.objects.values_list("namespace", "at"):
            yield namespace, at, at
    for namespace, taken_back in StepMark.objects.values_list("namespace", "taken_back_at"):
        if taken_back:
            yield namespace, taken_back, taken_back


def _widen(begin: datetime, end: datetime) -> TimeRange:
    return begin - AROUND, end if end == FOREVER else end + AROUND
