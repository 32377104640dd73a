"""Merges rows of the past, namespace by namespace, each in a small transaction of its own.

Its rows are locked while they are read and merged, in one order: of two who prune at once, by
whatever days, the second one merges what the first one left.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import models, transaction

from dashboard.history.retention import rule
from dashboard.history.retention.kept import Kept, spans
from dashboard.history.retention.rule import Interval, Merge, Spans
from dashboard.models import (
    Observation,
    ObservedOutcome,
    PodState,
    ReadFailure,
    RouteState,
    ServiceState,
    Sign,
    Snapshot,
)
from netpol.canonical import compute_digest

GAP = timedelta(minutes=10)
"""Between two polls: after so long it is not known what was in between."""
BATCH = 500
NO_POLICIES = compute_digest([])
"""Where there is none, a report has nothing to look through."""
Row = Any
"""A row of one of the tables; their columns are named below."""
Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows about one `thing`, of which a flapping day is folded; `carried` is what the one that
    stays takes over from those that go.
    """

    model: type[models.Model]
    thing: tuple[str, ...]
    carried: Callable[[Sequence[Row]], Columns]

    @property
    def rows(self) -> models.QuerySet[Any]:
        return models.QuerySet(self.model)


def _nothing(_rows: Sequence[Row]) -> Columns:
    return {}


def _restarts(rows: Sequence[Row]) -> Columns:
    return {"restarts": rows[-1].restarts, "ready": False}


def _seen(rows: Sequence[Row]) -> Columns:
    counts = Counter(row.outcome for row in rows)
    said = ", ".join(f"{outcome} {counts[outcome]} times" for outcome in ObservedOutcome)
    return {
        "looks": sum(row.looks for row in rows),
        "outcome": ObservedOutcome.UNKNOWN,
        "sign": Sign.UNCLEAR,
        "reason": f"changed all the time on that day, so it is kept as one: {said}",
        "latency_ms": None,
    }


def _now_and_then(rows: Sequence[Row]) -> Columns:
    """Only the longest stays: between these times it was read, so no other moment is unread."""
    longest = max(rows, key=lambda row: row.last_seen - row.first_seen)
    said = f"Now and then on that day it could not be read, {len(rows)} times"
    return {
        "first_seen": longest.first_seen,
        "last_seen": longest.last_seen,
        "failing_since": longest.failing_since,
        "reason": f"{said}, of which only this one, the longest, is kept: {longest.reason}",
    }


TABLES = (
    Table(Observation, ("flow", "method", "vantage"), _seen),
    Table(PodState, ("pod",), _restarts),
    Table(ServiceState, ("service",), _nothing),
    Table(RouteState, ("route",), _nothing),
    Table(ReadFailure, (), _now_and_then),
)


def thin_states(namespace: int, kept: Spans, before: datetime, *, apply: bool) -> list[int]:
    """The keys of the snapshots that go."""
    gone: list[int] = []
    rows = Snapshot.objects.filter(namespace=namespace)
    with transaction.atomic():
        read = rows.select_for_update(of=("self",)) if apply else rows
        listed = {each.key: each for each in map(_state, read.light().order_by("first_seen"))}
        for merge in rule.states(list(listed.values()), kept, before, GAP):
            if not apply or _extended(rows, listed[merge.into], {"last_seen": merge.last}):
                gone += merge.gone
        if apply:
            _delete(rows.filter(is_open=False), gone)
    return gone


def _state(row: Snapshot) -> Interval:
    """What it looks like to a list, its own page and a report: verdicts, steps and mistakes."""
    made = row.mistakes
    if made is not None:
        made = sorted([each["code"], each["step"]] for each in made)
    look = compute_digest([row.summary, made, row.step, row.policy_set_id == NO_POLICIES])
    return Interval(row.pk, row.first_seen, row.last_seen, look)


def thin_looks(
    table: Table, namespace: int, kept: Spans, before: datetime, *, apply: bool
) -> list[int]:
    """The keys of the rows that go, of what changed all the time on a day."""
    over = table.rows.filter(namespace=namespace, is_open=False, last_seen__lt=before)
    return _thin(table, over, kept, before, apply=apply)


def fold_flapping(table: Table, kept: Kept, before: datetime) -> int:
    """The same of the two days before, for all; the answer is how many rows went."""
    late = table.rows.filter(
        is_open=False, last_seen__lt=before, first_seen__gte=before - timedelta(days=2)
    )
    many = late.values("namespace").annotate(rows=models.Count("pk")).filter(rows__gt=rule.FLAPS)
    return sum(
        len(
            _thin(
                table,
                late.filter(namespace=namespace),
                spans(kept, namespace),
                before,
                apply=True,
            )
        )
        for namespace in many.values_list("namespace", flat=True)
    )


def _thin(
    table: Table, over: models.QuerySet[Any], kept: Spans, before: datetime, *, apply: bool
) -> list[int]:
    gone: list[int] = []
    with transaction.atomic():
        ordered = over.order_by(*table.thing, "first_seen", "pk")
        read = ordered.select_for_update() if apply else ordered
        for _, things in groupby(read, lambda row: [getattr(row, it) for it in table.thing]):
            rows = {row.pk: row for row in things}
            for merge in rule.flapping(list(map(_interval, rows.values())), kept, before):
                merged = [rows[key] for key in (merge.into, *merge.gone)]
                if not apply or _merge(table, merge, merged):
                    gone += merge.gone
        if apply:
            _delete(table.rows.filter(is_open=False), gone)
    return gone


def _interval(row: Row) -> Interval:
    return Interval(row.pk, row.first_seen, row.last_seen)


def _merge(table: Table, merge: Merge, rows: Sequence[Row]) -> bool:
    columns = {"last_seen": merge.last} | dict(table.carried(rows))
    return _extended(table.rows, _interval(rows[0]), columns)


def _extended(rows: models.QuerySet[Any], into: Interval, columns: Columns) -> bool:
    """Whether it was still there as it was read: else nothing may go that it would stand for."""
    return rows.filter(pk=into.key, last_seen=into.last).update(**columns) == 1


def _delete(rows: models.QuerySet[Any], keys: Sequence[int]) -> None:
    for start in range(0, len(keys), BATCH):
        rows.filter(pk__in=keys[start : start + BATCH]).delete()
