"""Every connection that a change of a namespace's policies could open or close, as bits.

A mask has a bit for each peer and port. What one policy does to one pod is a mask that does not
depend on the other policies, so a change to one policy costs the reading of that one alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from netpol.assess.binding import EntityBinding
from netpol.evaluate import selector_matches
from netpol.evaluate.matching import Connection, admits_port, find_admitting_peers
from netpol.lab import Flow
from netpol.model import (
    Cluster,
    Direction,
    Endpoint,
    NamedPort,
    Outcome,
    Pod,
    Policy,
    PortRange,
    Protocol,
    Rule,
)

Port = tuple[Protocol, int]
Masks = tuple[int | None, ...]
"""What each subject admits; `None` for one that no policy selects."""
PolicyEffect = Mapping[Direction, Masks]
"""What one policy admits, or several together."""


@dataclass(frozen=True, slots=True)
class FlowWant:
    """What the lab wants of one pair of pods; `source` and `destination` are indexes of ends."""

    flow: Flow
    source: int
    destination: int
    port: int

    @property
    def is_open(self) -> bool:
        return self.flow.expected is Outcome.ALLOW


@dataclass(frozen=True, slots=True)
class ConnectionUniverse:
    """`ends` begin with the `subjects`: pods of the namespace, one of each kind."""

    cluster: Cluster
    namespace: str
    subjects: tuple[Pod, ...]
    ends: tuple[Endpoint, ...]
    ports: tuple[Port, ...]
    wants: tuple[FlowWant, ...] = field(hash=False)
    known_ends: dict[object, frozenset[int]] = field(default_factory=dict, hash=False)
    known_ports: dict[PortRange, int] = field(default_factory=dict, hash=False)

    def mask_pair(self, peer: int, port: int) -> int:
        return 1 << (peer * len(self.ports) + port)

    def extract_ports(self, mask: int, peer: int) -> int:
        """The ports that a mask has for one peer."""
        return (mask >> (peer * len(self.ports))) & self.all_ports

    @property
    def all_ports(self) -> int:
        return (1 << len(self.ports)) - 1

    def find_effect(self, policy: Policy) -> PolicyEffect:
        return {each: self._mask_subjects(policy, each) for each in Direction}

    def _mask_subjects(self, policy: Policy, direction: Direction) -> Masks:
        rules = policy.rules_for(direction)
        if rules is None or policy.namespace != self.namespace:
            return (None,) * len(self.subjects)
        return tuple(
            self._mask_rules(rules, direction, index)
            if selector_matches(policy.selector, pod.labels)
            else None
            for index, pod in enumerate(self.subjects)
        )

    def _mask_rules(self, rules: Sequence[Rule], direction: Direction, subject: int) -> int:
        mask = 0
        for rule in dict.fromkeys(rules):
            named = [port for port in rule.ports or () if isinstance(port, NamedPort)]
            numbers = self._mask_numbers(rule)
            for index in self._list_rule_ends(rule, direction, subject):
                names = self._mask_named_ports(named, direction, subject, self.ends[index])
                mask |= (numbers | names) << (index * len(self.ports))
        return mask

    def _list_rule_ends(self, rule: Rule, direction: Direction, subject: int) -> Iterable[int]:
        if rule.peers is None:
            return range(len(self.ends))
        found: set[int] = set()
        for peer in rule.peers:
            key = peer, direction, self.subjects[subject].host_network
            if key not in self.known_ends:
                around = self.cluster, self.namespace, Rule((peer,))
                self.known_ends[key] = frozenset(
                    index
                    for index, end in enumerate(self.ends)
                    for way in [self._build_connection(direction, subject, end, (Protocol.TCP, 1))]
                    for _ in find_admitting_peers(*around, way, direction)
                )
            found |= self.known_ends[key]
        return found

    def _mask_numbers(self, rule: Rule) -> int:
        """The ports of the rule's numbers, which are the same for every peer."""
        if rule.ports is None:
            return self.all_ports
        mask = 0
        for port in rule.ports:
            if isinstance(port, PortRange):
                if port not in self.known_ports:
                    self.known_ports[port] = sum(
                        1 << index
                        for index, (protocol, number) in enumerate(self.ports)
                        if port.has_port(protocol, number)
                    )
                mask |= self.known_ports[port]
        return mask

    def _mask_named_ports(
        self, named: Sequence[NamedPort], direction: Direction, subject: int, end: Endpoint
    ) -> int:
        mask = 0
        for port in named:
            rule = Rule(None, (port,))
            for index, number in enumerate(self.ports):
                connection = self._build_connection(direction, subject, end, number)
                mask |= admits_port(rule, connection, direction) << index
        return mask

    def _build_connection(
        self, direction: Direction, subject: int, end: Endpoint, port: Port
    ) -> Connection:
        pod, (protocol, number) = self.subjects[subject], port
        if direction is Direction.EGRESS:
            return Connection(pod, end, number, protocol)
        return Connection(end, pod, number, protocol)

    def join_effects(self, effects: Iterable[PolicyEffect]) -> PolicyEffect:
        joined: dict[Direction, list[int | None]] = {
            each: [None] * len(self.subjects) for each in Direction
        }
        for effect in effects:
            for direction, masks in effect.items():
                for index, mask in enumerate(masks):
                    if mask is not None:
                        joined[direction][index] = (joined[direction][index] or 0) | mask
        return {direction: tuple(masks) for direction, masks in joined.items()}

    def is_admitted(self, effect: PolicyEffect, direction: Direction, want: FlowWant) -> bool:
        """Whether one side lets the pair pass; an end outside the namespace always does."""
        subject, peer = want.source, want.destination
        if direction is Direction.INGRESS:
            subject, peer = peer, subject
        if subject >= len(self.subjects):
            return True
        mask = effect[direction][subject]
        return mask is None or bool(mask & self.mask_pair(peer, want.port))

    def mask_connections(self, effect: PolicyEffect) -> tuple[int, ...]:
        """What passes at both ends: a mask of what each subject may open, then a mask of what each
        may receive from outside the namespace.
        """
        everything = (1 << (len(self.ends) * len(self.ports))) - 1
        ingress, egress = (
            [everything if mask is None else mask for mask in effect[direction]]
            for direction in (Direction.INGRESS, Direction.EGRESS)
        )
        size, width = len(self.subjects), len(self.ports)
        found = []
        for subject in range(size):
            mask = egress[subject]
            for peer in range(size):
                closed = self.extract_ports(mask, peer) & ~self.extract_ports(
                    ingress[peer], subject
                )
                if peer != subject and closed:
                    mask &= ~(closed << (peer * width))
            found.append(mask)
        inside = (1 << (size * width)) - 1
        return (*found, *(mask & ~inside for mask in ingress))

    def find_connection(self, row: int, mask: int) -> FlowWant:
        """The first connection in a row of `mask_connections`, as one that should be closed."""
        peer, port = divmod((mask & -mask).bit_length() - 1, len(self.ports))
        protocol, number = self.ports[port]
        flow = Flow("", "", "", number, protocol, Outcome.DENY)
        size = len(self.subjects)
        source, destination = (row, peer) if row < size else (peer, row - size)
        return FlowWant(flow, source, destination, port)


def list_wants(
    binding: EntityBinding,
    flows: Iterable[Flow],
    ends: Mapping[Endpoint, int],
    ports: Mapping[Port, int],
) -> Iterable[FlowWant]:
    """A want for each pair of unlike ends behind a flow."""
    for flow in flows:
        port = ports[flow.protocol, flow.port]
        pairs = {
            (ends[source], ends[destination])
            for source in binding.endpoints[flow.source]
            for destination in binding.endpoints[flow.destination]
            if source in ends and destination in ends
        }
        for source, destination in sorted(pairs):
            yield FlowWant(flow, source, destination, port)
