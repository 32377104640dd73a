"""Does the printed answer say what the plain evaluator says? And how long would that one take?

`python -m bench.agreement FILE ANSWER SECONDS`: the manifests, what `netpol connections -o json`
printed of them, and how long that took. Fails where the two disagree about a pair of the sample.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from netpol import load
from netpol.evaluate import decide_connection
from netpol.model import Endpoint, IPAddress, Outcome, OutsideAddress, Protocol
from netpol.validate import parse_address

SAMPLE = 300
PORTS = (1, 52, 53, 54, 79, 80, 81, 443, 3000, 3001, 5000, 5001, 6379, 65535)
OUTSIDE = ("0.0.0.0", "10.244.0.10", "203.0.113.5", "255.255.255.255", "2001:db8::1")
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was printed: of each pair the ports, and the ranges of addresses that are ends."""

    ports: Mapping[Pair, list[dict[str, Any]]]
    ranges: list[tuple[str, IPAddress, IPAddress]]

    @classmethod
    def of(cls, text: str) -> "Answer":
        found = json.loads(text)["connections"]
        ports = {(each["source"], each["destination"]): each["allowed"] for each in found}
        names = {name for pair in ports for name in pair if "/" not in name}
        bounds = [(name, *map(parse_address, name.split("-"))) for name in names]
        return cls(ports, [(name, first, last) for name, first, last in bounds if first and last])

    def allows(self, pair: Pair, port: int, protocol: Protocol) -> bool:
        return any(
            each["protocol"] == protocol and low <= port <= high
            for source in self._names(pair[0])
            for destination in self._names(pair[1])
            for each in self.ports.get((source, destination), ())
            for low, high in each["ports"]
        )

    def _names(self, end: str) -> Iterator[str]:
        """The end's own, or those of the ranges that an address is in."""
        wanted = parse_address(end)
        if wanted is None:
            yield end
            return
        for name, first, last in self.ranges:
            if first.version == wanted.version and int(first) <= int(wanted) <= int(last):
                yield name


def main(file: str, answer: str, seconds: str) -> None:
    printed = Answer.of(Path(answer).read_text("utf-8"))
    cluster = load.load_cluster([file], stdin=sys.stdin.buffer).cluster
    pods: dict[str, Endpoint] = {f"{pod.namespace}/{pod.name}": pod for pod in cluster.pods}
    ends = pods | {
        text: OutsideAddress(found) for text in OUTSIDE if (found := parse_address(text))
    }
    pairs = list(sample([*pods], [*printed.ports]))
    began = time.perf_counter()
    decided = [
        (
            pair,
            port,
            protocol,
            decide_connection(cluster, ends[pair[0]], ends[pair[1]], port, protocol),
        )
        for pair in pairs
        for port in PORTS
        for protocol in Protocol
    ]
    each = (time.perf_counter() - began) / len(pairs)
    for pair, port, protocol, verdict in decided:
        if printed.allows(pair, port, protocol) is not (verdict.outcome is Outcome.ALLOW):
            sys.exit(f"{pair} {protocol} {port}: decide says {verdict.outcome}")
    longer = each * len(pods) ** 2 / float(seconds)
    print(
        f"  {len(printed.ports)} pairs with a connection; decide agrees on {len(decided)} answers"
    )
    print(f"  and would take about {longer:.0f} times as long for these ports of all pairs of pods")


def sample(pods: list[str], connected: list[Pair]) -> Iterator[Pair]:
    """Any pairs of pods, those that have a connection, and pods with addresses outside."""
    chance = Random(1)
    for _ in range(SAMPLE):
        yield chance.choice(pods), chance.choice(pods)
    between = [pair for pair in connected if "/" in pair[0] and "/" in pair[1]]
    yield from chance.sample(between, min(SAMPLE, len(between)))
    for text in OUTSIDE:
        for pod in chance.sample(pods, SAMPLE // 10):
            yield from ((pod, text), (text, pod))


if __name__ == "__main__":
    main(*sys.argv[1:])
