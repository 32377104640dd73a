"""What pods may open to addresses outside the cluster, and these to pods."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from netpol.connections.addresses import FAMILIES, AddressRange, BlockIndex, joined
from netpol.connections.admissions import InForce
from netpol.connections.bits import numbers
from netpol.model import Direction, IPBlock, NamedPort, Pod, PortRange, Rule


@dataclass(frozen=True, slots=True)
class Span:
    """A range of addresses outside, with the ports that are surely and those perhaps admitted."""

    addresses: AddressRange
    sure: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Outskirts:
    """One direction's answers. Nobody outside is isolated, so one end's policies decide.

    `rules` are those that can mean an address, for each class that is isolated.
    """

    in_force: InForce
    rules: Sequence[Sequence[Rule]]
    known: dict[object, tuple[Span, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, in_force: InForce) -> "Outskirts":
        rules: list[list[Rule]] = [[] for _ in in_force.population.pods]
        for policy, subjects in in_force.policies:
            meant = [rule for rule in policy.rules_for(in_force.direction) or () if _means(rule)]
            for number in numbers(subjects) if meant else ():
                rules[number] += meant
        return cls(in_force, rules)

    def spans(self, number: int) -> tuple[Span, ...]:
        """Those that differ, in order; where nothing is admitted there is none."""
        pod = self.in_force.population.pods[number]
        every = self.in_force.population.distinctions.ports.everything
        if pod is None:
            return ()
        if self.in_force.undefined >> number & 1:
            return tuple(Span(each, 0, every) for each in FAMILIES)
        if not self.in_force.isolated >> number & 1:
            return tuple(Span(each, every, 0) for each in FAMILIES)
        key = pod.host_network, pod.ports, tuple(map(id, self.rules[number]))
        if key not in self.known:
            self.known[key] = tuple(_joined(self._spans(pod, self.rules[number])))
        return self.known[key]

    def _spans(self, pod: Pod, rules: Sequence[Rule]) -> Iterator[Span]:
        perhaps = self.in_force.population.distinctions.ports.everything if pod.host_network else 0
        anywhere, blocks = 0, []
        for rule in rules:
            ports = self._ports(pod, rule)
            anywhere |= ports if rule.peers is None else 0
            blocks += [(peer, ports) for peer in rule.peers or () if isinstance(peer, IPBlock)]
        for addresses, held in BlockIndex.of(block for block, _ in blocks).parts():
            sure = anywhere
            for index in numbers(held):
                sure |= blocks[index][1]
            yield Span(addresses, sure, perhaps & ~sure)

    def _ports(self, pod: Pod, rule: Rule) -> int:
        """An address outside declares no names."""
        space = self.in_force.population.distinctions.ports
        if rule.ports is None:
            return space.everything
        mask = 0
        for port in rule.ports:
            match port:
                case PortRange():
                    mask |= space.mask(port)
                case NamedPort() if self.in_force.direction is Direction.INGRESS:
                    for each in pod.ports:
                        if (each.name, each.protocol) == (port.name, port.protocol):
                            mask |= space.bit(each.number, each.protocol)
        return mask


def _means(rule: Rule) -> bool:
    """Whether it can mean an address: selectors never do."""
    return rule.peers is None or any(isinstance(peer, IPBlock) for peer in rule.peers)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Ranges that touch and fare alike as one, those of which nothing is to be said not at all."""
    for (sure, unknown), alike in groupby(spans, key=lambda span: (span.sure, span.unknown)):
        if sure or unknown:
            for addresses in joined(span.addresses for span in alike):
                yield Span(addresses, sure, unknown)
