"""Policies as a student writes them: YAML, and where their fields stand in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import yaml

from netpol.load.lines import PolicyLines
from netpol.parse import Json
from netpol.repair.structure import parse_path

# PostgreSQL keeps the keys of JSON in an order of its own; people read them in this one.
ORDER = (
    *("apiVersion", "kind", "metadata", "spec"),
    *("namespaceSelector", "podSelector", "policyTypes", "ingress", "egress", "from", "to"),
    *("matchLabels", "matchExpressions", "key", "operator", "values"),
    *("ipBlock", "cidr", "except", "ports", "protocol", "port", "endPort"),
)
RANKS = {key: rank for rank, key in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class PolicyManifest:
    name: str
    text: str

    @property
    def line_anchors(self) -> list[str]:
        """Of its lines, as links find them."""
        return [format_anchor(self.name, number) for number in range(1, self.text.count("\n") + 1)]


def format_anchor(policy: str, line: int | None) -> str:
    """Names of policies have no capitals, so no other policy is called like a line of this one."""
    return f"policy-{policy}-L{line}" if line else f"policy-{policy}"


def render_manifests(stored: Iterable[Json]) -> tuple[PolicyManifest, ...]:
    """Canonical policies, in the order of their names."""
    texts = (PolicyManifest(policy["metadata"]["name"], format_yaml(policy)) for policy in stored)
    return tuple(sorted(texts, key=lambda manifest: manifest.name))


def format_yaml(manifest: Json) -> str:
    text: str = yaml.safe_dump(
        _order_keys(manifest), sort_keys=False, default_flow_style=False, allow_unicode=True
    )
    return text


def format_documents(manifests: Iterable[Json]) -> str:
    """Several in one text, for kubectl."""
    return "---\n".join(map(format_yaml, manifests))


def _order_keys(value: object) -> object:
    match value:
        case Mapping():
            keys = sorted(value, key=lambda key: (RANKS.get(key, len(RANKS)), key))
            return {key: _order_keys(value[key]) for key in keys}
        case list() | tuple():
            return [_order_keys(item) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class PolicyAnchors:
    """Policies by name. A text is read once, and only if a field of it is asked for."""

    texts: dict[str, str]
    _read: dict[str, PolicyLines] = field(default_factory=dict)

    @classmethod
    def from_manifests(cls, manifests: Iterable[PolicyManifest]) -> Self:
        return cls({manifest.name: manifest.text for manifest in manifests})

    def __contains__(self, policy: str) -> bool:
        return policy in self.texts

    def find_anchor(self, policy: str, path: str = "") -> str:
        """Of the field's line, or of the nearest field around it; of the policy without a path."""
        return format_anchor(policy, self.find_line(policy, path) if path else None)

    def find_line(self, policy: str, path: str = "") -> int | None:
        """In the text of that policy. Raises `KeyError` for one that the page does not show."""
        if policy not in self._read:
            self._read[policy] = PolicyLines.from_text(self.texts[policy])
        return self._read[policy].find_line(policy, parse_path(path))
