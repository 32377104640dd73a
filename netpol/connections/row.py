"""A row of the matrix: the ports of every class of pods, grouped by equal ports."""

from collections.abc import Iterable, Mapping

PortRow = Mapping[int, int]
"""Ports → the classes that have exactly these. No class stands twice; those that have no ports
stand nowhere.
"""


def unite_rows(parts: Iterable[tuple[int, int]]) -> PortRow:
    """Each class with all the ports that any part (ports, classes) gives it."""
    row: dict[int, int] = {}
    by_ports: dict[int, int] = {}
    for ports, classes in parts:
        by_ports[ports] = by_ports.get(ports, 0) | classes
    for ports, classes in by_ports.items():
        grown: dict[int, int] = {}
        rest = classes
        for known, members in row.items():
            both = members & rest
            _add_classes(grown, known | ports, both)
            _add_classes(grown, known, members ^ both)
            rest ^= both
        _add_classes(grown, ports, rest)
        row = grown
    return row


def intersect_rows(one: PortRow, other: PortRow) -> PortRow:
    """Each class with the ports that both rows give it."""
    row: dict[int, int] = {}
    for ports, classes in one.items():
        for others, members in other.items():
            if both := ports & others:
                _add_classes(row, both, classes & members)
    return row


def remove_classes(row: PortRow, classes: int) -> PortRow:
    return {ports: left for ports, members in row.items() if (left := members & ~classes)}


def subtract_row(row: PortRow, taken: PortRow) -> PortRow:
    """Each class with the ports that only the first row gives it."""
    left: dict[int, int] = {}
    for ports, members in row.items():
        rest = members
        for others, classes in taken.items():
            if both := rest & classes:
                _add_classes(left, ports & ~others, both)
                rest ^= both
        _add_classes(left, ports, rest)
    return left


def _add_classes(row: dict[int, int], ports: int, classes: int) -> None:
    if ports and classes:
        row[ports] = row.get(ports, 0) | classes
