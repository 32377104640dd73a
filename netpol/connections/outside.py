"""Connections between pods and addresses outside the cluster."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from netpol.connections.addresses import FAMILIES, AddressRange, BlockIndex, join_ranges
from netpol.connections.admissions import PoliciesInForce
from netpol.connections.bits import list_numbers
from netpol.model import Direction, NamedPort, Pod, PortRange, Rule


@dataclass(frozen=True, slots=True)
class AddressSpan:
    """A range of addresses outside, with the ports that are surely and perhaps admitted."""

    addresses: AddressRange
    sure: int
    unknown: int


@dataclass(frozen=True, slots=True)
class OutsideConnections:
    """One direction. Nothing outside is isolated, so the policies of one end decide.

    `rules` are those that can mean an address, for each class that is isolated.
    """

    in_force: PoliciesInForce
    rules: Sequence[Sequence[Rule]]
    known: dict[object, tuple[AddressSpan, ...]] = field(default_factory=dict)

    @classmethod
    def from_policies(cls, in_force: PoliciesInForce) -> "OutsideConnections":
        rules: list[list[Rule]] = [[] for _ in in_force.population.pods]
        for policy, subjects in in_force.policies:
            listed = policy.rules_for(in_force.direction) or ()
            # A selector never selects an address.
            meant = [rule for rule in listed if rule.peers is None or rule.ip_blocks]
            for number in list_numbers(subjects) if meant else ():
                rules[number] += meant
        return cls(in_force, rules)

    def list_spans(self, number: int) -> tuple[AddressSpan, ...]:
        """The ranges with admitted ports, in order; adjacent ranges differ."""
        pod = self.in_force.population.pods[number]
        every = self.in_force.population.distinctions.ports.all_ports
        if pod is None:
            return ()
        if self.in_force.undefined_classes >> number & 1:
            return tuple(AddressSpan(each, 0, every) for each in FAMILIES)
        if not self.in_force.isolated >> number & 1:
            return tuple(AddressSpan(each, every, 0) for each in FAMILIES)
        key = pod.host_network, pod.ports, tuple(map(id, self.rules[number]))
        if key not in self.known:
            self.known[key] = tuple(_join_spans(self._compute_spans(pod, self.rules[number])))
        return self.known[key]

    def _compute_spans(self, pod: Pod, rules: Sequence[Rule]) -> Iterator[AddressSpan]:
        perhaps = self.in_force.population.distinctions.ports.all_ports if pod.host_network else 0
        anywhere, blocks = 0, []
        for rule in rules:
            ports = self._mask_ports(pod, rule)
            anywhere |= ports if rule.peers is None else 0
            blocks += [(block, ports) for block in rule.ip_blocks]
        index = BlockIndex.from_blocks(block for block, _ in blocks)
        for addresses, holding in index.split_addresses():
            sure = anywhere
            for number in list_numbers(holding):
                sure |= blocks[number][1]
            yield AddressSpan(addresses, sure, perhaps & ~sure)

    def _mask_ports(self, pod: Pod, rule: Rule) -> int:
        """The rule's ports; an address outside declares no names."""
        space = self.in_force.population.distinctions.ports
        if rule.ports is None:
            return space.all_ports
        mask = 0
        for port in rule.ports:
            match port:
                case PortRange():
                    mask |= space.mask_range(port)
                case NamedPort() if self.in_force.direction is Direction.INGRESS:
                    for each in pod.ports:
                        if (each.name, each.protocol) == (port.name, port.protocol):
                            mask |= space.mask_port(each.number, each.protocol)
        return mask


def _join_spans(spans: Iterable[AddressSpan]) -> Iterator[AddressSpan]:
    """Join adjacent ranges with the same ports, and drop those without any."""
    for (sure, unknown), alike in groupby(spans, key=lambda span: (span.sure, span.unknown)):
        if sure or unknown:
            for addresses in join_ranges(span.addresses for span in alike):
                yield AddressSpan(addresses, sure, unknown)
