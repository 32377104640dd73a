"""All connections of a cluster, as sets of ports for each pair of ends."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from netpol.connections.addresses import AddressRange
from netpol.connections.admissions import PoliciesInForce
from netpol.connections.bits import list_numbers
from netpol.connections.distinctions import Distinctions
from netpol.connections.ends import ConnectionEnd, EndClasses, list_ends
from netpol.connections.outside import OutsideConnections
from netpol.connections.population import Population
from netpol.connections.rows import ReachRows
from netpol.evaluate import decide_connection
from netpol.model import Cluster, Direction, Endpoint, OutsideAddress, Pod


@dataclass(frozen=True, slots=True)
class ConnectionCell:
    """What a source may open to a destination: ports that are surely allowed, and those of which
    that is unknown. Ends are numbered as `ends` are, or are addresses outside.
    """

    source: int | AddressRange
    destination: int | AddressRange
    allowed: int
    unknown: int


@dataclass(frozen=True, slots=True)
class ClassAnswers:
    """The connections of one cluster, by classes of ends."""

    population: Population
    rows: ReachRows
    leaving: OutsideConnections
    entering: OutsideConnections

    @classmethod
    def from_pods(
        cls, cluster: Cluster, distinctions: Distinctions, pods: Sequence[Pod | None]
    ) -> "ClassAnswers":
        population = Population.from_pods(cluster, distinctions, pods)
        egress = PoliciesInForce.from_population(population, Direction.EGRESS)
        ingress = PoliciesInForce.from_population(population, Direction.INGRESS)
        return cls(
            population,
            ReachRows.from_policies(population, egress, ingress),
            OutsideConnections.from_policies(egress),
            OutsideConnections.from_policies(ingress),
        )


@dataclass(frozen=True, slots=True)
class Connections:
    """All connections of a cluster, stored by classes of ends and listed cell by cell."""

    ends: Sequence[ConnectionEnd]
    classes: EndClasses
    answers: ClassAnswers

    @classmethod
    def from_cluster(cls, cluster: Cluster) -> "Connections":
        distinctions = Distinctions.from_clusters(cluster)
        listed = list_ends(cluster, distinctions)
        classes = EndClasses.from_keys(distinctions.build_class_key(end.pods[0]) for end in listed)
        pods = [listed[members[0]].pods[0] for members in classes.members]
        return cls(listed, classes, ClassAnswers.from_pods(cluster, distinctions, pods))

    @property
    def distinctions(self) -> Distinctions:
        return self.answers.population.distinctions

    def list_cells(self, focus: Set[int] | None = None) -> Iterator[ConnectionCell]:
        """Each pair with a connection, or perhaps one, by source, then by destination: pods first,
        then addresses outside. Of connections between two such addresses nothing is said.

        `focus` leaves only what touches one of some ends.
        """
        for source in range(len(self.ends)):
            chosen = None if focus is None or source in focus else focus
            yield from self._list_pod_cells(source, chosen)
            if chosen is None:
                for span in self.answers.leaving.list_spans(self.classes.by_end[source]):
                    yield ConnectionCell(source, span.addresses, span.sure, span.unknown)
        ends = range(len(self.ends)) if focus is None else sorted(focus)
        yield from self._list_entering_cells(ends)

    def list_unknown_cells(self, focus: Set[int] | None = None) -> Iterator[ConnectionCell]:
        """The cells with unknown ports."""
        if not self.answers.rows.is_certain:
            yield from (cell for cell in self.list_cells(focus) if cell.unknown)

    def explain_unknown(self, cell: ConnectionCell) -> tuple[str, ...]:
        """Why ports of a cell are unknown, in the evaluator's words."""
        # Between a workload and itself: two different pods.
        other = -1 if cell.source == cell.destination else 0
        ends = self._find_endpoint(cell.source, 0), self._find_endpoint(cell.destination, other)
        cluster = self.answers.population.cluster
        found: dict[str, None] = {}
        for part in self.distinctions.ports.list_parts(cell.unknown):
            verdict = decide_connection(cluster, *ends, part.first, part.protocol)
            found |= dict.fromkeys((*verdict.egress.undefined, *verdict.ingress.undefined))
        return tuple(found)

    def _find_endpoint(self, end: int | AddressRange, pod: int) -> Endpoint:
        if isinstance(end, AddressRange):
            return OutsideAddress(end.first_address)
        return self.ends[end].pods[pod]

    def _list_pod_cells(self, source: int, chosen: Set[int] | None) -> Iterator[ConnectionCell]:
        reach = self.answers.rows.find_reach(self.classes.by_end[source])
        found: dict[int, tuple[int, int]] = {}
        for ports, classes in reach.sure.items():
            found |= dict.fromkeys(self._list_ends(classes, chosen), (ports, 0))
        for ports, classes in reach.unknown.items():
            for end in self._list_ends(classes, chosen):
                found[end] = found.get(end, (0, 0))[0], ports
        if len(self.ends[source].pods) == 1 and (chosen is None or source in chosen):
            # "A pod cannot block access to itself."
            found[source] = self.distinctions.ports.all_ports, 0
        for destination in sorted(found):
            yield ConnectionCell(source, destination, *found[destination])

    def _list_ends(self, classes: int, chosen: Set[int] | None) -> Iterable[int]:
        if chosen is not None:
            return (end for end in chosen if classes >> self.classes.by_end[end] & 1)
        return chain.from_iterable(map(self.classes.members.__getitem__, list_numbers(classes)))

    def _list_entering_cells(self, ends: Iterable[int]) -> Iterator[ConnectionCell]:
        cells: dict[AddressRange, list[ConnectionCell]] = {}
        for end in ends:
            for span in self.answers.entering.list_spans(self.classes.by_end[end]):
                cell = ConnectionCell(span.addresses, end, span.sure, span.unknown)
                cells.setdefault(span.addresses, []).append(cell)
        for addresses in sorted(cells):
            yield from cells[addresses]
