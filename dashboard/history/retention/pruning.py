"""Deletes history that is older than some days, outside runs and evidence.

Pages of the past stay right: the snapshot that holds at a kept moment stays, and a deleted time
after a kept snapshot is recorded as a time that could not be read.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from dashboard.health.work import ProgressCallback, ignore_progress
from dashboard.history.retention.evidence import KeptTimes, load_kept_times
from dashboard.history.retention.unused import find_unused, remove_unused
from dashboard.models import (
    FetchError,
    Observation,
    PodShapes,
    PodState,
    PolicySet,
    RouteState,
    ServiceState,
    Snapshot,
    StoredAssessment,
    StoredDiagnosis,
    SurroundingSet,
)
from dashboard.models.fields import CompressedJSON

BATCH = 500
SAMPLE = 100
"""Rows whose size stands for that of all."""
ROW_OVERHEAD = 60
"""Bytes that databases keep of each row beside its values, with its indexes."""
DIGEST = 64
PRUNED = "What was recorded of this time has been deleted (manage.py prune)."
PROBED: tuple[type[models.Model], ...] = (Observation, PodState, ServiceState, RouteState)
TITLES: dict[type[models.Model], str] = {
    Snapshot: "snapshots",
    Observation: "observations",
    PodState: "states of pods",
    ServiceState: "states of Services",
    RouteState: "states of routes",
    PolicySet: "sets of policies",
    PodShapes: "shapes of pods",
    SurroundingSet: "surroundings",
    StoredAssessment: "assessments",
    StoredDiagnosis: "diagnoses",
}


@dataclass(frozen=True, slots=True)
class Removal:
    """How many rows of a table go, of how many, and about how many bytes they take."""

    table: str
    rows: int
    of: int
    size: int


def prune(
    before: datetime, report_progress: ProgressCallback = ignore_progress, *, apply: bool
) -> list[Removal]:
    """Delete what was over before that time, or count it unless `apply`.

    A poll may run meanwhile: no open row is touched.
    """
    measured = {model: (QuerySet(model).count(), _estimate_size(model)) for model in TITLES}
    counts: Counter[type[models.Model]] = Counter()
    gone: set[int] = set()
    kept = load_kept_times()
    for done, (namespace, times) in enumerate(kept.items(), 1):
        gone.update(_prune_snapshots(namespace, times, before, apply=apply))
        for model in PROBED:
            counts[model] += _prune_intervals(model, namespace, times, before, apply=apply)
        report_progress("pruning", done, len(kept))
    counts[Snapshot] = len(gone)
    for model, keys in find_unused(gone, report_progress).items():
        counts[model] = remove_unused(model, keys) if apply else len(keys)
    return [
        Removal(TITLES[model], counts[model], total, counts[model] * size)
        for model, (total, size) in measured.items()
    ]


def find_midnight(now: datetime) -> datetime:
    """Return when the day of `now` began, in its own zone: only whole days are pruned."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@transaction.atomic
def _prune_snapshots(
    namespace: int, kept: KeptTimes, before: datetime, *, apply: bool
) -> list[int]:
    """A snapshot is over when the next one begins, so the newest one always stays."""
    snapshots = Snapshot.objects.filter(namespace=namespace)
    read = snapshots.order_by("first_seen").only("first_seen", "is_open")
    rows = list(read.select_for_update() if apply else read)
    old = [
        row.pk
        for row, after in pairwise(rows)
        if not row.is_open
        and after.first_seen <= before
        and not kept.overlap(row.first_seen, after.first_seen)
    ]
    if apply and delete_closed(snapshots, old):
        FetchError.objects.bulk_create(_find_gaps(namespace, rows, set(old)))
    return old


def _find_gaps(
    namespace: int, rows: Sequence[Snapshot], old: Collection[int]
) -> Iterator[FetchError]:
    """Without these, pages would show a kept snapshot for the time after it."""
    for is_old, group in groupby(pairwise(rows), lambda pair: pair[0].pk in old):
        pairs = list(group)
        (first, _), (_, after) = pairs[0], pairs[-1]
        if is_old and first is not rows[0]:
            yield FetchError(
                namespace_id=namespace,
                reason=PRUNED,
                failing_since=first.first_seen,
                first_seen=first.first_seen,
                last_seen=after.first_seen,
                is_open=False,
            )


def _prune_intervals(
    model: type[models.Model], namespace: int, kept: KeptTimes, before: datetime, *, apply: bool
) -> int:
    rows: QuerySet[Any] = QuerySet(model).filter(namespace=namespace)
    over = rows.filter(is_open=False, last_seen__lt=before)
    old = [
        key
        for key, first, last in over.values_list("pk", "first_seen", "last_seen")
        if not kept.overlap(first, last)
    ]
    return delete_closed(rows, old) if apply else len(old)


def delete_closed(rows: QuerySet[Any], keys: Sequence[int]) -> int:
    """Delete these rows unless they are open, and return how many went."""
    return sum(
        rows.filter(pk__in=keys[start : start + BATCH], is_open=False).delete()[0]
        for start in range(0, len(keys), BATCH)
    )


def _estimate_size(model: type[models.Model]) -> int:
    """Return about how many bytes a row takes."""
    sample: QuerySet[Any] = QuerySet(model).order_by("-pk")[:SAMPLE]
    sizes = [ROW_OVERHEAD + sum(map(_count_bytes, vars(row).values())) for row in sample]
    return sum(sizes) // len(sizes) if sizes else 0


def _count_bytes(value: Any) -> int:
    """A digest stands in an index, too."""
    match value:
        case str():
            return len(value) * (2 if len(value) == DIGEST else 1)
        case list() | dict():
            return len(CompressedJSON().get_prep_value(value) or b"")
    return 8
