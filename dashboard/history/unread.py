"""Reads what could not be read at a moment of the past, each time in one query."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from dashboard.assess.unread import READ_WITHIN, Unread, Unreadable
from dashboard.models import FetchError, Namespace, Snapshot
from dashboard.models.interval import IntervalQuerySet
from dashboard.times.moment import At


def unreadable(moment: datetime, known: IntervalQuerySet[FetchError] | None = None) -> Unreadable:
    """At a moment, of the whole class; or of what is `known`."""
    failures = FetchError.objects.all() if known is None else known
    rows = failures.holding(moment).order_by("first_seen", "pk")
    found = {row.namespace_id: Unread(row.reason, row.failing_since) for row in rows}
    own = {key: why for key, why in found.items() if key is not None}
    return Unreadable(own, found.get(None))


def unread(namespace: Namespace, at: datetime | None) -> Unread | None:
    """Why a namespace could not be read at a moment; by default why it cannot be read now."""
    if at is None:
        return unread_now(namespace.failure, namespace.failing_since)
    mine = Q(namespace=namespace) | Q(namespace=None)
    return unreadable(at, FetchError.objects.filter(mine)).of(namespace.pk)


def unread_now(failure: str, since: datetime | None) -> Unread | None:
    """From what a namespace has of it."""
    return Unread(failure, since) if failure and since else None


def unread_class(at: datetime) -> Unread | None:
    """Why nothing of the class was read at a moment."""
    return unreadable(at, FetchError.objects.filter(namespace=None)).everybody


def could_not_be_read(moment: datetime) -> Exists:
    """Of rows that have a namespace."""
    mine = Q(namespace=OuterRef("namespace")) | Q(namespace=None)
    return Exists(FetchError.objects.holding(moment).filter(mine))


def then(namespace: Namespace, snapshot: Snapshot | None, moment: At) -> dict[str, Any]:
    """What a page of the past says about itself."""
    gone = namespace.gone_at is not None and namespace.gone_at <= moment.time
    lost = snapshot is not None and moment.time - snapshot.last_seen > READ_WITHIN
    failed = None if gone else unread(namespace, moment.time)
    return {
        "gone_then": gone,
        "unread": failed,
        "unread_then": lost and not gone,
        "last_read": failed.last_read(snapshot.last_seen) if failed and snapshot else None,
        "earliest": None if snapshot else namespace.snapshots.oldest(),
    }
