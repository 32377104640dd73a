"""The mistakes of past states, as polls keep those of the present one.

A diagnosis is of all states that are the same, whoever is in them: each is found once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dashboard.assess import json_columns as stored
from dashboard.health.work import ProgressCallback, ignore_progress
from dashboard.history.diagnoses import DiagnosisSubject, store_diagnosis
from dashboard.history.mistakes import JsonObject, MistakeKey, date_mistakes, find_mistakes
from dashboard.history.past_snapshots import (
    BATCH,
    lacks_surroundings,
    list_snapshots_since,
    load_surroundings_of,
)
from dashboard.models import Namespace, ServiceState, Snapshot, StoredDiagnosis
from dashboard.models.snapshot import SnapshotQuerySet
from netpol import model
from netpol.assess import SCHEMA
from netpol.parse import Json

Contents = tuple[str, str, str]
"""The digests of all that a diagnosis is of."""
ALL = Q()


def rediagnose(
    namespaces: Iterable[Namespace],
    since: datetime | None = None,
    report_progress: ProgressCallback = ignore_progress,
    *,
    anew: bool,
    those: Q = ALL,
) -> int:
    """Of all states that held at `since` or later, or `those` of them; the answer is how many have
    other mistakes now.

    What is diagnosed already is left as it is unless it is wanted `anew`. A poll may run meanwhile.
    """
    known = list(namespaces)
    memory, changed = _Memory(anew), 0
    for done, namespace in enumerate(known, 1):
        changed += _rediagnose(
            list_snapshots_since(namespace, since).filter(those), namespace, memory
        )
        report_progress("diagnosing anew", done, len(known))
    return changed


@dataclass(slots=True)
class _Memory:
    """The mistakes of each state that was met and of which they are known. Of equal ones a row may
    tell too little to know them, and another enough.
    """

    anew: bool
    by_contents: dict[Contents, list[MistakeKey]] = field(default_factory=dict)
    by_key: dict[str, list[MistakeKey] | None] = field(default_factory=dict)

    def add(self, namespace: Namespace, rows: Iterable[Snapshot]) -> None:
        for row in rows:
            if (found := self._mistakes(namespace, row)) is not None:
                self.by_contents[_contents(row)] = found

    def _mistakes(self, namespace: Namespace, row: Snapshot) -> list[MistakeKey] | None:
        if row.assessment.schema != SCHEMA or lacks_surroundings(row):
            return None
        manifests: list[Json] = row.policy_set.manifests
        key = stored.compute_diagnosis_key(manifests, row.assessment.body, row.pods)
        if key not in self.by_key:
            if self.anew or not StoredDiagnosis.objects.filter(pk=key).exists():
                store_diagnosis(key, _subject(namespace, row, manifests))
            self.by_key[key] = find_mistakes([key]).get(key)
        return self.by_key[key]


def _contents(row: Snapshot) -> Contents:
    return row.policy_set_id, row.pod_shapes_id, row.assessment_id


def _subject(namespace: Namespace, row: Snapshot, manifests: Sequence[Json]) -> DiagnosisSubject:
    return DiagnosisSubject(
        model.LabeledNamespace(namespace.name, namespace.labels),
        stored.load_shapes(row.pods, namespace.name),
        manifests,
        tuple(_services(row)),
        load_surroundings_of(row, namespace.name),
    )


def _services(row: Snapshot) -> Iterator[Json]:
    """Each as it was last while the state held."""
    states = ServiceState.objects.filter(
        namespace=row.namespace_id, first_seen__lte=row.last_seen, last_seen__gte=row.first_seen
    )
    newest = {each.service: each for each in states.order_by("first_seen")}
    for name in sorted(newest):
        yield from stored.build_service_manifests(name, newest[name].ports, newest[name].entities)


def _rediagnose(states: SnapshotQuerySet, namespace: Namespace, memory: _Memory) -> int:
    columns = ("namespace", "policy_set", "pod_shapes", "assessment", "mistakes", "first_seen")
    rows = list(states.only(*columns))
    new = {_contents(each): each.pk for each in rows if _contents(each) not in memory.by_contents}
    unmet = sorted(new.values())
    for start in range(0, len(unmet), BATCH):
        batch = Snapshot.objects.filter(pk__in=unmet[start : start + BATCH])
        memory.add(namespace, batch.with_contents().select_related("surroundings"))
    changed = [
        (row, made) for row, made in _dated(rows, memory, _before(rows)) if made != row.mistakes
    ]
    with transaction.atomic():
        for row, made in changed:
            still = Snapshot.objects.filter(pk=row.pk, assessment=row.assessment_id)
            still.update(mistakes=made)
    return len(changed)


def _before(rows: Sequence[Snapshot]) -> Sequence[JsonObject]:
    """What was known before the first of them."""
    if not rows:
        return ()
    earlier = Snapshot.objects.filter(
        namespace=rows[0].namespace_id,
        first_seen__lt=rows[0].first_seen,
        mistakes__isnull=False,
    )
    return earlier.values_list("mistakes", flat=True).first() or ()


def _dated(
    rows: Iterable[Snapshot], memory: _Memory, earlier: Sequence[JsonObject]
) -> Iterator[tuple[Snapshot, Sequence[JsonObject]]]:
    for row in rows:
        found = memory.by_contents.get(_contents(row))
        if found is not None:
            earlier = date_mistakes(found, row.first_seen, earlier)
            yield row, earlier
        elif row.mistakes is not None:
            earlier = row.mistakes
