"""From policies as masks to what each class of pods may open, a row at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from netpol.connections.admissions import Admission, Admissions, InForce, doubtful, sure
from netpol.connections.bits import numbers
from netpol.connections.population import Population
from netpol.connections.row import Row, crossed, less, united, without


@dataclass(frozen=True, slots=True)
class Reach:
    """What one class of pods may open to each class: surely, and perhaps."""

    sure: Row
    unknown: Row


@dataclass(frozen=True, slots=True)
class _Grid:
    """Who admits whom in both directions, found by the source.

    Rows that come of the same admissions are one object, so that a dense answer is held once.
    """

    everything: int
    everyone: int
    egress: Admissions
    ingress: Admissions
    leaving: Sequence[Sequence[int]]
    entering: Sequence[Sequence[int]]
    known: dict[tuple[bool, tuple[int, ...], tuple[int, ...]], Row] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Population, egress: Admissions, ingress: Admissions) -> "_Grid":
        count = len(people.pods)
        return cls(
            people.distinctions.ports.everything,
            people.everyone,
            egress,
            ingress,
            _by_class(count, (each.subjects for each in egress.listed)),
            _by_class(count, (each.peers for each in ingress.listed)),
        )

    def row(self, source: int) -> Row:
        """Both ends have to admit: "both the egress policy on the source pod and the ingress policy
        on the destination pod need to allow the connection".
        """
        unrestricted = bool(self.egress.unrestricted >> source & 1)
        key = unrestricted, tuple(self.leaving[source]), tuple(self.entering[source])
        if key not in self.known:
            out = [(self.everything, self.everyone)] if unrestricted else []
            out += [(each.ports, each.peers) for each in _chosen(self.egress, key[1])]
            into = [(self.everything, self.ingress.unrestricted)]
            into += [(each.ports, each.subjects) for each in _chosen(self.ingress, key[2])]
            self.known[key] = crossed(united(out), united(into))
        return self.known[key]


@dataclass(frozen=True, slots=True)
class Rows:
    """What each class of pods may open.

    For each family in which answers differ there are two grids: what is surely admitted, and what
    is not surely denied.
    """

    population: Population
    grids: Sequence[tuple[int, _Grid, _Grid]]

    @classmethod
    def of(cls, people: Population, egress: InForce, ingress: InForce) -> "Rows":
        grids = []
        for family in people.views:
            certain = [sure(each, family) for each in (egress, ingress)]
            perhaps = [doubtful(each, family) for each in (egress, ingress)]
            grid = _Grid.of(people, *certain)
            grids.append((family, grid, _wider(people, grid, certain, perhaps)))
        return cls(people, grids)

    @property
    def certain(self) -> bool:
        """Whether nothing is in doubt, of any pod."""
        return all(wide is grid for _, grid, wide in self.grids) and len(self.grids) == 1

    def reach(self, source: int) -> Reach:
        """An answer is sure where it is the same in all families that both ends have."""
        first, *others = self.grids
        if not others:
            _, grid, wide = first
            row = grid.row(source)
            return Reach(row, {} if wide is grid else less(wide.row(source), row))
        everything = self.population.distinctions.ports.everything
        certain: Row = {everything: self.population.everyone}
        perhaps: Row = {}
        for family, grid, wide in self.grids:
            strangers = self.population.strangers(source, family)
            held = [*without(grid.row(source), strangers).items(), (everything, strangers)]
            certain = crossed(certain, united(held))
            met = without(wide.row(source), strangers)
            perhaps = united([*perhaps.items(), *met.items()])
        return Reach(certain, less(perhaps, certain))


def _wider(
    people: Population, grid: _Grid, certain: list[Admissions], perhaps: list[Admissions]
) -> _Grid:
    """The grid of what is not surely denied; the same one where nothing is in doubt."""
    if not any(each.unrestricted or each.listed for each in perhaps):
        return grid
    egress, ingress = (
        Admissions(one.unrestricted | other.unrestricted, [*one.listed, *other.listed])
        for one, other in zip(certain, perhaps, strict=True)
    )
    return _Grid.of(people, egress, ingress)


def _by_class(count: int, masks: Iterable[int]) -> list[list[int]]:
    """For each class the numbers of the masks that hold it."""
    found: list[list[int]] = [[] for _ in range(count)]
    for number, mask in enumerate(masks):
        for member in numbers(mask):
            found[member].append(number)
    return found


def _chosen(admissions: Admissions, listed: Iterable[int]) -> Iterator[Admission]:
    return (admissions.listed[number] for number in listed)
