"""The class in a few numbers: how many are where, and what fails most. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.pages.board import Need, Row
from netpol.lab import Flow, Lab, NotChecked, Step


@dataclass(frozen=True, slots=True)
class Stage:
    """How many are at a place of the lab; `step` is `None` for those before or behind it."""

    title: str
    count: int
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Failing:
    """A flow and how many namespaces do not have it as the lab wants it."""

    flow: Flow
    count: int


def stages(lab: Lab, rows: Sequence[Row]) -> list[Stage]:
    """Everybody is counted once."""
    at = Counter(row.current for row in rows if row.need is Need.UNFINISHED)
    steps = [
        Stage(step.title, at[step], step)
        for step in lab.steps
        if step.lasts and not isinstance(step.detector, NotChecked)
    ]
    needs = Counter(row.need for row in rows)
    return [
        Stage("Cannot be read", needs[Need.UNREADABLE]),
        *steps,
        Stage("Done, but probes see otherwise", needs[Need.UNWORKING]),
        Stage("Done", needs[Need.NOTHING]),
    ]


def most_failing(rows: Sequence[Row], limit: int = 5) -> list[Failing]:
    failing = Counter(
        cell.flow
        for row in rows
        if row.need is not Need.UNREADABLE
        for cell in row.cells
        if not cell.met
    )
    return [Failing(flow, count) for flow, count in failing.most_common(limit)]
