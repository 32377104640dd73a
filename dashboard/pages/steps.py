"""The lab's steps in one namespace: what holds now, what was reached and when, and by what sign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from netpol.assess import Assessment
from netpol.lab import Lab, NotChecked, Step


class StepState(StrEnum):
    HOLDS = "holds"
    LOST = "held once, no longer"
    OPEN = "not yet"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a namespace stands with a step; `reached` is the first time that it held."""

    step: Step
    state: StepState
    reached: datetime | None

    @property
    def waiting(self) -> bool:
        """Still, or once more, to be done."""
        return self.step.lasts and self.state in {StepState.OPEN, StepState.LOST}


M = TypeVar("M", bound=Mark)


@dataclass(frozen=True, slots=True)
class StepRow(Mark):
    """`holds` is `None` where it is not checked or cannot be told, `evidence` says by what sign."""

    holds: bool | None
    evidence: str

    @property
    def words(self) -> str:
        match self.state, self.holds:
            case StepState.HOLDS, True:
                return "holds now"
            case StepState.HOLDS, _:
                return "done"
            case StepState.OPEN, None:
                return "cannot be told"
        return str(self.state)


def step_rows(
    lab: Lab, assessment: Assessment, reached: Mapping[str, datetime]
) -> tuple[StepRow, ...]:
    assessed = {step.step: step for step in assessment.steps}
    return tuple(
        StepRow(
            step,
            state_of(step, reached, holds=found.holds if found else None),
            reached.get(step.key),
            found.holds if found else None,
            found.evidence if found else "The lab file was changed after this was assessed.",
        )
        for step in lab.steps
        for found in (assessed.get(step.key),)
    )


def state_of(step: Step, reached: Mapping[str, datetime], *, holds: bool | None) -> StepState:
    if isinstance(step.detector, NotChecked):
        return StepState.NOT_CHECKED
    if holds or (step.key in reached and not step.lasts):
        return StepState.HOLDS
    return StepState.LOST if step.key in reached else StepState.OPEN


def next_step(marks: Iterable[M]) -> M | None:
    """The first that is still to be done."""
    return next((mark for mark in marks if mark.waiting), None)
