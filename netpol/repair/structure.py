"""Manifests as trees: what changed between two of them, where, and how much.

A path is a tuple of keys and list indices, as they stand in the manifest *before* the change.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from netpol.model import Direction
from netpol.parse import Json

Path = tuple[str | int, ...]
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYS = re.compile(r'\.?([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')
PEER_LISTS = {direction.peers_field for direction in Direction}


@dataclass(frozen=True, slots=True)
class TreeChange:
    """`before` is `None` for what is new, `after` for what goes.

    `place` is what to point at: the path itself, or within it the key that was wrong.
    """

    path: Path
    before: Any
    after: Any
    place: Path

    @property
    def size(self) -> int:
        """How many leaf values it changes, at least one."""
        return max(count_leaves_apart(self.before, self.after), 1)


def format_path(path: Path) -> str:
    """Dotted, with list indices, and keys that are no plain words in brackets."""
    written = ""
    for key in path:
        if isinstance(key, int):
            written += f"[{key}]"
        elif _PLAIN.fullmatch(key):
            written += f".{key}" if written else key
        else:
            quoted = key.replace("\\", "\\\\").replace('"', '\\"')
            written += f'["{quoted}"]'
    return written


def parse_path(written: str) -> Path:
    """The path that `format_path` wrote."""
    return tuple(
        int(index) if index else plain or quoted.replace('\\"', '"').replace("\\\\", "\\")
        for plain, index, quoted in _KEYS.findall(written)
    )


def list_changes(before: Any, after: Any, path: Path = ()) -> list[TreeChange]:
    """The changes that turn one tree into the other: `apply_changes` with all of them gives
    `after`, except that new items of a list come at its end.
    """
    if before == after:
        return []
    match before, after:
        case dict(), dict():
            return _compare_objects(before, after, path)
        case list(), list():
            return _compare_lists(before, after, path)
    return [TreeChange(path, before, after, path)]


def _compare_objects(before: Json, after: Json, path: Path) -> list[TreeChange]:
    gone, new = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    if path and path[-1] == "matchLabels" and gone and new:
        # One label in another's place: the whole map is the change, the wrong key its place.
        return [TreeChange(path, before, after, (*path, gone[0]))]
    in_peers = len(path) > 1 and path[-2] in PEER_LISTS
    if gone and new and (in_peers or path[-1:] == ("podSelector",)):
        # A selector, or a peer, of another kind.
        return [TreeChange(path, before, after, path)]
    found = [TreeChange((*path, key), before[key], None, (*path, key)) for key in gone]
    for key in (key for key in before if key in after):
        found += list_changes(before[key], after[key], (*path, key))
    return found + [
        TreeChange((*path, key), None, after[key], (*path, key) if before else path) for key in new
    ]


def _compare_lists(before: list[Any], after: list[Any], path: Path) -> list[TreeChange]:
    pairs = _pair_items(before, after)
    found = [
        each
        for index, other in pairs.items()
        for each in list_changes(before[index], after[other], (*path, index))
    ]
    gone = [index for index in range(len(before)) if index not in pairs]
    new = [index for index in range(len(after)) if index not in pairs.values()]
    if path and path[-1] in PEER_LISTS and found and (gone or new):
        # Two items that become one, or one that becomes two: the list as a whole is the change.
        return [TreeChange(path, before, after, path)]
    found += [TreeChange((*path, index), before[index], None, (*path, index)) for index in gone]
    return found + [
        TreeChange((*path, len(before) + number), None, after[index], path)
        for number, index in enumerate(new)
    ]


def _pair_items(before: list[Any], after: list[Any]) -> dict[int, int]:
    """Pairs of indexes: first of equal items, then of the most alike, each once."""
    pairs = {i: i for i, (item, other) in enumerate(zip(before, after)) if item == other}  # noqa: B905
    for index, item in enumerate(before):
        if index in pairs:
            continue
        equal = (i for i, other in enumerate(after) if i not in pairs.values() and other == item)
        if (match := next(equal, None)) is not None:
            pairs[index] = match
    apart = sorted(
        (count_leaves_apart(item, other), index, i)
        for index, item in enumerate(before)
        if index not in pairs
        for i, other in enumerate(after)
        if i not in pairs.values()
    )
    for _, index, i in apart:
        if index not in pairs and i not in pairs.values():
            pairs[index] = i
    return pairs


def apply_changes(manifest: Json, made: Sequence[TreeChange]) -> dict[str, Any]:
    """A copy of the manifest with these changes, which were found in it."""
    changed: dict[str, Any] = deepcopy(dict(manifest))
    whole = [each for each in made if isinstance(each.path[-1], int) and each.after is None]
    for each in (each for each in made if each not in whole):
        parent, key = _find_parent(changed, each.path), each.path[-1]
        if isinstance(key, int) and key >= len(parent):
            parent.append(deepcopy(each.after))
        elif each.after is None:
            del parent[key]
        else:
            parent[key] = deepcopy(each.after)
    for each in sorted(whole, key=lambda each: (len(each.path), each.path[-1]), reverse=True):
        del _find_parent(changed, each.path)[each.path[-1]]
    return changed


def _find_parent(tree: Any, path: Path) -> Any:
    """The dict or list to change; it replaces a value without fields, such as a text."""
    for key, inner in pairwise(path):
        kind = dict if isinstance(inner, str) else list
        if isinstance(tree, dict) and not isinstance(tree.get(key), kind):
            tree[key] = kind()
        tree = tree[key]
    return tree


def list_leaves(value: Any, path: Path = ()) -> dict[Path, Any]:
    """The values at the ends of the branches by path; an empty branch is a leaf."""
    match value:
        case dict() if value:
            parts: Iterable[tuple[str | int, Any]] = value.items()
        case list() if value:
            parts = enumerate(value)
        case None:
            return {}
        case _:
            return {path: value}
    return {
        key: each
        for part, inner in parts
        for key, each in list_leaves(inner, (*path, part)).items()
    }


def count_leaves_apart(before: Any, after: Any) -> int:
    """How many leaves the tree with more of them has and the other has not."""
    return count_apart(count_named_leaves(before), count_named_leaves(after))


def count_apart(old: Counter[tuple[Path, str]], new: Counter[tuple[Path, str]]) -> int:
    """The same, from counted leaves."""
    return max(old.total(), new.total()) - (old & new).total()


def count_named_leaves(tree: Any) -> Counter[tuple[Path, str]]:
    """The leaves by path and value, without indexes: the order of a list is irrelevant."""
    return Counter(
        (tuple("" if isinstance(key, int) else key for key in path), repr(value))
        for path, value in list_leaves(tree).items()
    )
