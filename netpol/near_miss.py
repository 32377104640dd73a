"""Rules that would admit a connection but for one thing, and the field where that thing stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from netpol.evaluate import PolicyGate
from netpol.evaluate.matching import Connection, find_admitting_peers
from netpol.model import Cluster, Direction, PodPeer, Port, PortRange, Rule, Selector


class MissKind(IntEnum):
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

    miss: MissKind
    policy: str
    direction: Direction
    rule: int
    ports: tuple[Port, ...]
    path: str


def find_near_miss(
    cluster: Cluster, connection: Connection, direction: Direction
) -> NearMiss | None:
    """The rule that comes closest to admitting a connection that this direction denies.

    One that misses both peer and port is not near: a rule has to match both at once
    (NetworkPolicyIngressRule: "the traffic must match both ports and from").
    """
    misses = _find_misses(cluster, connection, direction)
    return min(misses, key=lambda near: (near.miss, near.policy, near.rule), default=None)


def _find_misses(
    cluster: Cluster, connection: Connection, direction: Direction
) -> Iterator[NearMiss]:
    gate = PolicyGate.for_end(cluster, connection.subject_for(direction), direction)
    for policy, index, rule in gate.list_rules():
        for miss, field, wider in _widen_rule(rule, connection, direction.peers_field):
            # Which of the peers admits is of no interest, and the first may have the index 0.
            if list(find_admitting_peers(cluster, policy.namespace, wider, connection, direction)):
                path = f"spec.{direction.rules_field}[{index}].{field}"
                yield NearMiss(miss, policy.name, direction, index, rule.ports or (), path)


def _widen_rule(
    rule: Rule, connection: Connection, peers_field: str
) -> Iterator[tuple[MissKind, str, Rule]]:
    """The field that is made wider, and the rule with it alone."""
    yield MissKind.PORT, _find_port_field(rule.ports or (), connection), replace(rule, ports=None)
    for index, peer in enumerate(rule.peers or ()):
        if isinstance(peer, PodPeer):
            place = f"{peers_field}[{index}]"
            any_pod = replace(peer, pods=Selector())
            yield MissKind.PODS, f"{place}.podSelector", replace(rule, peers=(any_pod,))
            anywhere = replace(rule, peers=(replace(peer, namespaces=Selector()),))
            if peer.namespaces is None:
                yield MissKind.OWN_NAMESPACE, place, anywhere
            else:
                yield MissKind.NAMESPACE, f"{place}.namespaceSelector", anywhere
    yield MissKind.PEER, peers_field, replace(rule, peers=None)


def _find_port_field(ports: tuple[Port, ...], connection: Connection) -> str:
    """The one port that says something else; all of them where several do."""
    same = [index for index, port in enumerate(ports) if port.protocol is connection.protocol]
    if len(same) == 1:
        return f"ports[{same[0]}].port"
    for index, port in enumerate(ports):
        if isinstance(port, PortRange) and port.first <= connection.port <= port.last and not same:
            return f"ports[{index}].protocol"
    return "ports"
