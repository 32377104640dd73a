"""Connection sets are the plain evaluator's answers, for every pair, protocol and port."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from hypothesis import given, settings

from netpol.connections import AddressRange, Connections
from netpol.evaluate import Gate, verdict
from netpol.model import (
    Cluster,
    Direction,
    Endpoint,
    IPBlock,
    Outcome,
    Outside,
    PortRange,
    Protocol,
    Rule,
)
from tests.netpol.generated import worlds

LAST_PORT = 65535
LAST = {4: 2**32 - 1, 6: 2**128 - 1}


def rules(cluster: Cluster) -> Iterator[Rule]:
    for listed in cluster.policies.values():
        for policy in listed:
            for direction in Direction:
                yield from policy.rules(direction) or ()


def ports(cluster: Cluster) -> list[int]:
    """The first and the last of every range, and those beside them; of names, too."""
    edges = {1, LAST_PORT}
    for rule in rules(cluster):
        for port in rule.ports or ():
            if isinstance(port, PortRange):
                edges |= {port.first - 1, port.first, port.last, port.last + 1}
    for pod in cluster.pods:
        for declared in pod.ports:
            edges |= {declared.number - 1, declared.number, declared.number + 1}
    return sorted(edge for edge in edges if 1 <= edge <= LAST_PORT)


def addresses(cluster: Cluster) -> list[AddressRange]:
    """One address each: the first and the last of every block, and those beside them."""
    edges = {(family, edge) for family, last in LAST.items() for edge in (0, last)}
    for rule in rules(cluster):
        for block in rule.peers or ():
            for part in (block.cidr, *block.excluded) if isinstance(block, IPBlock) else ():
                first, last = int(part.network_address), int(part.broadcast_address)
                edges |= {(part.version, each) for each in (first - 1, first, last, last + 1)}
    return [
        AddressRange(family, edge, edge)
        for family, edge in sorted(edges)
        if 0 <= edge <= LAST[family]
    ]


End = int | AddressRange


def endpoint(connections: Connections, end: End) -> list[Endpoint]:
    if isinstance(end, int):
        return list(connections.ends[end].pods)
    made = IPv4Address if end.family == 4 else IPv6Address
    return [Outside(made(end.first))]


def answers(connections: Connections, ends: list[End]) -> dict[tuple[End, End], tuple[int, int]]:
    """Allowed and unknown ports of each pair; an address outside is found in its range."""
    outside = [end for end in ends if isinstance(end, AddressRange)]

    def meant(end: End) -> list[End]:
        if isinstance(end, int):
            return [end]
        return [
            each
            for each in outside
            if each.family == end.family and end.first <= each.first <= end.last
        ]

    found: dict[tuple[End, End], tuple[int, int]] = {}
    for cell in connections.cells():
        assert cell.allowed or cell.unknown
        assert not cell.allowed & cell.unknown
        for source in meant(cell.source):
            for destination in meant(cell.destination):
                assert (source, destination) not in found
                found[source, destination] = cell.allowed, cell.unknown
    return found


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_connection_sets_are_what_decide_says_of_every_port(cluster: Cluster) -> None:
    connections = Connections.of(cluster)
    ends: list[End] = [*range(len(connections.ends)), *addresses(cluster)]
    found = answers(connections, ends)
    points = [(port, protocol) for port in ports(cluster) for protocol in Protocol]
    gates = {
        (end, direction): [Gate.of(cluster, each, direction) for each in endpoint(connections, end)]
        for end in ends
        for direction in Direction
    }
    space = connections.distinctions.ports
    bits = {
        (port, protocol): space.mask(
            next(
                part
                for part in space.parts
                if part.protocol is protocol and part.first <= port <= part.last
            )
        )
        for port, protocol in points
    }
    for source in ends:
        for destination in ends:
            if not isinstance(source, int) and not isinstance(destination, int):
                assert (source, destination) not in found
                continue
            allowed, unknown = found.get((source, destination), (0, 0))
            for egress in gates[source, Direction.EGRESS]:
                for ingress in gates[destination, Direction.INGRESS]:
                    for (port, protocol), bit in bits.items():
                        outcome = verdict(cluster, egress, ingress, port, protocol).outcome
                        assert bool(allowed & bit) is (outcome is Outcome.ALLOW)
                        assert bool(unknown & bit) is (outcome is Outcome.UNKNOWN)
