"""Compacts what flaps: a day on which something changed too often becomes one interval.

Rows are locked while they are read and merged. If two workers compact at once, the second one finds
what the first one left.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import models, transaction

from dashboard.history.retention.evidence import KeptTimes, load_kept_times
from dashboard.history.retention.pruning import delete_closed, find_midnight
from dashboard.models import (
    FetchError,
    Observation,
    ObservedOutcome,
    PodState,
    ProbeSign,
    RouteState,
    ServiceState,
)

MOST_A_DAY = 48
"""Intervals of one thing that begin on one day; if there are more, the day becomes one."""
BACK = timedelta(days=2)
"""How far back the daily task looks."""
IntervalRow = Any
"""A row of one of the tables below."""
Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FlappingTable:
    """`subject` names the columns that say what a row is about, beside its namespace.

    `combine` returns the columns of the one row that stays for a day.
    """

    model: type[models.Model]
    subject: tuple[str, ...]
    combine: Callable[[Sequence[IntervalRow]], Columns]

    @property
    def rows(self) -> models.QuerySet[Any]:
        return models.QuerySet(self.model)


def _keep_first(_rows: Sequence[IntervalRow]) -> Columns:
    return {}


def _combine_pods(rows: Sequence[IntervalRow]) -> Columns:
    return {"restarts": rows[-1].restarts, "ready": False}


def _combine_observations(rows: Sequence[IntervalRow]) -> Columns:
    counts = Counter(row.outcome for row in rows)
    listed = ", ".join(f"{outcome} {counts[outcome]} times" for outcome in ObservedOutcome)
    return {
        "looks": sum(row.looks for row in rows),
        "outcome": ObservedOutcome.UNKNOWN,
        "sign": ProbeSign.UNCLEAR,
        "reason": f"it changed all day, so that day is kept as one row: {listed}",
        "latency_ms": None,
    }


def _keep_longest_failure(rows: Sequence[IntervalRow]) -> Columns:
    """Only the longest stays: it could be read in between, so no other moment is unknown."""
    longest = max(rows, key=lambda row: row.last_seen - row.first_seen)
    return {
        "first_seen": longest.first_seen,
        "last_seen": longest.last_seen,
        "failing_since": longest.failing_since,
        "reason": f"It could not be read {len(rows)} times on that day, of which only this one,"
        f" the longest, is kept: {longest.reason}",
    }


TABLES = (
    FlappingTable(Observation, ("flow", "method", "vantage"), _combine_observations),
    FlappingTable(PodState, ("pod",), _combine_pods),
    FlappingTable(ServiceState, ("service",), _keep_first),
    FlappingTable(RouteState, ("route",), _keep_first),
    FlappingTable(FetchError, (), _keep_longest_failure),
)


def compact_flapping(now: datetime) -> int:
    """Compact the days that have been over for a day, and return how many rows went.

    Without this, what flaps would grow without bound.
    """
    before, kept = find_midnight(now) - timedelta(days=1), load_kept_times()
    return sum(_compact_table(table, kept, before) for table in TABLES)


def _compact_table(table: FlappingTable, kept: Mapping[int, KeptTimes], before: datetime) -> int:
    late = table.rows.filter(is_open=False, last_seen__lt=before, first_seen__gte=before - BACK)
    many = late.values("namespace").annotate(rows=models.Count("pk")).filter(rows__gt=MOST_A_DAY)
    return sum(
        _compact_namespace(table, late.filter(namespace=namespace), kept[namespace], before)
        for namespace in many.values_list("namespace", flat=True)
        if namespace is not None
    )


@transaction.atomic
def _compact_namespace(
    table: FlappingTable, rows: models.QuerySet[Any], kept: KeptTimes, before: datetime
) -> int:
    gone: list[int] = []
    read = rows.order_by(*table.subject, "first_seen", "pk").select_for_update()
    for _, same in groupby(read, lambda row: [getattr(row, name) for name in table.subject]):
        for first, *others in find_flapping(same, kept, before):
            columns = {"last_seen": max(row.last_seen for row in (first, *others))}
            as_read = table.rows.filter(pk=first.pk, last_seen=first.last_seen)
            if as_read.update(**columns | dict(table.combine([first, *others]))):
                gone += [row.pk for row in others]
    delete_closed(table.rows, gone)
    return len(gone)


def find_flapping(
    rows: Iterable[IntervalRow], kept: KeptTimes, before: datetime
) -> Iterator[list[IntervalRow]]:
    """Return the rows to merge into the first of each list; all are about one thing, oldest first.

    Rows that must be kept stay, between those that become one.
    """
    for _, day in groupby(rows, lambda row: row.first_seen.date()):
        listed = list(day)
        if len(listed) > MOST_A_DAY:
            for is_free, together in groupby(listed, lambda row: _is_free(row, kept, before)):
                group = list(together)
                if is_free and len(group) > 1:
                    yield group


def _is_free(row: IntervalRow, kept: KeptTimes, before: datetime) -> bool:
    return row.last_seen < before and not kept.overlap(row.first_seen, row.last_seen)
