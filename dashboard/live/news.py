"""What is said of a namespace that looks different, and how it is written."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

STREAM = "dashboard:events"
"""The key of the Redis stream; each of its entries holds one `FIELD`."""
FIELD = "changes"


@dataclass(frozen=True, slots=True)
class NamespaceNews:
    """A namespace, by its key, looks different.

    `flows` are those whose prediction is another than before, with what it is now, and `met` how
    many are as the lab wants them; `None` where it is not the verdict that changed.
    """

    namespace: int
    flows: Mapping[str, str] = field(default_factory=dict, hash=False)
    met: int | None = None


@dataclass(frozen=True, slots=True)
class NewsGroup:
    """Namespaces of which the same is to be said: a class often does the same at once."""

    namespaces: frozenset[int]
    flows: Mapping[str, str]
    met: int | None


@dataclass(frozen=True, slots=True)
class NewsEntry:
    """What was published at once. `groups` is `None` where nobody knows what has changed."""

    id: str
    groups: tuple[NewsGroup, ...] | None
    group_of: Mapping[int, NewsGroup] = field(default_factory=dict, compare=False)
    """By namespace: in a class in which no two did the same, nobody looks through all of it."""

    def concerns_any(self, watched: frozenset[int] | None) -> bool:
        """Whether any of it is said of these namespaces; `None` is all."""
        if self.groups is None or watched is None:
            return True
        return not watched.isdisjoint(self.group_of)

    def select_groups(self, watched: frozenset[int]) -> Iterator[NewsGroup]:
        """What is said of these namespaces, and of no others."""
        mine = {id(group): group for key in watched if (group := self.group_of.get(key))}
        for group in mine.values():
            yield NewsGroup(group.namespaces & watched, group.flows, group.met)


def encode_news(changes: Iterable[NamespaceNews]) -> str:
    alike: dict[tuple[tuple[tuple[str, str], ...], int | None], set[int]] = {}
    for change in {change.namespace: change for change in changes}.values():
        alike.setdefault((tuple(sorted(change.flows.items())), change.met), set()).add(
            change.namespace
        )
    groups = (NewsGroup(frozenset(of), dict(flows), met) for (flows, met), of in alike.items())
    return json.dumps([_dump_group(group) for group in groups], separators=(",", ":"))


def decode_entry(identity: str, text: str | None) -> NewsEntry:
    """What another version wrote, and this one does not understand, may be anything."""
    try:
        groups = tuple(
            NewsGroup(frozenset(group["of"]), dict(group["flows"]), group["met"])
            for group in json.loads(text or "")
        )
    except (KeyError, TypeError, ValueError):
        return NewsEntry(identity, None)
    return NewsEntry(identity, groups, {key: group for group in groups for key in group.namespaces})


def encode_message(entry: NewsEntry, watched: frozenset[int] | None, within: float) -> str:
    """What a page is told, of no namespace but those: to look again within so many seconds."""
    groups = (
        entry.groups if watched is None or entry.groups is None else entry.select_groups(watched)
    )
    said = {
        "changes": None if groups is None else [_dump_group(group) for group in groups],
        "within": round(within, 3),
    }
    return json.dumps(said, separators=(",", ":"))


def _dump_group(group: NewsGroup) -> dict[str, Any]:
    return {"of": sorted(group.namespaces), "flows": group.flows, "met": group.met}
