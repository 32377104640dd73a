"""Policies as a student would write them: YAML, and how two sets of them differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum

import yaml

from netpol.parse import Json

# PostgreSQL keeps the keys of JSON in an order of its own; people read them in this one.
ORDER = (
    *("apiVersion", "kind", "metadata", "spec"),
    *("namespaceSelector", "podSelector", "policyTypes", "ingress", "egress", "from", "to"),
    *("matchLabels", "matchExpressions", "key", "operator", "values"),
    *("ipBlock", "cidr", "except", "ports", "protocol", "port", "endPort"),
)
RANKS = {key: rank for rank, key in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    text: str

    @property
    def anchors(self) -> list[str]:
        """Of its lines, as links find them."""
        return [anchor(self.name, number) for number in range(1, self.text.count("\n") + 1)]


def anchor(policy: str, line: int | None) -> str:
    """Names of policies have no capitals, so no other policy is called like a line of this one."""
    return f"policy-{policy}-L{line}" if line else f"policy-{policy}"


class Sign(StrEnum):
    """How a line of a difference is marked, so that nobody needs to see its colour."""

    ADDED = "+"
    REMOVED = "-"
    SAME = " "
    SKIPPED = "⋯"


@dataclass(frozen=True, slots=True)
class Line:
    sign: Sign
    text: str


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "unchanged"


@dataclass(frozen=True, slots=True)
class ManifestChange:
    """What happened to the policy of this name; without `lines` where it stayed the same."""

    name: str
    change: Change
    lines: tuple[Line, ...]


def manifests(stored: Iterable[Json]) -> tuple[Manifest, ...]:
    """Canonical policies, in the order of their names."""
    texts = (Manifest(policy["metadata"]["name"], as_yaml(policy)) for policy in stored)
    return tuple(sorted(texts, key=lambda manifest: manifest.name))


def as_yaml(manifest: Json) -> str:
    text: str = yaml.safe_dump(
        ordered(manifest), sort_keys=False, default_flow_style=False, allow_unicode=True
    )
    return text


def as_documents(manifests: Iterable[Json]) -> str:
    """Several in one text, for kubectl."""
    return "---\n".join(map(as_yaml, manifests))


def ordered(value: object) -> object:
    match value:
        case Mapping():
            keys = sorted(value, key=lambda key: (RANKS.get(key, len(RANKS)), key))
            return {key: ordered(value[key]) for key in keys}
        case list() | tuple():
            return [ordered(item) for item in value]
    return value


def compare(before: Iterable[Json], after: Iterable[Json]) -> list[ManifestChange]:
    """What happened to each policy of two canonical sets."""
    then = {manifest.name: manifest.text for manifest in manifests(before)}
    now = {manifest.name: manifest.text for manifest in manifests(after)}
    return [
        ManifestChange(
            name,
            _change(then.get(name), now.get(name)),
            tuple(_lines(then.get(name, "").splitlines(), now.get(name, "").splitlines())),
        )
        for name in sorted({*then, *now})
    ]


def _change(old: str | None, new: str | None) -> Change:
    if old == new:
        return Change.SAME
    if old is None:
        return Change.ADDED
    return Change.REMOVED if new is None else Change.CHANGED


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    # The first three lines name the files and the place, which the page tells better.
    for line in list(unified_diff(old, new, lineterm=""))[3:]:
        match line[0]:
            case "+":
                yield Line(Sign.ADDED, line[1:])
            case "-":
                yield Line(Sign.REMOVED, line[1:])
            case "@":
                yield Line(Sign.SKIPPED, "")
            case _:
                yield Line(Sign.SAME, line[1:])
