"""Which namespaces there are, and whose they are."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dashboard.cluster_reading import NamespaceFetchError, NamespaceReading
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import (
    Namespace,
    Observation,
    PodState,
    RouteState,
    ServiceState,
    Snapshot,
)

Seen = NamespaceReading | NamespaceFetchError


def record_presence(at: datetime, seen: Sequence[Seen]) -> dict[str, int]:
    """Update the namespaces; one that the poll did not see is gone.

    Returns the keys by name, without those that a later poll has seen.
    """
    rows = _load_namespaces()
    new = [one for one in seen if one.namespace.name not in rows]
    if new:
        Namespace.objects.bulk_create(
            (_build_namespace(at, one) for one in new), ignore_conflicts=True
        )
        rows = _load_namespaces()
    current = {
        one.namespace.name: rows[one.namespace.name].pk
        for one in seen
        if not _was_seen_after(at, rows[one.namespace.name])
    }
    changed = {rows[one.namespace.name].pk for one in new}
    for one in seen:
        if one.namespace.name in current and _update_namespace(at, rows[one.namespace.name], one):
            changed.add(current[one.namespace.name])
    Namespace.objects.all().extend_to(at, [*current.values()])
    for name in rows.keys() - {one.namespace.name for one in seen}:
        if rows[name].gone_at is None:
            _close_namespace(at, rows[name])
            changed.add(rows[name].pk)
    publish_news(at, map(NamespaceNews, changed))
    return current


def _load_namespaces() -> dict[str, Namespace]:
    return {row.name: row for row in Namespace.objects.all()}


def _was_seen_after(at: datetime, row: Namespace) -> bool:
    return row.last_seen > at or (row.gone_at is not None and row.gone_at > at)


def _build_namespace(at: datetime, seen: Seen) -> Namespace:
    name = seen.namespace.name
    return Namespace(name=name, first_seen=at, last_seen=at, **_list_columns(seen))


def _list_columns(seen: Seen) -> dict[str, object]:
    return {
        "student": seen.owner.student,
        "environment": seen.owner.environment,
        "labels": dict(seen.namespace.labels),
        "gone_at": None,
    }


def _update_namespace(at: datetime, row: Namespace, seen: Seen) -> bool:
    """Update the row, and return whether anything changed."""
    values = _list_columns(seen)
    if all(getattr(row, field) == value for field, value in values.items()):
        return False
    return bool(Namespace.objects.filter(pk=row.pk, last_seen__lte=at).update(**values))


def _close_namespace(at: datetime, row: Namespace) -> None:
    """Mark it as gone and close its open rows; its history stays."""
    with transaction.atomic():
        mine = Namespace.objects.filter(pk=row.pk, gone_at=None, last_seen__lt=at)
        if mine.update(gone_at=at, failure="", failing_since=None):
            for model in (Snapshot, PodState, ServiceState, RouteState, Observation):
                model.objects.filter(namespace=row, is_open=True).update(is_open=False)
            row.fetch_errors.filter(is_open=True).update(is_open=False, last_seen=at)
