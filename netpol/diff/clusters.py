"""What opened and what closed between two clusters, for all pairs and ports, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from netpol.connections.addresses import LAST, AddressRange, joined
from netpol.connections.answer import Answers
from netpol.connections.bits import numbers
from netpol.connections.distinctions import Distinctions
from netpol.connections.ends import Classes, End, common_ends
from netpol.connections.outside import Span
from netpol.connections.population import Population
from netpol.connections.ports import PortSpace
from netpol.connections.row import Row, less, united
from netpol.connections.rows import Reach
from netpol.diff.reasons import Gates, Governed, Reason, Turn, reasons
from netpol.model import Cluster, Direction, Endpoint, OutsideAddress

Place = int | AddressRange
"""An end, by its number, or addresses outside."""
Turned = tuple[Turn, Place, Place, int]
"""Which way the connections from a source to a destination went, on which ports."""


@dataclass(frozen=True, slots=True)
class ConnectionChange:
    """Ports of one pair that went one way for one reason."""

    turn: Turn
    source: str
    destination: str
    ports: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class ClusterComparison:
    """Two clusters, before and after, as answers about the same classes of ends.

    An end has one name in both, and may be missing in one.
    """

    names: Sequence[str]
    ends: Sequence[tuple[End | None, ...]]
    classes: Classes
    answers: Sequence[Answers]
    known: dict[Turned, Mapping[Reason, int]] = field(default_factory=dict)
    governed: dict[tuple[Place, int, Direction, int], Governed] = field(default_factory=dict)

    @classmethod
    def of(cls, before: Cluster, after: Cluster) -> "ClusterComparison":
        distinctions = Distinctions.of(before, after)
        common = common_ends(distinctions, before, after)
        ends = [both for _, both in common]
        classes = Classes.by(
            tuple(end and (distinctions.likeness(end.pods[0]), len(end.pods) > 1) for end in both)
            for both in ends
        )
        answers = []
        for side, cluster in enumerate((before, after)):
            chosen = [ends[members[0]][side] for members in classes.members]
            pods = [end.pods[0] if end else None for end in chosen]
            answers.append(Answers.of(Population.of(cluster, distinctions, pods)))
        return cls([name for name, _ in common], ends, classes, answers)

    @property
    def ports(self) -> PortSpace:
        return self.answers[0].population.distinctions.ports

    def changes(self) -> Iterator[ConnectionChange]:
        """By source, then by destination: pods first, then addresses outside."""
        for source in range(len(self.ends)):
            for turned in (*self._between(source), *self._leaving(source)):
                yield from self._explained(turned)
        for turned in self._entering():
            yield from self._explained(turned)

    def _between(self, source: int) -> Iterator[Turned]:
        number = self.classes.of[source]
        then, now = (each.rows.reach(number) for each in self.answers)
        found = sorted(
            (end, turn, ports)
            for turn, row in _turned(then, now).items()
            for ports, classes in row.items()
            for chosen in numbers(classes)
            for end in self.classes.members[chosen]
            if end != source or self._has_several(source)
        )
        return ((turn, source, end, ports) for end, turn, ports in found)

    def _has_several(self, end: int) -> bool:
        """A pod always reaches itself; whether pods of one workload reach each other may change."""
        return all(each and len(each.pods) > 1 for each in self.ends[end])

    def _leaving(self, source: int) -> Iterator[Turned]:
        number = self.classes.of[source]
        then, now = (each.leaving.spans(number) for each in self.answers)
        return ((turn, source, addresses, ports) for addresses, turn, ports in _moved(then, now))

    def _entering(self) -> Iterator[Turned]:
        found: dict[AddressRange, list[Turned]] = {}
        for end, number in enumerate(self.classes.of):
            then, now = (each.entering.spans(number) for each in self.answers)
            for addresses, turn, ports in _moved(then, now):
                found.setdefault(addresses, []).append((turn, addresses, end, ports))
        for addresses in sorted(found):
            yield from found[addresses]

    def _explained(self, turned: Turned) -> Iterator[ConnectionChange]:
        turn, source, destination, ports = turned
        names = self._name(source), self._name(destination)
        if missing := [place for place in (source, destination) if not self._is_in_both(place)]:
            came = turn is Turn.OPENED
            words = " and ".join(f"`{self._name(place)}`" for place in dict.fromkeys(missing))
            sentence = f"{turn.capitalize()}: {words} {'came' if came else 'went'}."
            yield ConnectionChange(turn, *names, ports, Reason((), sentence))
            return
        alike = turn, self._class(source), self._class(destination), ports
        if alike not in self.known:
            before, after = (self._gates(source, destination, side) for side in (0, 1))
            self.known[alike] = reasons(turn, before, after, ports, self.ports)
        for why, part in self.known[alike].items():
            yield ConnectionChange(turn, *names, part, why)

    def _gates(self, source: Place, destination: Place, side: int) -> Gates:
        """Of a workload and itself those of two different pods."""
        other = -1 if source == destination else 0
        egress = self._governed(source, side, Direction.EGRESS, 0)
        ingress = self._governed(destination, side, Direction.INGRESS, other)
        return Gates(self.answers[side].population.cluster, egress, ingress)

    def _governed(self, place: Place, side: int, direction: Direction, pod: int) -> Governed:
        key = place, side, direction, pod
        if key not in self.governed:
            people, end = self.answers[side].population, self._endpoint(place, side, pod)
            self.governed[key] = Governed.of(people, end, direction)
        return self.governed[key]

    def _endpoint(self, place: Place, side: int, pod: int) -> Endpoint:
        if isinstance(place, AddressRange):
            return OutsideAddress(place.lowest)
        end = self.ends[place][side]
        assert end is not None  # noqa: S101  asked of what is in both
        return end.pods[pod]

    def _is_in_both(self, place: Place) -> bool:
        return isinstance(place, AddressRange) or None not in self.ends[place]

    def _name(self, place: Place) -> str:
        return str(place) if isinstance(place, AddressRange) else self.names[place]

    def _class(self, place: Place) -> Place:
        return place if isinstance(place, AddressRange) else self.classes.of[place]


def _turned(then: Reach, now: Reach) -> Mapping[Turn, Row]:
    return {
        Turn.OPENED: less(less(now.sure, then.sure), then.unknown),
        Turn.CLOSED: less(less(then.sure, now.sure), now.unknown),
        Turn.UNCLEAR: united(
            [*less(then.unknown, now.unknown).items(), *less(now.unknown, then.unknown).items()]
        ),
    }


def _moved(then: Iterable[Span], now: Iterable[Span]) -> list[tuple[AddressRange, Turn, int]]:
    """Ranges in which the ports that went one way are the same, as wide as they can be."""
    if then == now:
        return []
    found: dict[tuple[Turn, int], list[AddressRange]] = {}
    for addresses, before, after in _aligned(list(then), list(now)):
        for turn, ports in {
            Turn.OPENED: after.sure & ~before.sure & ~before.unknown,
            Turn.CLOSED: before.sure & ~after.sure & ~after.unknown,
            Turn.UNCLEAR: before.unknown ^ after.unknown,
        }.items():
            if ports:
                found.setdefault((turn, ports), []).append(addresses)
    return sorted(
        (addresses, turn, ports)
        for (turn, ports), ranges in found.items()
        for addresses in joined(ranges)
    )


def _aligned(
    then: Sequence[Span], now: Sequence[Span]
) -> Iterator[tuple[AddressRange, Span, Span]]:
    """All addresses, in ranges that lie within one span of each or in none."""
    for family, last in LAST.items():
        bounds = {0, last + 1}
        for span in (*then, *now):
            if span.addresses.family == family:
                bounds |= {span.addresses.first, span.addresses.last + 1}
        for first, end in pairwise(sorted(bounds)):
            addresses = AddressRange(family, first, end - 1)
            yield addresses, _within(addresses, then), _within(addresses, now)


def _within(addresses: AddressRange, spans: Sequence[Span]) -> Span:
    return next((span for span in spans if span.addresses.holds(addresses)), Span(addresses, 0, 0))
