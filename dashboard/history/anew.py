"""What past states of a namespace come to by the present lab file and evaluator."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.active_lab import active_lab
from dashboard.assess import json_columns as stored
from dashboard.assess.assessed_snapshot import AssessedSnapshot, assess_snapshot
from dashboard.history.incidents.policy_losses import SnapshotContents
from dashboard.history.past_snapshots import BATCH, lacks_surroundings, load_surroundings_of
from dashboard.history.snapshots import list_references, store_contents
from dashboard.models import Namespace, Snapshot
from dashboard.models.fields import CompressedJSON
from netpol import model
from netpol.assess import TooLargeError
from netpol.parse import InvalidManifestError, Json

Inputs = tuple[str, str, str | None, str]
"""The digests of what a state depends on, within one namespace."""

UNTOLD = "what surrounded it was not kept when it was recorded, and its verdicts depend on it"


@dataclass(frozen=True, slots=True)
class Anew:
    """What a state comes to, small enough to hold all of a namespace: `body` is its assessment."""

    digest: str
    refers: Mapping[str, str]
    summary: Mapping[str, Any]
    policies: Sequence[Json]
    body: bytes | None

    def is_other(self, row: Snapshot) -> bool:
        return (row.digest, row.assessment_id) != (self.digest, self.refers["assessment_id"])

    def contents(self, row: Snapshot) -> SnapshotContents:
        return SnapshotContents(
            stored.parse_assessment(CompressedJSON().from_db_value(self.body)),
            self.policies,
            self.refers["pod_shapes_id"],
            row.surroundings_id and self.refers["surroundings_id"],
        )


def anew(namespace: Namespace, rows: Sequence[Snapshot], *, keep: bool) -> dict[int, Anew | str]:
    """Of each by its key, or why it has to stay as it is; states recur, and each is read once.

    What those that are others now refer to is kept right away, if it is to be.
    """
    alike: defaultdict[Inputs, list[Snapshot]] = defaultdict(list)
    for row in rows:
        alike[_inputs(row)].append(row)
    keys, found = [same[0].pk for same in alike.values()], dict[Inputs, Anew | str]()
    for start in range(0, len(keys), BATCH):
        batch = Snapshot.objects.filter(pk__in=keys[start : start + BATCH])
        new: list[AssessedSnapshot] = []
        for row in batch.with_contents().select_related("surroundings"):
            each = UNTOLD if lacks_surroundings(row) else _state(namespace, row)
            if isinstance(each, AssessedSnapshot):
                found[_inputs(row)] = packed = _packed(each)
                new += [each] if any(map(packed.is_other, alike[_inputs(row)])) else []
            else:
                found[_inputs(row)] = each
        if keep and new:
            store_contents(new)
    return {row.pk: found[_inputs(row)] for row in rows if _inputs(row) in found}


def _inputs(row: Snapshot) -> Inputs:
    """Of a state whose surroundings were not kept its assessment tells whether they mattered."""
    told = "" if row.surroundings_id else row.assessment_id
    return row.policy_set_id, row.pod_shapes_id, row.surroundings_id, told


def _packed(found: AssessedSnapshot) -> Anew:
    return Anew(
        found.digest,
        list_references(found),
        found.summary,
        found.policies,
        CompressedJSON().get_prep_value(found.assessment),
    )


def _state(namespace: Namespace, row: Snapshot) -> AssessedSnapshot | str:
    name = namespace.name
    try:
        return assess_snapshot(
            active_lab(),
            model.LabeledNamespace(name, namespace.labels),
            stored.load_shapes(row.pods, name),
            row.policy_set.manifests,
            load_surroundings_of(row, name),
        )
    except (InvalidManifestError, TooLargeError) as refusal:
        return f"it cannot be assessed: {refusal}"
