"""Sets of ports as text and as JSON, and long JSON lists item by item."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from netpol.connections import PortSpace


def format_ports(space: PortSpace, ports: int) -> str:
    """`TCP 80 8000-8080, UDP 53`, or `all`."""
    if ports == space.all_ports:
        return "all"
    return ", ".join(
        f"{protocol} {' '.join(each.numbers for each in ranges)}"
        for protocol, ranges in groupby(space.list_ranges(ports), key=lambda each: each.protocol)
    )


def dump_ports(space: PortSpace, ports: int) -> Sequence[Mapping[str, Any]]:
    """Each protocol once, with its ranges of ports in order."""
    return [
        {"protocol": protocol.value, "ports": [[each.first, each.last] for each in ranges]}
        for protocol, ranges in groupby(space.list_ranges(ports), key=lambda each: each.protocol)
    ]


def print_lists(lists: Mapping[str, Iterable[str]]) -> None:
    """Print a JSON object of lists, whose items are JSON already. Each item is printed at once, so
    that a long list is never in memory.
    """
    opening = "{"
    for name, items in lists.items():
        sys.stdout.write(f'{opening}"{name}": [')
        separator = "\n"
        for item in items:
            sys.stdout.write(f"{separator}{item}")
            separator = ",\n"
        opening = "],\n"
    print("]}")
