"""In which line of a YAML text a field of a policy stands."""

from collections.abc import Sequence

import yaml

from netpol.load.events import Malformed

Path = Sequence[str | int]
_MOST = 4_000_000
"""Characters of a text that is looked through."""


def line_of(text: str, policy: str, path: Path) -> int | None:
    """Of the nearest part of the path that is there; `None` where the policy is not in the text.

    Of several policies with this name the last is meant, as where all are applied.
    """
    if len(text) > _MOST:
        return None
    try:
        found = [
            node
            for document in yaml.compose_all(text, Loader=yaml.CSafeLoader)
            for node in _objects(document)
            if _name(node) == policy
        ]
    except (yaml.YAMLError, Malformed, RecursionError):
        return None
    return _line(found[-1], path) if found else None


def _objects(node: yaml.Node | None) -> list[yaml.Node]:
    items = _child(node, "items")
    return list(items.value) if isinstance(items, yaml.SequenceNode) else [node] if node else []


def _name(node: yaml.Node) -> str:
    name = _child(_child(node, "metadata"), "name")
    return str(name.value) if isinstance(name, yaml.ScalarNode) else ""


def _line(node: yaml.Node, path: Path) -> int:
    line = node.start_mark.line
    for key in path:
        child = _child(node, key)
        if child is None:
            break
        line, node = _mark(node, key, child), child
    return int(line) + 1


def _mark(node: yaml.Node, key: str | int, child: yaml.Node) -> int:
    """A field begins with its key."""
    if isinstance(node, yaml.MappingNode):
        return int(next(name.start_mark.line for name, _ in node.value if name.value == key))
    return int(child.start_mark.line)


def _child(node: yaml.Node | None, key: str | int) -> yaml.Node | None:
    match node, key:
        case yaml.MappingNode(), str():
            return next((value for name, value in node.value if name.value == key), None)
        case yaml.SequenceNode(), int() if key < len(node.value):
            child: yaml.Node = node.value[key]
            return child
    return None
