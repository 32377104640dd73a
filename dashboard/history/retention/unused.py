"""Stored contents that no snapshot refers to any more."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction

from dashboard.assess import json_columns as stored
from dashboard.health.work import ProgressCallback, ignore_progress
from dashboard.models import (
    PodShapes,
    PolicySet,
    Snapshot,
    StoredAssessment,
    StoredDiagnosis,
    SurroundingSet,
)

BATCH = 200
SHARED: dict[type[models.Model], str] = {
    PolicySet: "policy_set_id",
    PodShapes: "pod_shapes_id",
    SurroundingSet: "surroundings_id",
    StoredAssessment: "assessment_id",
}


def find_unused(
    gone: Collection[int], report_progress: ProgressCallback = ignore_progress
) -> dict[type[models.Model], list[str]]:
    """Return the keys of rows that no snapshot will refer to once those in `gone` are deleted.

    What a poll stores from now on is none of them.
    """
    tables: list[type[models.Model]] = [*SHARED, StoredDiagnosis]
    there = {model: set(_list_keys(model)) for model in tables}
    used: dict[str, set[str]] = {column: set() for column in SHARED.values()}
    states: set[tuple[str, str, str]] = set()
    rows = Snapshot.objects.values_list("pk", *SHARED.values()).iterator(chunk_size=2000)
    for key, *digests in rows:
        if key not in gone:
            for column, digest in zip(SHARED.values(), digests, strict=True):
                used[column].add(digest)
            policies, shapes, _, assessment = digests
            states.add((policies, shapes, assessment))
    found = {model: sorted(there[model] - used[column]) for model, column in SHARED.items()}
    diagnosed = set(_find_diagnosis_keys(sorted(states), report_progress))
    return found | {StoredDiagnosis: sorted(there[StoredDiagnosis] - diagnosed)}


def _list_keys(model: type[models.Model]) -> Iterator[str]:
    return models.QuerySet(model).values_list("pk", flat=True).iterator()


def _find_diagnosis_keys(
    states: Sequence[tuple[str, str, str]], report_progress: ProgressCallback
) -> Iterator[str]:
    """The keys under which diagnoses of these snapshots are stored."""
    for start in range(0, len(states), BATCH):
        report_progress("finding unused rows", start, len(states))
        batch = states[start : start + BATCH]
        policies, shapes, assessments = (set(each) for each in zip(*batch, strict=True))
        sets = PolicySet.objects.in_bulk(policies)
        pods = PodShapes.objects.in_bulk(shapes)
        bodies = StoredAssessment.objects.in_bulk(assessments)
        for one, other, third in batch:
            if one in sets and other in pods and third in bodies:
                yield stored.compute_diagnosis_key(
                    sets[one].manifests, bodies[third].body, pods[other].shapes
                )


def remove_unused(model: type[models.Model], keys: Sequence[str]) -> int:
    """Delete those that no poll has begun to use meanwhile, and return how many went."""
    removed = 0
    rows: models.QuerySet[Any] = models.QuerySet(model)
    for start in range(0, len(keys), BATCH):
        batch = rows.filter(pk__in=keys[start : start + BATCH])
        free = batch.filter(snapshots=None) if model in SHARED else batch
        try:
            with transaction.atomic():
                removed += free.delete()[0]
        except IntegrityError:
            continue  # the next prune finds what is still unused
    return removed
