"""In which line of a YAML text a field of a policy stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import yaml

from netpol.load.yaml_reader import LOADER, MAX_DEPTH, MalformedDocumentError

FieldPath = Sequence[str | int]
_MAX_CHARACTERS = 4_000_000
"""A longer text is not searched."""
_BEGIN = yaml.SequenceStartEvent | yaml.MappingStartEvent
_END = yaml.SequenceEndEvent | yaml.MappingEndEvent


def compose_nodes(text: str) -> Iterator[yaml.Node | None]:
    """The outermost node of each document.

    Raises `MalformedDocumentError` where a document is nested too deeply, `yaml.YAMLError` where
    the text is no YAML. Depth is checked first: libyaml's composer recurses until the stack
    overflows, and the process ends with it.
    """
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, _BEGIN)
        depth -= isinstance(event, _END)
        if depth > MAX_DEPTH:
            raise MalformedDocumentError(f"is nested more than {MAX_DEPTH} deep")
    return yaml.compose_all(text, Loader=LOADER)


@dataclass(frozen=True, slots=True)
class PolicyLines:
    """The policies in a text by their names; none where it is no YAML or is nested too deeply."""

    policies: Mapping[str, Sequence[yaml.Node]] = field(hash=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        policies: dict[str, list[yaml.Node]] = {}
        try:
            for node in _find_policies(text if len(text) <= _MAX_CHARACTERS else ""):
                policies.setdefault(_metadata_text(node, "name"), []).append(node)
        except (yaml.YAMLError, MalformedDocumentError):
            return cls({})
        return cls(policies)

    def find_line(self, policy: str, path: FieldPath, namespace: str = "") -> int | None:
        """The line of the nearest part of `path` that exists; `None` where the policy does not.

        Of several policies with this name the last counts, as where all are applied. With a
        `namespace`, a policy that names another namespace does not count.
        """
        found = [
            node
            for node in self.policies.get(policy, ())
            if not namespace or _metadata_text(node, "namespace") in ("", namespace)
        ]
        return _line_at(found[-1], path) if found else None


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


def _line_at(node: yaml.Node, path: FieldPath) -> int:
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
