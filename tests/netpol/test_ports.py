"""Ports and protocols: section 6 of docs/semantics.md."""

import pytest

from netpol.evaluate import decide_connection
from netpol.model import ContainerPort, Direction, Outcome, OutsideAddress, Protocol
from netpol.validate import parse_address
from tests.netpol.drawing import PODS, cluster, pod

TCP, UDP, SCTP = Protocol.TCP, Protocol.UDP, Protocol.SCTP


def admitted(ports: str, port: int, protocol: Protocol) -> bool:
    state = cluster(f"ingress: [{{ports: {ports}}}]")
    return decide_connection(state, PODS[2], PODS[0], port, protocol).outcome is Outcome.ALLOW


@pytest.mark.parametrize(
    ("ports", "inside", "outside"),
    [
        ("[{port: 80}]", [(80, TCP)], [(81, TCP), (80, UDP), (80, SCTP)]),
        ("[{}]", [(1, TCP), (65535, TCP)], [(53, UDP), (53, SCTP)]),
        ("[null]", [(1, TCP)], [(53, UDP)]),
        ("[{protocol: UDP}]", [(1, UDP), (65535, UDP)], [(1, TCP), (1, SCTP)]),
        ("[{protocol: null, port: null}]", [(1, TCP)], [(1, UDP)]),
        ("[{protocol: SCTP, port: 80}]", [(80, SCTP)], [(80, TCP), (80, UDP)]),
        ("[{port: 80}, {port: 53, protocol: UDP}]", [(80, TCP), (53, UDP)], [(53, TCP), (80, UDP)]),
        ("[{port: 80, endPort: 82}]", [(80, TCP), (81, TCP), (82, TCP)], [(79, TCP), (83, TCP)]),
        ("[{port: 80, endPort: 80}]", [(80, TCP)], [(79, TCP), (81, TCP)]),
        ("[{port: 80, endPort: null}]", [(80, TCP)], [(81, TCP)]),
        ("[{port: 1, endPort: 65535}]", [(1, TCP), (65535, TCP)], [(80, UDP)]),
        ("[]", [(1, TCP), (53, UDP), (9, SCTP)], []),
        ("[{port: http}]", [], [(80, TCP)]),
    ],
)
def test_ports_of_a_rule(
    ports: str, inside: list[tuple[int, Protocol]], outside: list[tuple[int, Protocol]]
) -> None:
    asked = [*inside, *outside]
    assert [pair for pair in asked if admitted(ports, *pair)] == inside


NAMED = pod("x/a", ports=[ContainerPort("web", 8080, TCP), ContainerPort("dns", 53, UDP)])
OTHER = pod("y/a", ports=[ContainerPort("web", 9090, TCP)])
NAMELESS = pod("y/b")


def test_a_name_means_what_the_destination_declares_for_ingress() -> None:
    state = cluster("ingress: [{ports: [{port: web}, {port: dns}]}]", pods=(NAMED, OTHER))
    open_ports = [
        (port, protocol)
        for port in (53, 8080, 9090)
        for protocol in (TCP, UDP)
        if decide_connection(state, OTHER, NAMED, port, protocol).outcome is Outcome.ALLOW
    ]
    assert open_ports == [(8080, TCP)]


def test_a_name_means_what_the_destination_declares_for_egress() -> None:
    state = cluster("{policyTypes: [Egress], egress: [{ports: [{port: web}]}]}", pods=(NAMED,))
    outside = parse_address("203.0.113.5")
    assert outside
    for destination, port, expected in (
        (OTHER, 9090, Outcome.ALLOW),
        (OTHER, 8080, Outcome.DENY),
        (NAMELESS, 8080, Outcome.DENY),
        (OutsideAddress(outside), 8080, Outcome.DENY),
    ):
        assert decide_connection(state, NAMED, destination, port, TCP).outcome is expected


def test_an_unknown_name_admits_nothing_and_the_pod_stays_isolated() -> None:
    state = cluster("ingress: [{ports: [{port: metrics}]}]", pods=(NAMED, OTHER))
    side = decide_connection(state, OTHER, NAMED, 8080, TCP).ingress
    assert (side.direction, side.isolating, side.allowing) == (Direction.INGRESS, ("p0",), ())
    assert side.outcome is Outcome.DENY


def test_a_number_need_not_be_declared() -> None:
    state = cluster("ingress: [{ports: [{port: 1234}]}]", pods=(NAMED, OTHER))
    assert decide_connection(state, OTHER, NAMED, 1234, TCP).outcome is Outcome.ALLOW
