"""Which intervals of the past may be merged into the one before. Pure.

No answer gets lost: states that are merged said the same, and their time goes to the one that
stays. What was seen of a flow, a pod or a route stays as it was: reports of the past tell it, with
when and by what words. Only what changed all the time stays as one interval a day that says so; of
what could not be read now and then, the longest.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

FLAPS = 48
"""Intervals of one thing that begin on one day; if there are more, one stays of that day."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A row that held from `first` to `last`; states with an equal `look` say the same."""

    key: int
    first: datetime
    last: datetime
    look: Hashable = None

    @property
    def day(self) -> date:
        return self.first.date()


@dataclass(frozen=True, slots=True)
class Merge:
    """`gone` are merged into `into`, which then ends at `last`."""

    into: int
    gone: tuple[int, ...]
    last: datetime


class Spans:
    """Times of which nothing may be touched."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime]]) -> None:
        self.begins: list[datetime] = []
        self.ends: list[datetime] = []
        for begin, end in sorted(spans):
            if self.ends and begin <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.begins.append(begin)
                self.ends.append(end)

    def touch(self, first: datetime, last: datetime) -> bool:
        place = bisect_left(self.ends, first)
        return place < len(self.begins) and self.begins[place] <= last


def states(
    rows: Sequence[Interval], kept: Spans, before: datetime, gap: timedelta
) -> Iterator[Merge]:
    """Of all the states of one namespace, oldest first: of those that are over before that time and
    say the same as the one before, the first of each day stays.

    The first and the last of all stay, and what `kept` touches: a state holds until the next one.
    """
    inner = rows[1:-1]
    free = {
        row.key
        for row, then in zip(inner, rows[2:], strict=False)
        if then.first < before and not kept.touch(row.first, then.first)
    }
    place = 0
    while place < len(rows):
        into, gone = rows[place], list[int]()
        last = into.last
        place += 1
        while place < len(rows) and _goes_on(into, last, more := rows[place], gap):
            if more.key not in free:
                break
            gone.append(more.key)
            last = max(last, more.last)
            place += 1
        if gone:
            yield Merge(into.key, tuple(gone), last)


def _goes_on(into: Interval, last: datetime, more: Interval, gap: timedelta) -> bool:
    """Whether it says the same on the same day, and no more than a gap after the `last` of it."""
    return more.look == into.look and more.day == into.day and more.first - last <= gap


def flapping(rows: Sequence[Interval], kept: Spans, before: datetime) -> Iterator[Merge]:
    """Of one thing that was looked at, oldest first: a day of more than `FLAPS` becomes one."""
    free = _free(rows, kept, before)
    for _, day in groupby(rows, lambda row: row.day):
        listed = list(day)
        if len(listed) > FLAPS:
            yield from _flapped(listed, free)


def _free(rows: Iterable[Interval], kept: Spans, before: datetime) -> set[int]:
    return {row.key for row in rows if row.last < before and not kept.touch(row.first, row.last)}


def _flapped(rows: Iterable[Interval], free: set[int]) -> Iterator[Merge]:
    """What may not be touched stays between what becomes one."""
    for is_free, run in groupby(rows, lambda row: row.key in free):
        first, *others = run
        if is_free and others:
            last = max(each.last for each in (first, *others))
            yield Merge(first.key, tuple(each.key for each in others), last)
