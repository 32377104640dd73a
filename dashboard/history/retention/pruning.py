"""From the rule to rows and bytes: what would go, or what went."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import QuerySet

from dashboard.health.work import ProgressCallback, ignore_progress
from dashboard.history.retention.contents import remove, unused
from dashboard.history.retention.kept import kept_of, spans
from dashboard.history.retention.thinning import TABLES, fold_flapping, thin_looks, thin_states
from dashboard.models import (
    Diagnosis,
    Namespace,
    Observation,
    PodShapes,
    PodState,
    PolicySet,
    ReadFailure,
    RouteState,
    ServiceState,
    Snapshot,
    StoredAssessment,
    SurroundingSet,
)
from dashboard.models.compressed import CompressedJSON

SAMPLE = 100
"""Rows whose size is taken for that of all."""
ABOUT_A_ROW = 60
"""Bytes that databases keep of each beside its values, with its indexes."""
DIGEST = 64
WHAT: dict[type[models.Model], str] = {
    Snapshot: "snapshots",
    Observation: "observations",
    PodState: "states of pods",
    ServiceState: "states of Services",
    RouteState: "states of routes",
    ReadFailure: "failures to read",
    PolicySet: "sets of policies",
    PodShapes: "shapes of pods",
    SurroundingSet: "surroundings",
    StoredAssessment: "assessments",
    Diagnosis: "diagnoses",
}


@dataclass(frozen=True, slots=True)
class Removal:
    """Of one table: how many of its rows go, and about how many bytes with what indexes hold."""

    table: str
    rows: int
    of: int
    size: int


def prune(
    before: datetime, report_progress: ProgressCallback = ignore_progress, *, apply: bool
) -> list[Removal]:
    """Thin what was over before that time. A poll may run meanwhile: nothing open is touched."""
    measured = {model: (QuerySet(model).count(), _size(model)) for model in WHAT}
    counts: Counter[type[models.Model]] = Counter()
    gone: set[int] = set()
    kept = kept_of()
    namespaces = list(Namespace.objects.values_list("pk", flat=True))
    for done, namespace in enumerate(namespaces, 1):
        mine = spans(kept, namespace)
        gone |= set(thin_states(namespace, mine, before, apply=apply))
        for table in TABLES:
            counts[table.model] += len(thin_looks(table, namespace, mine, before, apply=apply))
        report_progress("thinning", done, len(namespaces))
    counts[Snapshot] = len(gone)
    for model, keys in unused(gone, report_progress).items():
        counts[model] = remove(model, keys) if apply else len(keys)
    return [
        Removal(WHAT[model], counts[model], total, counts[model] * size)
        for model, (total, size) in measured.items()
    ]


def midnight(now: datetime) -> datetime:
    """That which began the day: only whole days are judged, in the zone of `now`."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def fold(now: datetime) -> int:
    """What changed all the time on the whole days that are over since a day: it would grow without
    bound. The answer is how many rows went.
    """
    before = midnight(now) - timedelta(days=1)
    kept = kept_of()
    return sum(fold_flapping(table, kept, before) for table in TABLES)


def _size(model: type[models.Model]) -> int:
    """Bytes of a row, about."""
    sample: QuerySet[Any] = QuerySet(model).order_by("-pk")[:SAMPLE]
    sizes = [ABOUT_A_ROW + sum(map(_bytes, vars(row).values())) for row in sample]
    return sum(sizes) // len(sizes) if sizes else 0


def _bytes(value: Any) -> int:
    """A digest stands in an index, too."""
    match value:
        case str():
            return len(value) * (2 if len(value) == DIGEST else 1)
        case list() | dict():
            return len(CompressedJSON().get_prep_value(value) or b"")
    return 8
