"""Connection sets are the plain evaluator's answers, for every pair, protocol and port."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address

from hypothesis import given, settings
from hypothesis import strategies as st

from netpol.connections import AddressRange, Connections
from netpol.diff import ClusterComparison, ConnectionChangeKind
from netpol.evaluate import PolicyGate, decide_gates
from netpol.model import Cluster, Direction, Endpoint, Outcome, Protocol
from tests.netpol.generated import worlds
from tests.netpol.points import addresses, bits, outside

End = int | AddressRange
Gates = Mapping[End, tuple[list[PolicyGate], list[PolicyGate]]]
ALLOW, DENY, UNKNOWN = Outcome.ALLOW, Outcome.DENY, Outcome.UNKNOWN


def gates(cluster: Cluster, ends: Mapping[End, list[Endpoint]]) -> Gates:
    """Of all pods behind an end, those of its egress and those of its ingress."""
    return {
        name: (
            [PolicyGate.for_end(cluster, each, Direction.EGRESS) for each in pods],
            [PolicyGate.for_end(cluster, each, Direction.INGRESS) for each in pods],
        )
        for name, pods in ends.items()
    }


def meant(end: End, asked: list[AddressRange]) -> list[End]:
    """An end, or those of the addresses asked about that are in its range."""
    if isinstance(end, int):
        return [end]
    return [each for each in asked if end.contains_range(each)]


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_connection_sets_are_what_decide_says_of_every_port(cluster: Cluster) -> None:
    connections = Connections.from_cluster(cluster)
    asked = addresses(cluster)
    found: dict[tuple[End, End], tuple[int, int]] = {}
    for cell in connections.list_cells():
        assert cell.allowed or cell.unknown
        assert not cell.allowed & cell.unknown
        for source in meant(cell.source, asked):
            for destination in meant(cell.destination, asked):
                assert (source, destination) not in found
                found[source, destination] = cell.allowed, cell.unknown
    ends: dict[End, list[Endpoint]] = {
        **{number: list(end.pods) for number, end in enumerate(connections.ends)},
        **{address: [outside(address)] for address in asked},
    }
    points = bits(connections.distinctions.ports, cluster)
    of = gates(cluster, ends)
    for source in ends:
        for destination in ends:
            allowed, unknown = found.get((source, destination), (0, 0))
            if not isinstance(source, int) and not isinstance(destination, int):
                assert not allowed
                assert not unknown
                continue
            for egress in of[source][0]:
                for ingress in of[destination][1]:
                    for (port, protocol), bit in points.items():
                        outcome = decide_gates(cluster, egress, ingress, port, protocol).outcome
                        assert bool(allowed & bit) is (outcome is ALLOW)
                        assert bool(unknown & bit) is (outcome is UNKNOWN)


def addresses_named(text: str) -> AddressRange:
    first, last = (ip_address(each) for each in text.split("-"))
    return AddressRange(first.version, int(first), int(last))


def turn(before: Outcome, after: Outcome) -> ConnectionChangeKind | None:
    if before is after:
        return None
    if UNKNOWN in (before, after):
        return ConnectionChangeKind.UNCLEAR
    return ConnectionChangeKind.OPENED if after is ALLOW else ConnectionChangeKind.CLOSED


@settings(max_examples=25, deadline=None)
@given(before=worlds(), after=worlds(), gone=st.integers(0, 2))
def test_changes_are_where_decide_says_otherwise_before_and_after(
    before: Cluster, after: Cluster, gone: int
) -> None:
    """All pods have the same names before and after, but for those that are gone."""
    after = replace(after, pods=after.pods[gone:])
    comparison = ClusterComparison.from_clusters(before, after)
    asked = addresses(before, after)
    numbers = {name: number for number, name in enumerate(comparison.names)}
    found: dict[tuple[End, End, ConnectionChangeKind], int] = {}
    for change in comparison.list_changes():
        names = change.source, change.destination
        sources, destinations = (
            meant(numbers[name] if name in numbers else addresses_named(name), asked)
            for name in names
        )
        named = change.kind is not ConnectionChangeKind.UNCLEAR and not lost(
            before, after
        ).intersection(names)
        assert bool(change.reason.policies) is named
        for key in ((one, other, change.kind) for one in sources for other in destinations):
            assert not found.get(key, 0) & change.ports
            found[key] = found.get(key, 0) | change.ports
    points = bits(comparison.port_space, before, after)
    then, now = (outcomes(cluster, numbers, asked, points) for cluster in (before, after))
    for pair, outcomes_then in then.items():
        outcomes_now = now.get(pair, [DENY] * len(points))
        for bit, *both in zip(points.values(), outcomes_then, outcomes_now, strict=True):
            expected = turn(*both)
            for each in ConnectionChangeKind:
                assert bool(found.get((*pair, each), 0) & bit) is (each is expected)


def lost(before: Cluster, after: Cluster) -> frozenset[str]:
    then, now = (
        {f"{pod.namespace}/{pod.name}" for pod in cluster.pods} for cluster in (before, after)
    )
    return frozenset(then - now)


def outcomes(
    cluster: Cluster,
    numbers: Mapping[str, int],
    asked: list[AddressRange],
    points: Mapping[tuple[int, Protocol], int],
) -> dict[tuple[End, End], list[Outcome]]:
    """Of each pair, except of a pod and itself or of two addresses, on each port."""
    ends: dict[End, list[Endpoint]] = {
        **{numbers[f"{pod.namespace}/{pod.name}"]: [pod] for pod in cluster.pods},
        **{address: [outside(address)] for address in asked},
    }
    of = gates(cluster, ends)
    return {
        (source, destination): [
            decide_gates(cluster, of[source][0][0], of[destination][1][0], *point).outcome
            for point in points
        ]
        for source in ends
        for destination in ends
        if source != destination and (isinstance(source, int) or isinstance(destination, int))
    }
