"""The lab's steps in one namespace: what holds now, what was reached and when, and by what sign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from dashboard.assess.changes import SnapshotChange
from dashboard.models import StepMark
from netpol.assess import Assessment, FlowAssessment
from netpol.lab import FlowsAsExpected, Lab, NotChecked, Step


@dataclass(frozen=True, slots=True)
class MarkHistory:
    """Of one step the newest mark, and when it was marked for the first time.

    `holds` is false where somebody had taken the mark back by then.
    """

    newest: StepMark
    first_at: datetime
    is_valid: bool = True


def combine_marks(marks: Iterable[StepMark], moment: datetime) -> dict[str, MarkHistory]:
    """By step, of the marks that there had been by then, oldest first."""
    found: dict[str, MarkHistory] = {}
    for mark in marks:
        before = found.get(mark.step)
        found[mark.step] = MarkHistory(
            mark, before.first_at if before else mark.at, mark.holds_at(moment)
        )
    return found


class StepStatus(StrEnum):
    HOLDS = "holds"
    DONE = "done"
    """It held, and the steps after it end it."""
    LOST = "held once, no longer"
    OPEN = "not yet"
    NOT_CHECKED = "not checked"
    MARKED = "marked by an instructor"


@dataclass(frozen=True, slots=True)
class StepProgress:
    """Where a namespace stands with a step; `reached` is the first time that it held."""

    step: Step
    status: StepStatus
    reached: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Still, or once more, to be done."""
        return self.step.is_lasting and self.status in {StepStatus.OPEN, StepStatus.LOST}


AnyProgress = TypeVar("AnyProgress", bound=StepProgress)


@dataclass(frozen=True, slots=True)
class StepRow(StepProgress):
    """`holds` is `None` where it is not checked or cannot be told, `evidence` says by what sign.

    `policies` make it hold, `flows` are those that it speaks of. `lost` is what ended it last,
    `marked` the mark by which it is done, `taken_back` the one by which it no longer is.
    """

    holds: bool | None
    evidence: str
    policies: tuple[str, ...] = ()
    flows: tuple[FlowAssessment, ...] = ()
    ended_by: SnapshotChange | None = None
    mark: StepMark | None = None
    withdrawn_mark: StepMark | None = None

    @property
    def status_text(self) -> str:
        if self.status is StepStatus.HOLDS:
            return "holds now"
        if self.status in {StepStatus.OPEN, StepStatus.LOST} and self.holds is None:
            return "cannot be told"
        return str(self.status)

    @property
    def is_checked(self) -> bool:
        """Whether policies show it; else it is an instructor's to mark."""
        return not isinstance(self.step.detector, NotChecked)

    @property
    def flows_met(self) -> int:
        return sum(flow.is_met for flow in self.flows)


@dataclass(frozen=True, slots=True)
class StepRecords:
    """What is recorded of a namespace's steps beside its state, each by the step's key."""

    reached: Mapping[str, datetime]
    ended_by: Mapping[str, SnapshotChange]
    marks: Mapping[str, MarkHistory]


NO_RECORDS = StepRecords({}, {}, {})


def build_step_rows(
    lab: Lab, assessment: Assessment, known: StepRecords = NO_RECORDS
) -> tuple[StepRow, ...]:
    return tuple(_build_row(step, assessment, known) for step in lab.steps)


def _build_row(step: Step, assessment: Assessment, known: StepRecords) -> StepRow:
    found = next((each for each in assessment.steps if each.step == step.key), None)
    holds = found.holds if found else None
    said = known.marks.get(step.key)
    state = find_status(step, known.reached, holds=holds, marked=said is not None and said.is_valid)
    first = said.first_at if said and state is StepStatus.MARKED else None
    return StepRow(
        step,
        state,
        known.reached.get(step.key, first),
        holds,
        found.evidence if found else "The lab file was changed after this was assessed.",
        found.policies if found else (),
        _list_flows(step, assessment),
        known.ended_by.get(step.key) if state is StepStatus.LOST and holds is False else None,
        said.newest if said and state is StepStatus.MARKED else None,
        said.newest if said and state is StepStatus.NOT_CHECKED else None,
    )


def _list_flows(step: Step, assessment: Assessment) -> tuple[FlowAssessment, ...]:
    if not isinstance(step.detector, FlowsAsExpected):
        return ()
    return tuple(flow for flow in assessment.flows if flow.flow in step.detector.flows)


def find_status(
    step: Step, reached: Mapping[str, datetime], *, holds: bool | None, marked: bool = False
) -> StepStatus:
    if isinstance(step.detector, NotChecked):
        return StepStatus.MARKED if marked else StepStatus.NOT_CHECKED
    if holds:
        return StepStatus.HOLDS
    if step.key not in reached:
        return StepStatus.OPEN
    return StepStatus.LOST if step.is_lasting else StepStatus.DONE


def find_next_step(marks: Iterable[AnyProgress]) -> AnyProgress | None:
    """The first that is still to be done."""
    return next((mark for mark in marks if mark.is_waiting), None)
