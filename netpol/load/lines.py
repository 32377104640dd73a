"""In which line of a YAML text a field of a policy stands."""

from collections.abc import Callable, Sequence

import yaml

from netpol.load.events import Malformed

Path = Sequence[str | int]
_MOST = 4_000_000
"""Characters of a text that is looked through."""


def line_of(text: str, policy: str, path: Path) -> int | None:
    """Of the nearest part of the path that is there; `None` where the policy is not in the text.

    Of several policies with this name the last is meant, as where all are applied.
    """
    return lines_of(text)(policy, path)


def lines_of(text: str) -> Callable[[str, Path], int | None]:
    """The same for many fields of one text, which is read but once."""
    nodes = {_name(node): node for node in _all_objects(text)}

    def line(policy: str, path: Path) -> int | None:
        return _line(nodes[policy], path) if policy in nodes else None

    return line


def _all_objects(text: str) -> list[yaml.Node]:
    if len(text) > _MOST:
        return []
    try:
        documents = list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, Malformed, RecursionError):
        return []
    return [node for document in documents for node in _objects(document)]


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
