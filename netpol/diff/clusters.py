"""Which connections two clusters allow differently, on all ports, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from netpol.connections.addresses import LAST, AddressRange, join_ranges
from netpol.connections.answer import ClassAnswers
from netpol.connections.bits import list_numbers
from netpol.connections.distinctions import Distinctions
from netpol.connections.ends import ConnectionEnd, EndClasses, pair_ends
from netpol.connections.outside import AddressSpan
from netpol.connections.ports import PortSpace
from netpol.connections.rows import ClassReach, PortRow, subtract_row, unite_rows
from netpol.diff.reasons import (
    ChangeReason,
    ConnectionChangeKind,
    EndRules,
    PairGates,
    explain_ports,
)
from netpol.model import Cluster, Direction, Endpoint, OutsideAddress

EndOrRange = int | AddressRange
"""The number of an end, or addresses outside."""
ChangedPorts = tuple[ConnectionChangeKind, EndOrRange, EndOrRange, int]
"""How connections from a source to a destination changed, on which ports."""


@dataclass(frozen=True, slots=True)
class ConnectionChange:
    """Ports of one pair that opened or closed for one reason."""

    kind: ConnectionChangeKind
    source: str
    destination: str
    ports: int
    reason: ChangeReason


@dataclass(frozen=True, slots=True)
class ClusterComparison:
    """The connections of two clusters, before and after, by the same classes of ends.

    An end has one name in both, and may be missing in one.
    """

    names: Sequence[str]
    ends: Sequence[tuple[ConnectionEnd | None, ...]]
    classes: EndClasses
    answers: Sequence[ClassAnswers]
    known: dict[ChangedPorts, Mapping[ChangeReason, int]] = field(default_factory=dict)
    end_rules: dict[tuple[EndOrRange, int, Direction, int], EndRules] = field(default_factory=dict)

    @classmethod
    def from_clusters(cls, before: Cluster, after: Cluster) -> "ClusterComparison":
        distinctions = Distinctions.from_clusters(before, after)
        common = pair_ends(distinctions, before, after)
        ends = [both for _, both in common]
        classes = EndClasses.from_keys(
            tuple(
                end and (distinctions.build_class_key(end.pods[0]), len(end.pods) > 1)
                for end in both
            )
            for both in ends
        )
        answers = []
        for side, cluster in enumerate((before, after)):
            chosen = [ends[members[0]][side] for members in classes.members]
            pods = [end.pods[0] if end else None for end in chosen]
            answers.append(ClassAnswers.from_pods(cluster, distinctions, pods))
        return cls([name for name, _ in common], ends, classes, answers)

    @property
    def port_space(self) -> PortSpace:
        return self.answers[0].population.distinctions.ports

    def list_changes(self) -> Iterator[ConnectionChange]:
        """All changes, by source and then by destination: pods before addresses outside."""
        for source in range(len(self.ends)):
            for change in self._compare_source(source):
                yield from self._explain_change(change)
        for change in self._compare_entering():
            yield from self._explain_change(change)

    def _compare_source(self, source: int) -> Iterator[ChangedPorts]:
        number = self.classes.by_end[source]
        then, now = (each.rows.find_reach(number) for each in self.answers)
        # A pod always reaches itself; whether pods of one workload reach each other may change.
        several = all(each and len(each.pods) > 1 for each in self.ends[source])
        found = sorted(
            (end, kind, ports)
            for kind, row in _compare_rows(then, now).items()
            for ports, classes in row.items()
            for chosen in list_numbers(classes)
            for end in self.classes.members[chosen]
            if end != source or several
        )
        for end, kind, ports in found:
            yield kind, source, end, ports
        spans = (each.leaving.list_spans(number) for each in self.answers)
        for addresses, kind, ports in _compare_spans(*spans):
            yield kind, source, addresses, ports

    def _compare_entering(self) -> Iterator[ChangedPorts]:
        found: dict[AddressRange, list[ChangedPorts]] = {}
        for end, number in enumerate(self.classes.by_end):
            spans = (each.entering.list_spans(number) for each in self.answers)
            for addresses, kind, ports in _compare_spans(*spans):
                found.setdefault(addresses, []).append((kind, addresses, end, ports))
        for addresses in sorted(found):
            yield from found[addresses]

    def _explain_change(self, change: ChangedPorts) -> Iterator[ConnectionChange]:
        kind, source, destination, ports = change
        names = self._format_name(source), self._format_name(destination)
        missing = [
            f"`{name}`"
            for name, place in zip(names, (source, destination), strict=True)
            if isinstance(place, int) and None in self.ends[place]
        ]
        if missing:
            verb = "came" if kind is ConnectionChangeKind.OPENED else "went"
            sentence = f"{kind.capitalize()}: {' and '.join(dict.fromkeys(missing))} {verb}."
            yield ConnectionChange(kind, *names, ports, ChangeReason((), sentence))
            return
        alike = kind, self._find_class(source), self._find_class(destination), ports
        if alike not in self.known:
            before, after = (self._find_gates(source, destination, side) for side in (0, 1))
            self.known[alike] = explain_ports(kind, before, after, ports, self.port_space)
        for why, part in self.known[alike].items():
            yield ConnectionChange(kind, *names, part, why)

    def _find_gates(self, source: EndOrRange, destination: EndOrRange, side: int) -> PairGates:
        """The policies of both ends; between a workload and itself those of two different pods."""
        other = -1 if source == destination else 0
        egress = self._find_end_rules(source, side, Direction.EGRESS, 0)
        ingress = self._find_end_rules(destination, side, Direction.INGRESS, other)
        return PairGates(self.answers[side].population.cluster, egress, ingress)

    def _find_end_rules(
        self, place: EndOrRange, side: int, direction: Direction, pod: int
    ) -> EndRules:
        key = place, side, direction, pod
        if key not in self.end_rules:
            if isinstance(place, AddressRange):
                endpoint: Endpoint = OutsideAddress(place.first_address)
            else:
                end = self.ends[place][side]
                assert end is not None  # noqa: S101  asked of what is in both
                endpoint = end.pods[pod]
            population = self.answers[side].population
            self.end_rules[key] = EndRules.from_endpoint(population, endpoint, direction)
        return self.end_rules[key]

    def _format_name(self, place: EndOrRange) -> str:
        return str(place) if isinstance(place, AddressRange) else self.names[place]

    def _find_class(self, place: EndOrRange) -> EndOrRange:
        return place if isinstance(place, AddressRange) else self.classes.by_end[place]


def _compare_rows(then: ClassReach, now: ClassReach) -> Mapping[ConnectionChangeKind, PortRow]:
    return {
        ConnectionChangeKind.OPENED: subtract_row(subtract_row(now.sure, then.sure), then.unknown),
        ConnectionChangeKind.CLOSED: subtract_row(subtract_row(then.sure, now.sure), now.unknown),
        ConnectionChangeKind.UNCLEAR: unite_rows(
            part
            for one, other in ((then.unknown, now.unknown), (now.unknown, then.unknown))
            for part in subtract_row(one, other).items()
        ),
    }


def _compare_spans(
    then: Iterable[AddressSpan], now: Iterable[AddressSpan]
) -> list[tuple[AddressRange, ConnectionChangeKind, int]]:
    """The widest ranges in which the same ports changed in the same way."""
    if then == now:
        return []
    found: dict[tuple[ConnectionChangeKind, int], list[AddressRange]] = {}
    for addresses, before, after in _align_spans(list(then), list(now)):
        for kind, ports in {
            ConnectionChangeKind.OPENED: after.sure & ~before.sure & ~before.unknown,
            ConnectionChangeKind.CLOSED: before.sure & ~after.sure & ~after.unknown,
            ConnectionChangeKind.UNCLEAR: before.unknown ^ after.unknown,
        }.items():
            if ports:
                found.setdefault((kind, ports), []).append(addresses)
    return sorted(
        (addresses, kind, ports)
        for (kind, ports), ranges in found.items()
        for addresses in join_ranges(ranges)
    )


def _align_spans(
    then: Sequence[AddressSpan], now: Sequence[AddressSpan]
) -> Iterator[tuple[AddressRange, AddressSpan, AddressSpan]]:
    """All addresses, in ranges that no span splits, each with its span before and after."""
    for family, last in LAST.items():
        bounds = {0, last + 1}
        for span in (*then, *now):
            if span.addresses.family == family:
                bounds |= {span.addresses.first, span.addresses.last + 1}
        for first, end in pairwise(sorted(bounds)):
            addresses = AddressRange(family, first, end - 1)
            yield addresses, _find_span(addresses, then), _find_span(addresses, now)


def _find_span(addresses: AddressRange, spans: Sequence[AddressSpan]) -> AddressSpan:
    return next(
        (span for span in spans if span.addresses.contains_range(addresses)),
        AddressSpan(addresses, 0, 0),
    )
