"""What polls could not read, since when until when, and why: a namespace, or the whole class.

It is kept for moments of the past; what cannot be read now stands with the namespace, too.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from dashboard.live import Change, publish
from dashboard.models import FetchError, Namespace
from dashboard.models.heartbeat import STOPPED_AFTER, unread_after

LATE = timedelta(seconds=STOPPED_AFTER * settings.POLL_SECONDS)
"""After so long without a poll that read anything nobody knows how the class stands."""
SILENT = unread_after()
"""Where none failed either, and it took no longer than this, they were only slow."""
NOBODY_POLLED = "No poll ran."


def record_failures(at: datetime, keys: Collection[int], reasons: Mapping[int, str]) -> None:
    """Of these namespaces a poll could not read those with a reason, and all the others it could.

    Nothing is written of those of whom that was known. Who was seen later stays as they are.
    """
    failing = Namespace.objects.exclude(failure="").only("failure", "failing_since")
    known = {row.pk: row for row in failing}
    told = {key: known[key].failure if key in known else "" for key in keys}
    new = [key for key in sorted(keys) if reasons.get(key, "") != told[key]]
    if not new:
        return
    with transaction.atomic():
        changed = [key for key in new if _change(at, key, reasons.get(key, ""), known.get(key))]
        publish(at, map(Change, changed))


def _change(at: datetime, key: int, reason: str, known: Namespace | None) -> bool:
    since = (known.failing_since if known else None) or at
    mine = Namespace.objects.filter(pk=key, last_seen__lte=at, gone_at=None)
    if not mine.update(failure=reason, failing_since=since if reason else None):
        return False
    _turn(at, key, reason, since, at)
    return True


def record_class_failure(at: datetime, reason: str, succeeded: datetime | None = None) -> None:
    """A poll that began then came to nothing: noted once nothing was read for long."""
    read = _last_read(succeeded)
    if read and at - read > LATE:
        first = at if _told_since(read) else read + LATE
        with transaction.atomic():
            _turn(at, None, reason, read, first)


def record_silence(at: datetime, succeeded: datetime | None = None) -> None:
    """A poll has read the class then, and is about to record it. Nobody may have for long."""
    read = _last_read(succeeded)
    if read and at - read > SILENT and not _told_since(read):
        FetchError.objects.create(
            reason=NOBODY_POLLED,
            failing_since=read,
            first_seen=read + LATE,
            last_seen=at,
            is_open=False,
        )


def record_class_read(at: datetime) -> None:
    """What a poll has read then is recorded."""
    mine = FetchError.objects.filter(namespace=None, is_open=True, first_seen__lt=at)
    mine.update(is_open=False, last_seen=at)


def _last_read(succeeded: datetime | None) -> datetime | None:
    """What a poll saw of the class tells, and when one `succeeded` that saw an empty one."""
    newest: datetime | None = Namespace.objects.aggregate(newest=Max("last_seen"))["newest"]
    return max((each for each in (newest, succeeded) if each), default=None)


def _told_since(read: datetime) -> bool:
    told = Q(is_open=True) | Q(last_seen__gt=read)
    return FetchError.objects.filter(told, namespace=None).exists()


def _turn(
    at: datetime, namespace: int | None, reason: str, since: datetime, first: datetime
) -> None:
    """Ends what was open for another reason, and begins what is for this one unless it has."""
    mine = FetchError.objects.filter(namespace=namespace)
    over = mine.filter(is_open=True, first_seen__lt=at).exclude(reason=reason)
    over.update(is_open=False, last_seen=at)
    if reason:
        begun = FetchError(
            namespace_id=namespace,
            reason=reason,
            failing_since=since,
            first_seen=first,
            last_seen=first,
        )
        FetchError.objects.bulk_create([begun], ignore_conflicts=True)
