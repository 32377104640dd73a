"""Ways to bring a policy nearer to what it was meant to be."""

from collections.abc import Iterator
from typing import Any

from netpol.parse import Json
from netpol.repair.draft import DraftScorer, RepairDraft
from netpol.repair.parts import spec_of
from netpol.repair.structure import TreeChange, apply_changes, list_changes


def move_policies(draft: RepairDraft, namespace: str) -> Iterator[RepairDraft]:
    """A policy that names another namespace, in this one."""
    for index, manifest in enumerate(draft.policies):
        if manifest and manifest["metadata"].get("namespace") not in (None, "", namespace):
            metadata = {**manifest["metadata"], "namespace": namespace}
            yield draft.with_policy(index, {**manifest, "metadata": metadata})


def approach_solution(scorer: DraftScorer, draft: RepairDraft) -> Iterator[RepairDraft]:
    """A policy that is as the student wrote it, brought nearer by one change or altogether."""
    for index, counterpart in scorer.counterparts.items():
        original = scorer.original[index]
        if draft.policies[index] is not original:
            continue
        found = list_differences(original, counterpart)
        for each in [*([one] for one in found), *([found] if len(found) > 1 else [])]:
            yield draft.with_policy(index, apply_changes(original, each))


def list_differences(manifest: Json, counterpart: Json) -> list[TreeChange]:
    """What makes one policy's spec the other's."""
    before: dict[str, Any] = {"spec": spec_of(manifest)}
    return list_changes(before, {"spec": spec_of(counterpart)})
