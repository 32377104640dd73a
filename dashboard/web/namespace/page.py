"""The answer in five seconds: how far it is, what comes next, and what is in the way of that."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.assess.flows import FlowRow, FlowStatus
from dashboard.assess.steps import StepRow, StepStatus, find_next_step
from dashboard.models import ObservedOutcome
from netpol.lab import FlowsAsExpected
from netpol.model import Outcome

TELLING = 3
"""Flows that pass against the policies: fewer could have reasons of their own."""


@dataclass(frozen=True, slots=True)
class NamespaceSummary:
    """`first` is the flow to look at; without one, the next step's evidence says it all.

    `unenforced` are the flows that pass though policies deny them, where no probe was ever stopped.
    `beside` says who knows of the parts that policies do not show, in a sentence each.
    """

    met: int
    contradicted: int
    hindered: int
    unenforced: int
    total: int
    next: StepRow | None
    first: FlowRow | None
    beside: tuple[str, ...] = ()


def verdict(rows: Sequence[FlowRow], steps: Sequence[StepRow]) -> NamespaceSummary:
    coming = find_next_step(steps)
    return NamespaceSummary(
        met=sum(row.is_met for row in rows),
        contradicted=sum(row.is_contradicted for row in rows),
        hindered=sum(row.status is FlowStatus.HINDERED for row in rows),
        unenforced=_unenforced(rows),
        total=len(rows),
        next=coming,
        first=_first(rows, coming),
        beside=tuple(_beside(steps)),
    )


def _beside(steps: Sequence[StepRow]) -> Iterator[str]:
    marked = [row.step.part for row in steps if row.status is StepStatus.MARKED]
    unknown = [row.step.part for row in steps if row.status is StepStatus.NOT_CHECKED]
    if marked:
        yield f"{_parts(marked)} marked as done by an instructor."
    if unknown:
        yield f"{_parts(unknown)} not checked here."


def _parts(numbers: Sequence[int]) -> str:
    """With the verb that follows."""
    *others, last = dict.fromkeys(numbers)
    if not others:
        return f"Part {last} is"
    return f"Parts {', '.join(map(str, others))} and {last} are"


def _unenforced(rows: Sequence[FlowRow]) -> int:
    denied = Counter(row.observed.outcome for row in rows if row.predicted is Outcome.DENY)
    passed = denied[ObservedOutcome.REACHED]
    return passed if passed >= TELLING and not denied[ObservedOutcome.BLOCKED] else 0


def _first(rows: Sequence[FlowRow], coming: StepRow | None) -> FlowRow | None:
    """Of the next step, what is not as the lab wants it; else what does not work all the same."""
    if coming and isinstance(coming.step.detector, FlowsAsExpected):
        flows = coming.step.detector.flows
        return next((row for row in rows if row.flow.name in flows and not row.is_met), None)
    if coming:
        return None
    return next((row for row in rows if row.is_contradicted or row.is_hindered), None)
