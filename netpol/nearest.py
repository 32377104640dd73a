"""Rules that would admit a connection but for one thing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from netpol.evaluate import Gate
from netpol.evaluate.admission import Connection, admitting
from netpol.model import Cluster, Direction, PodPeer, Port, Rule, Selector


class Miss(IntEnum):
    """What keeps a rule from admitting a connection; the closest misses come first."""

    PORT = 1
    PODS = 2
    OWN_NAMESPACE = 3
    NAMESPACE = 4
    PEER = 5


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that would admit the connection if it were wider in one respect."""

    miss: Miss
    policy: str
    direction: Direction
    rule: int
    ports: tuple[Port, ...]


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
        for miss, wider in _wider(rule):
            # Which of the peers admits is of no interest, and the first may have the index 0.
            if list(admitting(cluster, policy.namespace, wider, connection, direction)):
                yield NearMiss(miss, policy.name, direction, index, rule.ports or ())


def _wider(rule: Rule) -> Iterator[tuple[Miss, Rule]]:
    pods = tuple(peer for peer in rule.peers or () if isinstance(peer, PodPeer))
    own = [peer for peer in pods if peer.namespaces is None]
    others = [peer for peer in pods if peer.namespaces is not None]
    yield Miss.PORT, replace(rule, ports=None)
    for miss, wider in (
        (Miss.PODS, [replace(peer, pods=Selector()) for peer in pods]),
        (Miss.OWN_NAMESPACE, [replace(peer, namespaces=Selector()) for peer in own]),
        (Miss.NAMESPACE, [replace(peer, namespaces=Selector()) for peer in others]),
    ):
        if wider:
            yield miss, replace(rule, peers=tuple(wider))
    yield Miss.PEER, replace(rule, peers=None)
