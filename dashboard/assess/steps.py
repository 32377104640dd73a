"""The lab's steps in one namespace: what holds now, what was reached and when, and by what sign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from dashboard.assess.changes import StateChange
from dashboard.assess.marks import Said
from dashboard.models import StepMark
from netpol.assess import Assessment, FlowAssessment
from netpol.lab import FlowsAsExpected, Lab, NotChecked, Step


class StepState(StrEnum):
    HOLDS = "holds"
    DONE = "done"
    """It held, and the steps after it end it."""
    LOST = "held once, no longer"
    OPEN = "not yet"
    NOT_CHECKED = "not checked"
    MARKED = "marked by an instructor"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a namespace stands with a step; `reached` is the first time that it held."""

    step: Step
    state: StepState
    reached: datetime | None

    @property
    def waiting(self) -> bool:
        """Still, or once more, to be done."""
        return self.step.is_lasting and self.state in {StepState.OPEN, StepState.LOST}


M = TypeVar("M", bound=Mark)


@dataclass(frozen=True, slots=True)
class StepRow(Mark):
    """`holds` is `None` where it is not checked or cannot be told, `evidence` says by what sign.

    `policies` make it hold, `flows` are those that it speaks of. `lost` is what ended it last,
    `marked` the mark by which it is done, `taken_back` the one by which it no longer is.
    """

    holds: bool | None
    evidence: str
    policies: tuple[str, ...] = ()
    flows: tuple[FlowAssessment, ...] = ()
    lost: StateChange | None = None
    marked: StepMark | None = None
    taken_back: StepMark | None = None

    @property
    def words(self) -> str:
        if self.state is StepState.HOLDS:
            return "holds now"
        if self.state in {StepState.OPEN, StepState.LOST} and self.holds is None:
            return "cannot be told"
        return str(self.state)

    @property
    def checked(self) -> bool:
        """Whether policies show it; else it is an instructor's to mark."""
        return not isinstance(self.step.detector, NotChecked)

    @property
    def met(self) -> int:
        return sum(flow.is_met for flow in self.flows)


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded of a namespace's steps beside its state, each by the step's key."""

    reached: Mapping[str, datetime]
    lost: Mapping[str, StateChange]
    marks: Mapping[str, Said]


NOTHING_KNOWN = Known({}, {}, {})


def step_rows(
    lab: Lab, assessment: Assessment, known: Known = NOTHING_KNOWN
) -> tuple[StepRow, ...]:
    return tuple(_row(step, assessment, known) for step in lab.steps)


def _row(step: Step, assessment: Assessment, known: Known) -> StepRow:
    found = next((each for each in assessment.steps if each.step == step.key), None)
    holds = found.holds if found else None
    said = known.marks.get(step.key)
    state = state_of(step, known.reached, holds=holds, marked=said is not None and said.holds)
    first = said.first if said and state is StepState.MARKED else None
    return StepRow(
        step,
        state,
        known.reached.get(step.key, first),
        holds,
        found.evidence if found else "The lab file was changed after this was assessed.",
        found.policies if found else (),
        _flows(step, assessment),
        known.lost.get(step.key) if state is StepState.LOST and holds is False else None,
        said.mark if said and state is StepState.MARKED else None,
        said.mark if said and state is StepState.NOT_CHECKED else None,
    )


def _flows(step: Step, assessment: Assessment) -> tuple[FlowAssessment, ...]:
    if not isinstance(step.detector, FlowsAsExpected):
        return ()
    return tuple(flow for flow in assessment.flows if flow.flow in step.detector.flows)


def state_of(
    step: Step, reached: Mapping[str, datetime], *, holds: bool | None, marked: bool = False
) -> StepState:
    if isinstance(step.detector, NotChecked):
        return StepState.MARKED if marked else StepState.NOT_CHECKED
    if holds:
        return StepState.HOLDS
    if step.key not in reached:
        return StepState.OPEN
    return StepState.LOST if step.is_lasting else StepState.DONE


def next_step(marks: Iterable[M]) -> M | None:
    """The first that is still to be done."""
    return next((mark for mark in marks if mark.waiting), None)
