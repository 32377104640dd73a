"""Show which connections only the files AFTER allow, which only the files BEFORE allow, and which
policy is the reason. Policies that mean the same are no change. Exit status: 0 without a change, 1
with one, 2 for input that cannot be used.
"""

import argparse
import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from netpol import load
from netpol.cli import inputs
from netpol.cli.printing import dump_ports, format_ports, print_lists
from netpol.diff import ClusterComparison, ConnectionChange, ConnectionChangeKind
from netpol.load import LoadError
from netpol.model import Cluster

_SIGNS = {
    ConnectionChangeKind.OPENED: "+",
    ConnectionChangeKind.CLOSED: "-",
    ConnectionChangeKind.UNCLEAR: "?",
}


HELP = "which connections a change of manifests opens and closes, and why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="BEFORE", help="a file, or a folder with all below it")
    parser.add_argument("after", metavar="AFTER", help="the same; - is standard input")
    inputs.add_files(
        parser,
        "what is there before and after, such as the cluster's pods; may be repeated",
        required=False,
    )
    inputs.add_reading(parser)
    inputs.add_output(parser, "json", "markdown", "csv")


def run_command(options: argparse.Namespace) -> int:
    """Print what changed. The status is 1 if anything did."""
    before, after = _read_clusters(options)
    comparison = ClusterComparison.from_clusters(before, after)
    changed = ChangeList(comparison, tuple(comparison.list_changes()))
    _FORMATS[options.output](changed)
    return 1 if changed.changes else 0


_NO_PODS = (
    "there are NetworkPolicies, but no pods that they could be about: add them with -f, and say "
    "with --namespace where policies belong that name no namespace"
)


def _read_clusters(options: argparse.Namespace) -> tuple[Cluster, Cluster]:
    """Raises `LoadError`, also without pods: policies would seem to change nothing."""
    piped = load.STDIN in (options.before, options.after, *options.paths)
    given = sys.stdin.buffer.read() if piped else b""
    before, after = (
        inputs.read_files(options, [path, *options.paths], io.BytesIO(given))
        for path in (options.before, options.after)
    )
    odd = (*inputs.list_surprises(before.cluster), *inputs.list_surprises(after.cluster))
    inputs.print_warnings(dict.fromkeys((*before.warnings, *after.warnings, *odd)))
    homes = {pod.namespace for each in (before, after) for pod in each.cluster.pods}
    spoken = {*before.cluster.policies, *after.cluster.policies}
    if spoken and not spoken & homes:
        raise LoadError([_NO_PODS])
    return before.cluster, after.cluster


@dataclass(frozen=True, slots=True)
class ChangeList:
    comparison: ClusterComparison
    changes: Sequence[ConnectionChange]

    def format_ports(self, change: ConnectionChange) -> str:
        return format_ports(self.comparison.port_space, change.ports)

    @property
    def summary(self) -> str:
        if not self.changes:
            return "No connection changed."
        pairs = {(each.kind, each.source, each.destination) for each in self.changes}
        counted = Counter(kind for kind, _, _ in pairs)
        return f"Pairs: {', '.join(f'{counted[kind]} {kind}' for kind in ConnectionChangeKind)}."


def _print_text(changed: ChangeList) -> None:
    for each in changed.changes:
        sign = _SIGNS[each.kind]
        print(f"{sign} {each.source} -> {each.destination}: {changed.format_ports(each)}")
        print(f"    {each.reason.sentence}")
    print(changed.summary)


def _print_json(changed: ChangeList) -> None:
    print_lists(
        {
            kind: [
                json.dumps(
                    {
                        "source": each.source,
                        "destination": each.destination,
                        "ports": dump_ports(changed.comparison.port_space, each.ports),
                        "because": each.reason.policies,
                        "sentence": each.reason.sentence,
                    }
                )
                for each in changed.changes
                if each.kind is kind
            ]
            for kind in ConnectionChangeKind
        }
    )


def _print_markdown(changed: ChangeList) -> None:
    """A table, for a comment on a pull request."""
    print(changed.summary)
    if changed.changes:
        print("\n| | source | destination | ports | why |\n|---|---|---|---|---|")
    for each in changed.changes:
        cells = each.source, each.destination, changed.format_ports(each), each.reason.sentence
        escaped = (" ".join(text.replace("|", "\\|").split()) for text in cells)
        print(f"| {each.kind} | {' | '.join(escaped)} |")


def _print_csv(changed: ChangeList) -> None:
    """A row for each range of ports."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["change", "source", "destination", "protocol", "first", "last", "because"])
    for each in changed.changes:
        pair, because = (each.source, each.destination), " ".join(each.reason.policies)
        for part in changed.comparison.port_space.list_ranges(each.ports):
            writer.writerow([each.kind, *pair, part.protocol, part.first, part.last, because])


_FORMATS: Mapping[str, Callable[[ChangeList], None]] = {
    "text": _print_text,
    "json": _print_json,
    "markdown": _print_markdown,
    "csv": _print_csv,
}
