"""Which intervals of the past may be merged into the one before. Pure.

Nothing that a page answers gets lost: what is merged looked the same, and its time goes to the one
that stays. Only what changed all the time stays as one interval a day that says so; of what could
not be read now and then, the longest.
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
    """A row that held from `first` to `last`; rows with an equal `look` say the same.

    What is `lone` was seen once only, and could decide nothing against those around it.
    """

    key: int
    first: datetime
    last: datetime
    look: Hashable
    lone: bool = False

    @property
    def day(self) -> date:
        return self.first.date()


@dataclass(frozen=True, slots=True)
class Merge:
    """`gone` are merged into `into`, which then ends at `last`; `flapped` where they differed."""

    into: int
    gone: tuple[int, ...]
    last: datetime
    flapped: bool = False


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
    return _merged(rows, free, gap, each_day=True)


def looks(
    rows: Sequence[Interval], kept: Spans, before: datetime, gap: timedelta
) -> Iterator[Merge]:
    """Of one thing that was looked at, oldest first: neighbours that look the same become one, with
    what is `lone` between them, and a day of more than `FLAPS` becomes one whatever they look like.
    """
    free = _free(rows, kept, before)
    for is_flapping, listed in _by_days(rows):
        yield from _flapped(listed, free) if is_flapping else _merged(listed, free, gap)


def flapping(rows: Sequence[Interval], kept: Spans, before: datetime) -> Iterator[Merge]:
    """Of that only the days of more than `FLAPS`."""
    free = _free(rows, kept, before)
    for is_flapping, listed in _by_days(rows):
        if is_flapping:
            yield from _flapped(listed, free)


def _free(rows: Iterable[Interval], kept: Spans, before: datetime) -> set[int]:
    return {row.key for row in rows if row.last < before and not kept.touch(row.first, row.last)}


def _by_days(rows: Iterable[Interval]) -> Iterator[tuple[bool, list[Interval]]]:
    """Each flapping day by itself, and what is between them together."""
    calm: list[Interval] = []
    for _, day in groupby(rows, lambda row: row.day):
        listed = list(day)
        if len(listed) <= FLAPS:
            calm += listed
            continue
        yield False, calm
        yield True, listed
        calm = []
    yield False, calm


def _merged(
    rows: Sequence[Interval], free: set[int], gap: timedelta, *, each_day: bool = False
) -> Iterator[Merge]:
    place = 0
    while place < len(rows):
        into = rows[place]
        last, gone = into.last, list[int]()
        place += 1
        while more := _next(into, last, rows[place : place + 2], free, gap):
            if each_day and more[-1].day != into.day:
                break
            gone += [row.key for row in more]
            last = max(last, more[-1].last)
            place += len(more)
        if gone:
            yield Merge(into.key, tuple(gone), last)


def _next(
    into: Interval, last: datetime, then: Sequence[Interval], free: set[int], gap: timedelta
) -> Sequence[Interval]:
    """What follows and can be merged: one that looks the same, or a lone one and then that."""
    for more in (then[:1], then[:2]):
        whole = [row.key for row in more if row.key in free]
        between = all(row.lone for row in more[:-1])
        times = [last, *(row.last for row in more)]
        close = all(row.first - time <= gap for row, time in zip(more, times, strict=False))
        if more and len(whole) == len(more) and between and close and more[-1].look == into.look:
            return more
    return ()


def _flapped(rows: Iterable[Interval], free: set[int]) -> Iterator[Merge]:
    """What may not be touched stays between what becomes one."""
    for is_free, run in groupby(rows, lambda row: row.key in free):
        first, *others = run
        if is_free and others:
            last = max(each.last for each in (first, *others))
            yield Merge(first.key, tuple(each.key for each in others), last, flapped=True)
