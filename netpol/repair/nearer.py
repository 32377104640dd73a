"""Ways to bring a policy nearer to what it was meant to be."""

from collections.abc import Iterator
from typing import Any

from netpol.parse import Json
from netpol.repair.draft import Bench, Draft
from netpol.repair.parts import spec_of
from netpol.repair.structure import Change, apply, changes


def moves(draft: Draft, namespace: str) -> Iterator[Draft]:
    """A policy that names another namespace, in this one."""
    for index, manifest in enumerate(draft.policies):
        if manifest and manifest["metadata"].get("namespace") not in (None, "", namespace):
            metadata = {**manifest["metadata"], "namespace": namespace}
            yield draft.with_policy(index, {**manifest, "metadata": metadata})


def likenings(bench: Bench, draft: Draft) -> Iterator[Draft]:
    """A policy that is as the student wrote it, brought nearer by one change or altogether."""
    for index, counterpart in bench.meant.items():
        original = bench.original[index]
        if draft.policies[index] is not original:
            continue
        found = differences(original, counterpart)
        for each in [*([one] for one in found), *([found] if len(found) > 1 else [])]:
            yield draft.with_policy(index, apply(original, each))


def differences(manifest: Json, counterpart: Json) -> list[Change]:
    """What makes one policy's spec the other's."""
    before: dict[str, Any] = {"spec": spec_of(manifest)}
    return changes(before, {"spec": spec_of(counterpart)})
