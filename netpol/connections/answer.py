"""All connections of a cluster, as sets of ports for each pair of ends."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from netpol.connections.addresses import AddressRange
from netpol.connections.admissions import InForce
from netpol.connections.bits import numbers
from netpol.connections.distinctions import Distinctions
from netpol.connections.ends import Classes, End, ends
from netpol.connections.outside import Outskirts
from netpol.connections.population import Population
from netpol.connections.rows import Reach, Rows
from netpol.evaluate import decide_connection
from netpol.model import Cluster, Direction, Endpoint, OutsideAddress


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

    def cells(self, focus: Set[int] | None = None) -> Iterator[Cell]:
        """Each pair with a connection, or perhaps one, by source, then by destination: pods first,
        then addresses outside. Of connections between two such addresses nothing is said.

        `focus` leaves only what touches one of some ends.
        """
        for source in range(len(self.ends)):
            chosen = None if focus is None or source in focus else focus
            yield from self._between(source, chosen)
            if chosen is None:
                for span in self.answers.leaving.spans(self.classes.of[source]):
                    yield Cell(source, span.addresses, span.sure, span.unknown)
        yield from self._from_outside(range(len(self.ends)) if focus is None else sorted(focus))

    def unknown(self, focus: Set[int] | None = None) -> Iterator[Cell]:
        """Those of the cells of which something is unknown."""
        if not self.answers.rows.certain:
            yield from (cell for cell in self.cells(focus) if cell.unknown)

    def because(self, cell: Cell) -> tuple[str, ...]:
        """Why ports of a cell are unknown, in the evaluator's words."""
        # Of a workload and itself two different pods.
        other = -1 if cell.source == cell.destination else 0
        ends = self._endpoint(cell.source, 0), self._endpoint(cell.destination, other)
        found: dict[str, None] = {}
        for part in self.distinctions.ports.within(cell.unknown):
            verdict = decide_connection(
                self.answers.population.cluster, *ends, part.first, part.protocol
            )
            found |= dict.fromkeys((*verdict.egress.undefined, *verdict.ingress.undefined))
        return tuple(found)

    def _endpoint(self, end: int | AddressRange, pod: int) -> Endpoint:
        if isinstance(end, AddressRange):
            return OutsideAddress(end.lowest)
        return self.ends[end].pods[pod]

    def _between(self, source: int, chosen: Set[int] | None) -> Iterator[Cell]:
        reach = self.answers.rows.reach(self.classes.of[source])
        found = self._expanded(reach, chosen)
        if len(self.ends[source].pods) == 1 and (chosen is None or source in chosen):
            # "A pod cannot block access to itself."
            found[source] = self.distinctions.ports.everything, 0
        for destination in sorted(found):
            yield Cell(source, destination, *found[destination])

    def _expanded(self, reach: Reach, chosen: Set[int] | None) -> dict[int, tuple[int, int]]:
        found: dict[int, tuple[int, int]] = {}
        for ports, classes in reach.sure.items():
            for end in self._members(classes, chosen):
                found[end] = ports, 0
        for ports, classes in reach.unknown.items():
            for end in self._members(classes, chosen):
                found[end] = found.get(end, (0, 0))[0], ports
        return found

    def _members(self, classes: int, chosen: Set[int] | None) -> Iterable[int]:
        if chosen is not None:
            return (end for end in chosen if classes >> self.classes.of[end] & 1)
        return chain.from_iterable(map(self.classes.members.__getitem__, numbers(classes)))

    def _from_outside(self, ends: Iterable[int]) -> Iterator[Cell]:
        cells: dict[AddressRange, list[Cell]] = {}
        for end in ends:
            for span in self.answers.entering.spans(self.classes.of[end]):
                cell = Cell(span.addresses, end, span.sure, span.unknown)
                cells.setdefault(span.addresses, []).append(cell)
        for addresses in sorted(cells):
            yield from cells[addresses]
