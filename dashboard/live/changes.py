"""What is said of a namespace that looks different, and how it is written."""

import json
from collections.abc import Iterable, Iterator, Mapping
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


@dataclass(frozen=True, slots=True)
class Entry:
    """What was published at once. `groups` is `None` where nobody knows what has changed."""

    id: str
    groups: tuple[Group, ...] | None
    group_of: Mapping[int, Group] = field(default_factory=dict, compare=False)
    """By namespace: in a class in which no two did the same, nobody looks through all of it."""

    def concerns(self, watched: frozenset[int] | None) -> bool:
        """Whether any of it is said of these namespaces; `None` is all."""
        if self.groups is None or watched is None:
            return True
        return not watched.isdisjoint(self.group_of)

    def among(self, watched: frozenset[int]) -> Iterator[Group]:
        """What is said of these namespaces, and of no others."""
        mine = {id(group): group for key in watched if (group := self.group_of.get(key))}
        for group in mine.values():
            yield Group(group.of & watched, group.flows, group.met)


def written(changes: Iterable[Change]) -> str:
    alike: dict[tuple[tuple[tuple[str, str], ...], int | None], set[int]] = {}
    for change in {change.namespace: change for change in changes}.values():
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
    return Entry(identity, groups, {key: group for group in groups for key in group.of})


def message(entry: Entry, watched: frozenset[int] | None, within: float) -> str:
    """What a page is told, of no namespace but those: to look again within so many seconds."""
    groups = entry.groups if watched is None or entry.groups is None else entry.among(watched)
    said = {
        "changes": None if groups is None else [_json(group) for group in groups],
        "within": round(within, 3),
    }
    return json.dumps(said, separators=(",", ":"))


def _json(group: Group) -> dict[str, Any]:
    return {"of": sorted(group.of), "flows": group.flows, "met": group.met}
