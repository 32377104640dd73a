"""Which parties of the lab are real pods, and which are assumed."""

from dataclasses import dataclass

from netpol.assess import Assessment
from netpol.lab import Lab


@dataclass(frozen=True, slots=True)
class StandIns:
    """Titles of entities: `fixed` are never pods here, `missing` would be if there were any."""

    fixed: tuple[str, ...]
    missing: tuple[str, ...]


def stand_ins(lab: Lab, assessment: Assessment) -> StandIns:
    assumed = [entity for entity in lab.entities if entity.name in assessment.placeholders]
    return StandIns(
        tuple(entity.title for entity in assumed if entity.selector is None),
        tuple(entity.title for entity in assumed if entity.selector is not None),
    )
