"""Rows that say what held from `first_seen` to `last_seen`."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from dashboard.models import Namespace, PodState, RouteState, ServiceState, Snapshot

BATCH = 500
"""Rows in one statement: databases limit how many parameters it may have."""

Intervals = QuerySet[PodState] | QuerySet[RouteState] | QuerySet[ServiceState] | QuerySet[Snapshot]
Rows = QuerySet[Namespace] | Intervals


def extend(rows: Rows, keys: Sequence[int], at: datetime) -> None:
    """These still held at that moment. A row that was seen later stays as it is."""
    for start in range(0, len(keys), BATCH):
        rows.filter(pk__in=keys[start : start + BATCH], last_seen__lt=at).update(last_seen=at)


def close(rows: Intervals, keys: Sequence[int], at: datetime) -> None:
    """These hold no longer, unless somebody saw them later."""
    for start in range(0, len(keys), BATCH):
        rows.filter(pk__in=keys[start : start + BATCH], last_seen__lt=at).update(is_open=False)
