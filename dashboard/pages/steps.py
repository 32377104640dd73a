"""The lab's steps in one namespace: what holds now, what was reached and when, and by what sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.pages.board import StepState, state_of
from netpol.assess import Assessment
from netpol.lab import Lab, Step


@dataclass(frozen=True, slots=True)
class StepRow:
    """`holds` is `None` where it is not checked or cannot be told; `reached` is the first time."""

    step: Step
    holds: bool | None
    state: StepState
    reached: datetime | None
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
            found.holds if (found := assessed.get(step.key)) else None,
            state_of(step, reached, holds=found.holds if found else None),
            reached.get(step.key),
            found.evidence if found else "The lab file was changed after this was assessed.",
        )
        for step in lab.steps
    )


def next_step(rows: Sequence[StepRow]) -> StepRow | None:
    """The first that is still to be done."""
    waiting = (StepState.OPEN, StepState.LOST)
    return next((row for row in rows if row.step.lasts and row.state in waiting), None)
