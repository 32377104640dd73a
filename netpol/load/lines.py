"""In which line of a YAML text a field of a policy stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import yaml

from netpol.load.events import MalformedDocumentError
from netpol.load.nodes import compose_nodes

Path = Sequence[str | int]
_MAX_CHARACTERS = 4_000_000
"""Characters of a text that is looked through."""


@dataclass(frozen=True, slots=True)
class PolicyLines:
    """A text, read once; where it is no YAML, or nested too deeply, nothing is found in it."""

    policies: Mapping[str, Sequence[yaml.Node]] = field(hash=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        if len(text) > _MAX_CHARACTERS:
            return cls({})
        try:
            return cls(_group_by_name(text))
        except (yaml.YAMLError, MalformedDocumentError):
            return cls({})

    def find_line(self, policy: str, path: Path, namespace: str = "") -> int | None:
        """Of the nearest part of the path that is there; `None` where the policy is not.

        Of several policies with this name the last is meant, as where all are applied. Where a
        `namespace` is given, one that names another one is none of them.
        """
        found = [
            node
            for node in self.policies.get(policy, ())
            if not namespace or _metadata_text(node, "namespace") in ("", namespace)
        ]
        return _line_at(found[-1], path) if found else None


def _group_by_name(text: str) -> dict[str, list[yaml.Node]]:
    found: dict[str, list[yaml.Node]] = {}
    for node in _find_policies(text):
        found.setdefault(_metadata_text(node, "name"), []).append(node)
    return found


def _find_policies(text: str) -> Iterator[yaml.Node]:
    for document in compose_nodes(text):
        items = _find_child(document, "items")
        for node in items.value if isinstance(items, yaml.SequenceNode) else [document]:
            if node and _scalar_text(_find_child(node, "kind")) in ("", "NetworkPolicy"):
                yield node


def _metadata_text(node: yaml.Node, key: str) -> str:
    return _scalar_text(_find_child(_find_child(node, "metadata"), key))


def _scalar_text(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _line_at(node: yaml.Node, path: Path) -> int:
    line = node.start_mark.line
    for key in path:
        child = _find_child(node, key)
        if child is None:
            break
        line, node = _start_line(node, key, child), child
    return int(line) + 1


def _start_line(node: yaml.Node, key: str | int, child: yaml.Node) -> int:
    """A field begins with its key."""
    if isinstance(node, yaml.MappingNode):
        return int(next(name.start_mark.line for name, _ in node.value if name.value == key))
    return int(child.start_mark.line)


def _find_child(node: yaml.Node | None, key: str | int) -> yaml.Node | None:
    match node, key:
        case yaml.MappingNode(), str():
            return next((value for name, value in node.value if name.value == key), None)
        case yaml.SequenceNode(), int() if key < len(node.value):
            child: yaml.Node = node.value[key]
            return child
    return None
