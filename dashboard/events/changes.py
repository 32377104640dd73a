"""What is said of a namespace that looks different, and how it is written."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

STREAM = "dashboard:events"
"""The key of the Redis stream; each of its entries holds one `FIELD`."""
FIELD = "changes"


@dataclass(frozen=True, slots=True)
class Change:
    """A namespace, by its key, looks different.

    `flows` are those whose prediction is another than before, with what it is now, and `met` how
    many are as the lab wants them; `None` where it is not the verdict that changed.
    """

    namespace: int
    flows: Mapping[str, str] = field(default_factory=dict, hash=False)
    met: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Namespaces of which the same is to be said: a class often does the same at once."""

    of: frozenset[int]
    flows: Mapping[str, str]
    met: int | None

    def among(self, watched: frozenset[int] | None) -> "Group":
        """What of it concerns somebody who sees these; `None` is all."""
        return self if watched is None else Group(self.of & watched, self.flows, self.met)


@dataclass(frozen=True, slots=True)
class Entry:
    """What was published at once. `groups` is `None` where nobody knows what has changed."""

    id: str
    groups: tuple[Group, ...] | None

    def concerns(self, watched: frozenset[int] | None) -> bool:
        if self.groups is None or watched is None:
            return True
        return any(not group.of.isdisjoint(watched) for group in self.groups)


def written(changes: Iterable[Change]) -> str:
    alike: dict[tuple[tuple[tuple[str, str], ...], int | None], set[int]] = {}
    for change in changes:
        alike.setdefault((tuple(sorted(change.flows.items())), change.met), set()).add(
            change.namespace
        )
    groups = (Group(frozenset(of), dict(flows), met) for (flows, met), of in alike.items())
    return json.dumps([_json(group) for group in groups], separators=(",", ":"))


def read(identity: str, text: str | None) -> Entry:
    """What another version wrote, and this one does not understand, may be anything."""
    try:
        groups = tuple(
            Group(frozenset(group["of"]), dict(group["flows"]), group["met"])
            for group in json.loads(text or "")
        )
    except (KeyError, TypeError, ValueError):
        return Entry(identity, None)
    return Entry(identity, groups)


def message(entry: Entry, watched: frozenset[int] | None, within: float) -> str:
    """What a page is told, of no namespace but those: to look again within so many seconds."""
    groups = entry.groups and [group.among(watched) for group in entry.groups]
    said = {
        "changes": None if groups is None else [_json(group) for group in groups if group.of],
        "within": round(within, 3),
    }
    return json.dumps(said, separators=(",", ":"))


def _json(group: Group) -> dict[str, Any]:
    return {"of": _sorted(group.of), "flows": group.flows, "met": group.met}


def _sorted(keys: Collection[int]) -> list[int]:
    return sorted(keys)
