"""List the protocols and ports that each pod, and each address outside, may open to each other pod
and to addresses outside, by the NetworkPolicies in the files. Pods of one workload count as one,
unless a policy tells them apart.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cache, partial

from netpol.cli import inputs
from netpol.cli.printing import dump_ports, format_ports, print_lists
from netpol.connections import AddressRange, ConnectionCell, Connections
from netpol.load import LoadError
from netpol.model import Outcome

HELP = "which connections are allowed, on all ports, for every pair of pods"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    inputs.add_files(parser)
    parser.add_argument(
        "--focus",
        metavar="NS/NAME",
        help="only what one workload or pod opens, and what is opened to it",
    )
    inputs.add_reading(parser)
    inputs.add_output(parser, "json", "csv")


def run_command(options: argparse.Namespace) -> int:
    connections = Connections.from_cluster(inputs.read_cluster(options))
    focus = _find_focus(connections, options) if options.focus else None
    _FORMATS[options.output](ConnectionList(connections, focus))
    return 0


def _find_focus(connections: Connections, options: argparse.Namespace) -> frozenset[int]:
    """The ends of a pod or workload of this name. Raises `LoadError`."""
    name: str = options.focus
    wanted = name if "/" in name else f"{options.namespace}/{name}"
    found = frozenset(number for number, end in enumerate(connections.ends) if wanted in end.names)
    if found:
        return found
    known = ", ".join(end.name for end in connections.ends[:20])
    raise LoadError([f"{name}: is no pod or workload in these files; they have {known or 'none'}"])


@dataclass(frozen=True, slots=True)
class ConnectionList:
    """The cells to print; each set of ports is formatted once, each line printed at once."""

    connections: Connections
    focus: Set[int] | None

    def format_end(self, end: int | AddressRange) -> str:
        return self.connections.ends[end].name if isinstance(end, int) else str(end)


def _print_text(printed: ConnectionList) -> None:
    space = printed.connections.distinctions.ports
    words = cache(partial(format_ports, space))
    for cell in printed.connections.list_cells(printed.focus):
        pair = f"{printed.format_end(cell.source)} -> {printed.format_end(cell.destination)}"
        if cell.allowed:
            print(f"{pair}: {words(cell.allowed)}")
        if cell.unknown:
            reasons = "; ".join(printed.connections.explain_unknown(cell))
            print(f"{pair}: unknown: {words(cell.unknown)} ({reasons})")


def _print_json(printed: ConnectionList) -> None:
    space = printed.connections.distinctions.ports
    quoted = cache(json.dumps)
    written = cache(lambda mask: json.dumps(dump_ports(space, mask)))

    def pair(cell: ConnectionCell) -> str:
        ends = (quoted(printed.format_end(end)) for end in (cell.source, cell.destination))
        return '{{"source": {}, "destination": {}'.format(*ends)

    allowed = (
        f'{pair(cell)}, "allowed": {written(cell.allowed)}}}'
        for cell in printed.connections.list_cells(printed.focus)
        if cell.allowed
    )
    unknown = (
        (
            f'{pair(cell)}, "ports": {written(cell.unknown)}, "because": '
            f"{json.dumps(printed.connections.explain_unknown(cell))}}}"
        )
        for cell in printed.connections.list_unknown_cells(printed.focus)
    )
    workloads = (
        json.dumps({"name": end.name, "pods": [f"{pod.namespace}/{pod.name}" for pod in end.pods]})
        for end in printed.connections.ends
        if len(end.pods) > 1
    )
    print_lists({"connections": allowed, "unknown": unknown, "workloads": workloads})


def _print_csv(printed: ConnectionList) -> None:
    """A row for each range of ports."""
    space = printed.connections.distinctions.ports
    ranges = cache(space.list_ranges)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["source", "destination", "protocol", "first", "last", "answer"])
    for cell in printed.connections.list_cells(printed.focus):
        pair = printed.format_end(cell.source), printed.format_end(cell.destination)
        for mask, answer in ((cell.allowed, Outcome.ALLOW), (cell.unknown, Outcome.UNKNOWN)):
            for each in ranges(mask):
                writer.writerow([*pair, each.protocol, each.first, each.last, answer])


_FORMATS: Mapping[str, Callable[[ConnectionList], None]] = {
    "text": _print_text,
    "json": _print_json,
    "csv": _print_csv,
}
