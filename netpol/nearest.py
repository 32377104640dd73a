"""Rules that would admit a connection but for one thing, and the field where that thing stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from netpol.evaluate import Gate
from netpol.evaluate.admission import Connection, admitting
from netpol.model import Cluster, Direction, PodPeer, Port, PortRange, Rule, Selector


class Miss(IntEnum):
    """What keeps a rule from admitting a connection; the closest misses come first."""

    PORT = 1
    PODS = 2
    OWN_NAMESPACE = 3
    NAMESPACE = 4
    PEER = 5


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that would admit the connection if it were wider in one respect.

    `path` is the field that would have to be wider, as `spec.egress[0].ports[0].port`.
    """

    miss: Miss
    policy: str
    direction: Direction
    rule: int
    ports: tuple[Port, ...]
    path: str


def nearest(cluster: Cluster, connection: Connection, direction: Direction) -> NearMiss | None:
    """The rule that comes closest to admitting a connection that this direction denies.

    One that misses both peer and port is not near: a rule has to match both at once
    (NetworkPolicyIngressRule: "the traffic must match both ports and from").
    """
    misses = _misses(cluster, connection, direction)
    return min(misses, key=lambda near: (near.miss, near.policy, near.rule), default=None)


def _misses(cluster: Cluster, connection: Connection, direction: Direction) -> Iterator[NearMiss]:
    gate = Gate.of(cluster, connection.subject(direction), direction)
    for policy, index, rule in gate.rules():
        for miss, field, wider in _wider(rule, connection, direction.peers):
            # Which of the peers admits is of no interest, and the first may have the index 0.
            if list(admitting(cluster, policy.namespace, wider, connection, direction)):
                path = f"spec.{direction.section}[{index}].{field}"
                yield NearMiss(miss, policy.name, direction, index, rule.ports or (), path)


def _wider(
    rule: Rule, connection: Connection, peers_field: str
) -> Iterator[tuple[Miss, str, Rule]]:
    """The field that is made wider, and the rule with it alone."""
    yield Miss.PORT, _port_field(rule.ports or (), connection), replace(rule, ports=None)
    for index, peer in enumerate(rule.peers or ()):
        if isinstance(peer, PodPeer):
            place = f"{peers_field}[{index}]"
            any_pod = replace(peer, pods=Selector())
            yield Miss.PODS, f"{place}.podSelector", replace(rule, peers=(any_pod,))
            anywhere = replace(rule, peers=(replace(peer, namespaces=Selector()),))
            if peer.namespaces is None:
                yield Miss.OWN_NAMESPACE, place, anywhere
            else:
                yield Miss.NAMESPACE, f"{place}.namespaceSelector", anywhere
    yield Miss.PEER, peers_field, replace(rule, peers=None)


def _port_field(ports: tuple[Port, ...], connection: Connection) -> str:
    """The one port that says something else; all of them where several do."""
    same = [index for index, port in enumerate(ports) if port.protocol is connection.protocol]
    if len(same) == 1:
        return f"ports[{same[0]}].port"
    for index, port in enumerate(ports):
        if isinstance(port, PortRange) and port.first <= connection.port <= port.last and not same:
            return f"ports[{index}].protocol"
    return "ports"
