"""Explain whether one pod or address may open a connection to another: which side blocks it, which
policies isolate it, which rule comes nearest and what keeps it from matching.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from netpol import validate
from netpol.cli import inputs
from netpol.cli.locator import PolicyLocator
from netpol.evaluate import decide_connection
from netpol.evaluate.matching import Connection
from netpol.explain import DIRECTIONS, FlowPair, explain_flow
from netpol.lab import Flow
from netpol.load import LoadError
from netpol.model import Cluster, Endpoint, Outcome, OutsideAddress, Pod, Protocol, VerdictSide
from netpol.near_miss import find_near_miss

HELP = "may this one connection be opened, and why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    inputs.add_files(parser)
    parser.add_argument("--from", dest="source", required=True, metavar="NS/POD|ADDRESS")
    parser.add_argument("--to", dest="destination", required=True, metavar="NS/POD|ADDRESS")
    inputs.add_port(parser)
    inputs.add_reading(parser)
    inputs.add_output(parser, "json")


def run_command(options: argparse.Namespace) -> int:
    cluster = inputs.read_cluster(options)
    home = options.namespace
    ends = {name: _find_end(cluster, name, home) for name in (options.source, options.destination)}
    protocol = Protocol(options.protocol)
    flow = Flow("", options.source, options.destination, options.port, protocol, Outcome.ALLOW)
    source, destination = ends[options.source], ends[options.destination]
    verdict = decide_connection(cluster, source, destination, options.port, protocol)
    pods = frozenset(name for name, end in ends.items() if not isinstance(end, OutsideAddress))
    connection = Connection(source, destination, options.port, protocol)
    message = explain_flow(FlowPair(pods, flow, cluster, connection, verdict), verdict.outcome)
    locator = PolicyLocator(options.paths)
    sides = {
        each.rules_field: _describe_side(cluster, connection, verdict.side_for(each), locator)
        for each in DIRECTIONS
    }
    if options.output == "json":
        asked = {"from": options.source, "to": options.destination}
        what = {"port": options.port, "protocol": protocol.value, "outcome": verdict.outcome.value}
        print(json.dumps({**asked, **what, **sides, "message": message}, indent=2))
        return 0
    print(f"{verdict.outcome.upper()}  {message}")
    for section, side in sides.items():
        print(*(f"{line}\n" for line in _format_side(section, side)), sep="", end="")
    return 0


def _describe_side(
    cluster: Cluster, connection: Connection, side: VerdictSide, locator: PolicyLocator
) -> dict[str, Any]:
    subject = connection.subject_for(side.direction)
    namespace = subject.namespace if isinstance(subject, Pod) else ""

    def at(policy: str, path: str) -> dict[str, Any]:
        """`file` and `line` are `None` for what was read from standard input."""
        place = locator.locate(policy, path, namespace)
        named = {"policy": policy, "path": path}
        return named | {"file": place and place.file, "line": place and place.line}

    nearest = None
    if side.outcome is Outcome.DENY and (
        near := find_near_miss(cluster, connection, side.direction)
    ):
        nearest = at(near.policy, near.path) | {"misses": near.miss.name.lower()}
    section = f"spec.{side.direction.rules_field}"
    return {
        "outcome": side.outcome.value,
        "isolating": list(side.isolating),
        "isolating_at": [at(policy, "spec.podSelector") for policy in side.isolating],
        "allowing": [at(match.policy, f"{section}[{match.rule}]") for match in side.allowing],
        "undefined": list(side.undefined),
        "nearest": nearest,
    }


def _format_side(section: str, side: dict[str, Any]) -> Iterator[str]:
    """Where to look: the rules that admit or come nearest, and the policies that isolate."""
    places = [("admitted by", place) for place in side["allowing"]]
    if side["nearest"]:
        places.append(("nearest is", side["nearest"]))
    if side["outcome"] == Outcome.DENY:
        places += [("isolated by", place) for place in side["isolating_at"]]
    for word, place in places:
        if place["file"]:
            at = f"{place['file']}:{place['line']}"
            yield f"  {section:<8}{word:<12} {at}  {place['policy']} {place['path']}"


def _find_end(cluster: Cluster, name: str, home: str) -> Endpoint:
    """The pod or address of this name. Raises `LoadError`, which lists the pods."""
    if address := validate.parse_address(name):
        return OutsideAddress(address)
    namespace, _, pod = name.rpartition("/")
    for each in cluster.pods:
        if (each.namespace, each.name) == (namespace or home, pod):
            return each
    known = ", ".join(sorted(f"{each.namespace}/{each.name}" for each in cluster.pods)[:20])
    raise LoadError(
        [f"{name}: is no pod in these files, nor an address; pods are {known or 'none'}"]
    )
