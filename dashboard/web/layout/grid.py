"""Where each flow of a lab stands in its matrix: source by destination and port."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from netpol.lab import Flow, Lab
from netpol.model import Protocol


@dataclass(frozen=True, slots=True, order=True)
class GridColumn:
    """A column of the matrix; `rank` is the destination's place in the lab."""

    rank: int
    port: int
    protocol: Protocol
    title: str

    def __str__(self) -> str:
        return f"{self.title}:{self.port}/{self.protocol}"


@dataclass(frozen=True, slots=True)
class FlowGrid:
    """`places` are row and column of each flow, by its name; cells without one stay blank."""

    sources: tuple[str, ...]
    columns: tuple[GridColumn, ...]
    places: Mapping[str, tuple[int, int]] = field(hash=False)

    def column_of(self, flow: str) -> GridColumn:
        return self.columns[self.places[flow][1]]


def build_grid(lab: Lab) -> FlowGrid:
    """Rows and columns in the order in which the lab introduces its entities."""
    ranks = {entity.name: rank for rank, entity in enumerate(lab.entities)}
    sources = sorted({flow.source for flow in lab.flows}, key=ranks.__getitem__)

    def target(flow: Flow) -> GridColumn:
        destination = lab.find_entity(flow.destination)
        return GridColumn(ranks[destination.name], flow.port, flow.protocol, destination.title)

    targets = sorted({target(flow) for flow in lab.flows})
    return FlowGrid(
        tuple(lab.find_entity(source).title for source in sources),
        tuple(targets),
        {
            flow.name: (sources.index(flow.source), targets.index(target(flow)))
            for flow in lab.flows
        },
    )
