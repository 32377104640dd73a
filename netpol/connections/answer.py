"""All connections of a cluster, as sets of ports for each pair of ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netpol.connections.addresses import AddressRange
from netpol.connections.admissions import InForce
from netpol.connections.bits import numbers
from netpol.connections.distinctions import Distinctions
from netpol.connections.ends import Classes, End, ends
from netpol.connections.outside import Outskirts
from netpol.connections.population import Population
from netpol.connections.rows import Reach, Rows
from netpol.model import Cluster, Direction


@dataclass(frozen=True, slots=True)
class Cell:
    """What a source may open to a destination: ports that are surely allowed, and those of which
    that is unknown. Ends are numbered as `ends` are, or are addresses outside.
    """

    source: int | AddressRange
    destination: int | AddressRange
    allowed: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Answers:
    """One cluster's answers about classes of ends."""

    population: Population
    rows: Rows
    leaving: Outskirts
    entering: Outskirts

    @classmethod
    def of(cls, population: Population) -> "Answers":
        egress = InForce.of(population, Direction.EGRESS)
        ingress = InForce.of(population, Direction.INGRESS)
        return cls(
            population,
            Rows.of(population, egress, ingress),
            Outskirts.of(egress),
            Outskirts.of(ingress),
        )


@dataclass(frozen=True, slots=True)
class Connections:
    """Who may open what to whom. Held by classes of ends; cells are made one by one."""

    ends: Sequence[End]
    classes: Classes
    answers: Answers

    @classmethod
    def of(cls, cluster: Cluster) -> "Connections":
        distinctions = Distinctions.of(cluster)
        listed = ends(cluster, distinctions)
        classes = Classes.by(distinctions.likeness(end.pods[0]) for end in listed)
        pods = [listed[members[0]].pods[0] for members in classes.members]
        return cls(listed, classes, Answers.of(Population.of(cluster, distinctions, pods)))

    @property
    def distinctions(self) -> Distinctions:
        return self.answers.population.distinctions

    def cells(self, focus: int | None = None) -> Iterator[Cell]:
        """Each pair with a connection, or perhaps one, by source, then by destination: pods first,
        then addresses outside. Of connections between two such addresses nothing is said.

        `focus` leaves only what touches one end.
        """
        for source in range(len(self.ends)):
            chosen = None if source == focus else focus
            yield from self._between(source, chosen)
            if chosen is None:
                for span in self.answers.leaving.spans(self.classes.of[source]):
                    yield Cell(source, span.addresses, span.sure, span.unknown)
        yield from self._from_outside(focus)

    def _between(self, source: int, focus: int | None) -> Iterator[Cell]:
        reach = self.answers.rows.reach(self.classes.of[source])
        found = {source: (0, 0)} | self._expanded(reach, focus)
        if len(self.ends[source].pods) == 1:
            # "A pod cannot block access to itself."
            found[source] = self.distinctions.ports.everything, 0
        for destination in sorted(found) if focus is None else {focus} & found.keys():
            allowed, unknown = found[destination]
            if allowed or unknown:
                yield Cell(source, destination, allowed, unknown)

    def _expanded(self, reach: Reach, focus: int | None) -> dict[int, tuple[int, int]]:
        within = -1 if focus is None else 1 << self.classes.of[focus]
        found: dict[int, tuple[int, int]] = {}
        for ports, classes in reach.sure.items():
            for number in numbers(classes & within):
                for end in self.classes.members[number]:
                    found[end] = ports, 0
        for ports, classes in reach.unknown.items():
            for number in numbers(classes & within):
                for end in self.classes.members[number]:
                    found[end] = found.get(end, (0, 0))[0], ports
        return found

    def _from_outside(self, focus: int | None) -> Iterator[Cell]:
        cells: dict[AddressRange, list[Cell]] = {}
        for end in range(len(self.ends)) if focus is None else (focus,):
            for span in self.answers.entering.spans(self.classes.of[end]):
                cell = Cell(span.addresses, end, span.sure, span.unknown)
                cells.setdefault(span.addresses, []).append(cell)
        for addresses in sorted(cells):
            yield from cells[addresses]
