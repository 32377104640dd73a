"""A student's row on the class board, and who needs help first. Pure: no queries, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from dashboard.models import Namespace, ObservedOutcome, Snapshot
from dashboard.pages.observed import Observed, settled
from netpol.lab import Flow, Lab, NotChecked, Step
from netpol.model import Outcome

UNREAD: dict[str, Any] = {"flows": {}, "steps": {}, "blocker": ""}
"""The summary of a namespace that was never read."""

CONTRADICTIONS = {
    (Outcome.ALLOW, ObservedOutcome.BLOCKED),
    (Outcome.DENY, ObservedOutcome.REACHED),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A flow of one namespace: what the policies say and what a probe saw."""

    flow: Flow
    predicted: Outcome
    observed: ObservedOutcome
    reason: str

    @property
    def met(self) -> bool:
        return self.predicted is self.flow.expected

    @property
    def against_lab(self) -> bool:
        """Certain to be other than the lab wants it; what cannot be told is not met either."""
        return not self.met and self.predicted is not Outcome.UNKNOWN

    @property
    def contradicted(self) -> bool:
        """The probe saw the opposite of what the policies say: the lesson is in these."""
        return (self.predicted, self.observed) in CONTRADICTIONS


class StepState(StrEnum):
    HOLDS = "holds"
    LOST = "held once, no longer"
    OPEN = "not yet"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Mark:
    step: Step
    state: StepState
    reached: datetime | None


class Need(IntEnum):
    """Most urgent first."""

    UNREADABLE = 0
    UNFINISHED = 1
    NOTHING = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One student's namespace. `changed` is `None` while it was never read."""

    namespace: Namespace
    changed: datetime | None
    cells: tuple[Cell, ...]
    marks: tuple[Mark, ...]
    blocker: str

    @property
    def met(self) -> int:
        return sum(cell.met for cell in self.cells)

    @property
    def current(self) -> Step | None:
        """The step to do next; `None` when all that can be checked hold."""
        waiting = (StepState.OPEN, StepState.LOST)
        unfinished = (m.step for m in self.marks if m.step.lasts and m.state in waiting)
        return next(unfinished, None)

    @property
    def held(self) -> int:
        return sum(mark.state is StepState.HOLDS for mark in self.marks)

    @property
    def need(self) -> Need:
        if self.namespace.failure or self.changed is None:
            return Need.UNREADABLE
        return Need.NOTHING if self.current is None else Need.UNFINISHED

    @property
    def reached(self) -> int:
        return sum(cell.observed == ObservedOutcome.REACHED for cell in self.cells)

    @property
    def blocked(self) -> int:
        return sum(cell.observed == ObservedOutcome.BLOCKED for cell in self.cells)

    @property
    def contradictions(self) -> int:
        return sum(cell.contradicted for cell in self.cells)


def row(
    lab: Lab,
    namespace: Namespace,
    snapshot: Snapshot | None,
    reached: Mapping[str, datetime],
    observed: Mapping[str, Observed],
) -> Row:
    summary = snapshot.summary if snapshot else UNREAD
    since = snapshot.first_seen if snapshot else namespace.first_seen
    seen = {flow: settled(one, since) for flow, one in observed.items()}
    return Row(
        namespace,
        snapshot.first_seen if snapshot else None,
        tuple(
            Cell(
                flow,
                Outcome(summary["flows"].get(flow.name, Outcome.UNKNOWN)),
                seen[flow.name].outcome,
                seen[flow.name].reason,
            )
            for flow in flows_for_display(lab)
        ),
        tuple(
            Mark(
                step,
                state_of(step, reached, holds=summary["steps"].get(step.key)),
                reached.get(step.key),
            )
            for step in lab.steps
        ),
        summary["blocker"],
    )


def flows_for_display(lab: Lab) -> list[Flow]:
    """Those to be allowed first, so that a finished row is one block of each colour."""
    return sorted(lab.flows, key=lambda flow: flow.expected is not Outcome.ALLOW)


def state_of(step: Step, reached: Mapping[str, datetime], *, holds: bool | None) -> StepState:
    if isinstance(step.detector, NotChecked):
        return StepState.NOT_CHECKED
    if holds or (step.key in reached and not step.lasts):
        return StepState.HOLDS
    return StepState.LOST if step.key in reached else StepState.OPEN


def by_need(rows: Iterable[Row]) -> list[Row]:
    """Who cannot be read, then who got least far and has been there longest; the finished last."""
    return sorted(
        rows,
        key=lambda row: (
            row.need,
            row.held,
            row.changed or row.namespace.first_seen,
            row.namespace.name,
        ),
    )
