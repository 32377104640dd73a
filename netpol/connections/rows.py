"""What each class of pods may open, computed row by row from policies as masks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from netpol.connections.admissions import (
    Admissions,
    PoliciesInForce,
    find_doubtful_admissions,
    find_sure_admissions,
)
from netpol.connections.bits import list_numbers
from netpol.connections.population import Population

PortRow = Mapping[int, int]
"""Ports → the classes that have exactly these. No class stands twice; those that have no ports
stand nowhere.
"""


def unite_rows(parts: Iterable[tuple[int, int]]) -> PortRow:
    """Each class with all the ports that any part (ports, classes) gives it."""
    row: dict[int, int] = {}
    by_ports: dict[int, int] = {}
    for ports, classes in parts:
        by_ports[ports] = by_ports.get(ports, 0) | classes
    for ports, classes in by_ports.items():
        grown: dict[int, int] = {}
        rest = classes
        for known, members in row.items():
            both = members & rest
            _add_classes(grown, known | ports, both)
            _add_classes(grown, known, members ^ both)
            rest ^= both
        _add_classes(grown, ports, rest)
        row = grown
    return row


def intersect_rows(one: PortRow, other: PortRow) -> PortRow:
    """Each class with the ports that both rows give it."""
    row: dict[int, int] = {}
    for ports, classes in one.items():
        for others, members in other.items():
            if both := ports & others:
                _add_classes(row, both, classes & members)
    return row


def remove_classes(row: PortRow, classes: int) -> PortRow:
    return {ports: left for ports, members in row.items() if (left := members & ~classes)}


def subtract_row(row: PortRow, taken: PortRow) -> PortRow:
    """Each class with the ports that only the first row gives it."""
    left: dict[int, int] = {}
    for ports, members in row.items():
        rest = members
        for others, classes in taken.items():
            if both := rest & classes:
                _add_classes(left, ports & ~others, both)
                rest ^= both
        _add_classes(left, ports, rest)
    return left


def _add_classes(row: dict[int, int], ports: int, classes: int) -> None:
    if ports and classes:
        row[ports] = row.get(ports, 0) | classes


@dataclass(frozen=True, slots=True)
class ClassReach:
    """What one class of pods may open to each class: surely, and perhaps."""

    sure: PortRow
    unknown: PortRow


@dataclass(frozen=True, slots=True)
class _Grid:
    """The admissions of both directions, indexed by source.

    Rows that come of the same admissions are one object, so that a dense answer is held once.
    """

    everything: int
    everyone: int
    egress: Admissions
    ingress: Admissions
    leaving: Sequence[Sequence[int]]
    entering: Sequence[Sequence[int]]
    known: dict[object, PortRow] = field(default_factory=dict)

    @classmethod
    def from_admissions(
        cls, population: Population, egress: Admissions, ingress: Admissions
    ) -> "_Grid":
        count = len(population.pods)
        return cls(
            population.distinctions.ports.all_ports,
            population.everyone,
            egress,
            ingress,
            _index_by_class(count, (each.subjects for each in egress.listed)),
            _index_by_class(count, (each.peers for each in ingress.listed)),
        )

    def find_row(self, source: int) -> PortRow:
        """Both ends have to admit: "both the egress policy on the source pod and the ingress policy
        on the destination pod need to allow the connection".
        """
        unrestricted = bool(self.egress.unrestricted >> source & 1)
        key = unrestricted, tuple(self.leaving[source]), tuple(self.entering[source])
        if key not in self.known:
            out = [(self.everything, self.everyone)] if unrestricted else []
            leaving = map(self.egress.listed.__getitem__, key[1])
            entering = map(self.ingress.listed.__getitem__, key[2])
            out += [(each.ports, each.peers) for each in leaving]
            into = [(self.everything, self.ingress.unrestricted)]
            into += [(each.ports, each.subjects) for each in entering]
            self.known[key] = intersect_rows(unite_rows(out), unite_rows(into))
        return self.known[key]


@dataclass(frozen=True, slots=True)
class ReachRows:
    """What each class of pods may open.

    For each family in which answers differ there are two grids: what is surely admitted, and what
    is not surely denied.
    """

    population: Population
    grids: Sequence[tuple[int, _Grid, _Grid]]

    @classmethod
    def from_policies(
        cls, population: Population, egress: PoliciesInForce, ingress: PoliciesInForce
    ) -> "ReachRows":
        grids = []
        for family in population.families_to_compare:
            certain = [find_sure_admissions(each, family) for each in (egress, ingress)]
            perhaps = [find_doubtful_admissions(each, family) for each in (egress, ingress)]
            grid = _Grid.from_admissions(population, *certain)
            grids.append((family, grid, _widen_grid(population, grid, certain, perhaps)))
        return cls(population, grids)

    @property
    def is_certain(self) -> bool:
        """Whether no verdict is unknown."""
        return all(wide is grid for _, grid, wide in self.grids) and len(self.grids) == 1

    def find_reach(self, source: int) -> ClassReach:
        """What a class may open; it is sure where all address families of both ends agree."""
        first, *others = self.grids
        if not others:
            _, grid, wide = first
            row = grid.find_row(source)
            return ClassReach(row, {} if wide is grid else subtract_row(wide.find_row(source), row))
        everything = self.population.distinctions.ports.all_ports
        certain: PortRow = {everything: self.population.everyone}
        perhaps: PortRow = {}
        for family, grid, wide in self.grids:
            strangers = self.population.find_unconnected(source, family)
            sure, maybe = (
                remove_classes(each.find_row(source), strangers) for each in (grid, wide)
            )
            met = unite_rows([*sure.items(), (everything, strangers)])
            certain = intersect_rows(certain, met)
            perhaps = unite_rows([*perhaps.items(), *maybe.items()])
        return ClassReach(certain, subtract_row(perhaps, certain))


def _widen_grid(
    population: Population, grid: _Grid, certain: list[Admissions], perhaps: list[Admissions]
) -> _Grid:
    """The grid of what is not surely denied; the same grid if nothing is unknown."""
    if not any(each.unrestricted or each.listed for each in perhaps):
        return grid
    egress, ingress = (
        Admissions(one.unrestricted | other.unrestricted, [*one.listed, *other.listed])
        for one, other in zip(certain, perhaps, strict=True)
    )
    return _Grid.from_admissions(population, egress, ingress)


def _index_by_class(count: int, masks: Iterable[int]) -> list[list[int]]:
    """For each class, the indexes of the masks that contain it."""
    found: list[list[int]] = [[] for _ in range(count)]
    for number, mask in enumerate(masks):
        for member in list_numbers(mask):
            found[member].append(number)
    return found
