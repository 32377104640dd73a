"""Records why polls could not read a namespace or the whole class, and finds it again.

Pages of the past need these rows; the present reason also stands with the namespace.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from dashboard.assess.fetch_problems import STALE_AFTER, ClassFetchProblems, FetchProblem
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import FetchError, Namespace, Snapshot
from dashboard.models.heartbeat import STOPPED_AFTER, unread_after
from dashboard.models.interval import IntervalQuerySet
from dashboard.times.moment import TimeMoment

LATE = timedelta(seconds=STOPPED_AFTER * settings.POLL_SECONDS)
"""After so long without a poll that read anything nobody knows how the class stands."""
SILENT = unread_after()
"""Where none failed either, and it took no longer than this, they were only slow."""
NOBODY_POLLED = "No poll ran."


def record_failures(at: datetime, keys: Collection[int], reasons: Mapping[int, str]) -> None:
    """Record that a poll read these namespaces, except those with a reason.

    Only changes are written. A namespace that was seen later stays as it is.
    """
    failing = Namespace.objects.exclude(failure="").only("failure", "failing_since")
    known = {row.pk: row for row in failing}
    told = {key: known[key].failure if key in known else "" for key in keys}
    new = [key for key in sorted(keys) if reasons.get(key, "") != told[key]]
    if not new:
        return
    with transaction.atomic():
        changed = [
            key for key in new if _update_namespace(at, key, reasons.get(key, ""), known.get(key))
        ]
        publish_news(at, map(NamespaceNews, changed))


def _update_namespace(at: datetime, key: int, reason: str, known: Namespace | None) -> bool:
    since = (known.failing_since if known else None) or at
    mine = Namespace.objects.filter(pk=key, last_seen__lte=at, gone_at=None)
    if not mine.update(failure=reason, failing_since=since if reason else None):
        return False
    _replace_error(at, key, reason, since, at)
    return True


def record_class_failure(at: datetime, reason: str, succeeded: datetime | None = None) -> None:
    """Record that a poll failed as a whole, once nothing has been read for long."""
    read = _find_last_read(succeeded)
    if read and at - read > LATE:
        first = at if _has_error_since(read) else read + LATE
        with transaction.atomic():
            _replace_error(at, None, reason, read, first)


def record_silence(at: datetime, succeeded: datetime | None = None) -> None:
    """Record that no poll ran for long, before a poll records what it has read."""
    read = _find_last_read(succeeded)
    if read and at - read > SILENT and not _has_error_since(read):
        FetchError.objects.create(
            reason=NOBODY_POLLED,
            failing_since=read,
            first_seen=read + LATE,
            last_seen=at,
            is_open=False,
        )


def record_class_read(at: datetime) -> None:
    """End the fetch error of the class, after a poll was recorded."""
    mine = FetchError.objects.filter(namespace=None, is_open=True, first_seen__lt=at)
    mine.update(is_open=False, last_seen=at)


def _find_last_read(succeeded: datetime | None) -> datetime | None:
    """When the class was last read; `succeeded` is for a class without namespaces."""
    newest: datetime | None = Namespace.objects.aggregate(newest=Max("last_seen"))["newest"]
    return max((each for each in (newest, succeeded) if each), default=None)


def _has_error_since(read: datetime) -> bool:
    told = Q(is_open=True) | Q(last_seen__gt=read)
    return FetchError.objects.filter(told, namespace=None).exists()


def _replace_error(
    at: datetime, namespace: int | None, reason: str, since: datetime, first: datetime
) -> None:
    """Close the open row if its reason differs, and open one for this reason."""
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


def list_fetch_problems(
    moment: datetime, known: IntervalQuerySet[FetchError] | None = None
) -> ClassFetchProblems:
    """Return the fetch problems of a moment, of all rows or only those in `known`."""
    failures = FetchError.objects.all() if known is None else known
    rows = failures.holding(moment).order_by("first_seen", "pk")
    found = {row.namespace_id: FetchProblem(row.reason, row.failing_since) for row in rows}
    own = {key: why for key, why in found.items() if key is not None}
    return ClassFetchProblems(own, found.get(None))


def find_fetch_problem(namespace: Namespace, at: datetime | None) -> FetchProblem | None:
    """Return why a namespace could not be read at a moment, by default now."""
    if at is None:
        return build_current_problem(namespace.failure, namespace.failing_since)
    mine = Q(namespace=namespace) | Q(namespace=None)
    return list_fetch_problems(at, FetchError.objects.filter(mine)).find_problem(namespace.pk)


def build_current_problem(failure: str, since: datetime | None) -> FetchProblem | None:
    """Return the present problem from a namespace's columns."""
    return FetchProblem(failure, since) if failure and since else None


def find_class_problem(at: datetime) -> FetchProblem | None:
    """Return why nothing of the class was read at a moment."""
    return list_fetch_problems(at, FetchError.objects.filter(namespace=None)).whole_class


def has_fetch_error(moment: datetime) -> Exists:
    """A condition for rows that have a namespace."""
    mine = Q(namespace=OuterRef("namespace")) | Q(namespace=None)
    return Exists(FetchError.objects.holding(moment).filter(mine))


@dataclass(frozen=True, slots=True)
class PastReading:
    """What a page of the past says about itself: whether the namespace could be read then.

    `earliest` is the first snapshot of all, where there was none by then.
    """

    is_gone: bool
    fetch_error: FetchProblem | None
    is_stale: bool
    last_read: datetime | None
    earliest: Snapshot | None


def fetch_past_reading(
    namespace: Namespace, snapshot: Snapshot | None, moment: TimeMoment
) -> PastReading:
    is_gone = namespace.gone_at is not None and namespace.gone_at <= moment.time
    is_late = snapshot is not None and moment.time - snapshot.last_seen > STALE_AFTER
    failed = None if is_gone else find_fetch_problem(namespace, moment.time)
    return PastReading(
        is_gone,
        failed,
        is_late and not is_gone,
        failed.find_last_read(snapshot.last_seen) if failed and snapshot else None,
        None if snapshot else namespace.snapshots.oldest(),
    )
