"""What several commands take: files, a namespace, an API server's version."""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from netpol import load, validate
from netpol.load import LoadedCluster
from netpol.model import Cluster, PodPeer, Policy, Protocol
from netpol.model.cluster import NAME_LABEL
from netpol.parse.field import make_printable

_LONGEST_LINE = 4000
_STRICT_SINCE = (1, 36)
FILES = "a file, a folder with all below it, or - for standard input; may be repeated"


def add_files(
    parser: argparse.ArgumentParser, words: str = FILES, *, required: bool = True
) -> None:
    parser.add_argument(
        "-f",
        "--filename",
        metavar="PATH",
        dest="paths",
        action="append",
        required=required,
        default=None if required else [],
        help=words,
    )


def add_port(parser: argparse.ArgumentParser) -> None:
    """The port and protocol of a connection."""
    parser.add_argument(
        "--port", type=_parse_port, required=True, help="the destination pod's port"
    )
    parser.add_argument(
        "--protocol",
        type=str.upper,
        choices=[protocol.value for protocol in Protocol],
        default="TCP",
        help="TCP is the default",
    )


def add_output(parser: argparse.ArgumentParser, *forms: str) -> None:
    parser.add_argument(
        "-o", "--output", choices=["text", *forms], default="text", help="text is the default"
    )


def add_reading(parser: argparse.ArgumentParser) -> None:
    """How to read the files."""
    parser.add_argument(
        "--namespace",
        type=parse_namespace,
        default="default",
        metavar="NS",
        help="the namespace of manifests which name none",
    )
    parser.add_argument(
        "--kubernetes",
        type=_parse_version,
        metavar="VERSION",
        default=(1, 35),
        help="the API server's version: from 1.36 CIDRs with host bits are refused, not masked",
    )


def _parse_version(text: str) -> tuple[int, int]:
    found = re.match(r"v?([0-9]+)\.([0-9]+)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no version like 1.36")
    return int(found[1]), int(found[2])


def _parse_port(text: str) -> int:
    if not re.fullmatch("[0-9]+", text) or validate.check_port_number(int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 65535")
    return int(text)


def parse_namespace(text: str) -> str:
    if problem := validate.check_dns_label(text):
        raise argparse.ArgumentTypeError(f"{text!r} {problem}")
    return text


def read_files(options: argparse.Namespace, paths: Sequence[str], stdin: BinaryIO) -> LoadedCluster:
    """Read files with the options of `add_reading`. Raises `LoadError`."""
    strict = options.kubernetes >= _STRICT_SINCE
    return load.load_cluster(paths, stdin=stdin, namespace=options.namespace, strict_cidr=strict)


def read_cluster(options: argparse.Namespace) -> Cluster:
    """The cluster in a command's files; prints warnings about it. Raises `LoadError`."""
    loaded = read_files(options, options.paths, sys.stdin.buffer)
    no_pods = [] if loaded.cluster.pods else ["there are no pods"]
    print_warnings((*loaded.warnings, *no_pods, *list_surprises(loaded.cluster)))
    return loaded.cluster


def list_surprises(cluster: Cluster) -> Iterator[str]:
    """Why an answer may surprise: what the policies are about is not in the files."""
    homes = {pod.namespace for pod in cluster.pods}
    empty = [name for name, policies in cluster.policies.items() if policies and name not in homes]
    if homes and empty:
        yield (
            f"there are policies, but no pods, in {_format_some(empty)}: they have no effect there"
        )
    unknown = homes - cluster.namespaces.keys()
    policies = chain.from_iterable(cluster.policies.values())
    if unknown and any(map(_needs_namespace_labels, policies)):
        yield (
            f"policies select namespaces by labels, and {_format_some(unknown)} are not among "
            "the Namespaces in the files: they count as having no label but their name"
        )


def _needs_namespace_labels(policy: Policy) -> bool:
    return any(
        each.key != NAME_LABEL
        for rule in policy.rules
        for peer in rule.peers or ()
        if isinstance(peer, PodPeer) and peer.namespaces
        for each in peer.namespaces.requirements
    )


def _format_some(names: Iterable[str]) -> str:
    first, *rest = sorted(names)
    return f"{first} and {len(rest)} more" if len(rest) > 3 else ", ".join((first, *rest))


def print_warnings(warnings: Iterable[str]) -> None:
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)


def print_lines(lines: Iterable[str]) -> None:
    """Print text for people; no name of a policy can steer the terminal."""
    for line in chain.from_iterable(text.split("\n") for text in lines):
        print(make_printable(line, _LONGEST_LINE))
