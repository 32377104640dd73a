"""`netpol explain`: may this one connection be opened, and why."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from netpol import load, validate
from netpol.cli import inputs
from netpol.cli.matrix import port_number
from netpol.evaluate import decide
from netpol.evaluate.admission import Connection
from netpol.explain import Pair, explain
from netpol.lab import Flow
from netpol.load import Refused
from netpol.model import Cluster, Endpoint, Outcome, Outside, Protocol, Side
from netpol.nearest import nearest

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "explain",
        help="may this one connection be opened, and why",
        description="Whether one pod or address may open a connection to another: which side "
        "blocks it, which policies isolate it, which rule comes nearest and what keeps it from "
        "matching.",
    )
    parser.set_defaults(run=run)
    inputs.add_files(parser)
    parser.add_argument("--from", dest="source", required=True, metavar="NS/POD|ADDRESS")
    parser.add_argument("--to", dest="destination", required=True, metavar="NS/POD|ADDRESS")
    parser.add_argument(
        "--port", type=port_number, required=True, help="the destination pod's port"
    )
    parser.add_argument(
        "--protocol",
        type=str.upper,
        choices=[protocol.value for protocol in Protocol],
        default="TCP",
        help="TCP unless it is said",
    )
    inputs.add_output(parser, "json")


def run(options: argparse.Namespace) -> int:
    try:
        cluster = load.read(options.paths, stdin=sys.stdin.buffer).cluster
        source, destination = (
            _end(cluster, name) for name in (options.source, options.destination)
        )
    except Refused as error:
        return inputs.refused(error)
    protocol = Protocol(options.protocol)
    verdict = decide(cluster, source, destination, options.port, protocol)
    flow = Flow("", options.source, options.destination, options.port, protocol, Outcome.ALLOW)
    students = frozenset(
        name
        for name, end in ((options.source, source), (options.destination, destination))
        if not isinstance(end, Outside)
    )
    connection = Connection(source, destination, options.port, protocol)
    pair = Pair(students, flow, cluster, connection, verdict)
    sentences = explain(pair, verdict.outcome)
    if options.output == "text":
        print(f"{verdict.outcome.upper()}  {sentences}")
        return 0
    answer = {
        "from": options.source,
        "to": options.destination,
        "port": options.port,
        "protocol": protocol.value,
        "outcome": verdict.outcome.value,
        "egress": _side(cluster, connection, verdict.egress),
        "ingress": _side(cluster, connection, verdict.ingress),
        "message": sentences,
    }
    print(json.dumps(answer, indent=2))
    return 0


def _side(cluster: Cluster, connection: Connection, side: Side) -> dict[str, Any]:
    section = side.direction.lower()
    near = nearest(cluster, connection, side.direction) if side.outcome is Outcome.DENY else None
    return {
        "outcome": side.outcome.value,
        "isolating": list(side.isolating),
        "allowing": [
            {"policy": match.policy, "path": f"spec.{section}[{match.rule}]"}
            for match in side.allowing
        ],
        "undefined": list(side.undefined),
        "nearest": {
            "policy": near.policy,
            "path": f"spec.{section}[{near.rule}]",
            "misses": near.miss.name.lower(),
        }
        if near
        else None,
    }


def _end(cluster: Cluster, name: str) -> Endpoint:
    """Raises `Refused` with the pods that there are."""
    if address := validate.address(name):
        return Outside(address)
    namespace, _, pod = name.rpartition("/")
    for each in cluster.pods:
        if (each.namespace, each.name) == (namespace or "default", pod):
            return each
    known = ", ".join(sorted(f"{each.namespace}/{each.name}" for each in cluster.pods)[:20])
    raise Refused([f"{name}: is no pod in these files, nor an address; pods are {known or 'none'}"])
