"""The answer in five seconds: how far it is, what comes next, and what is in the way of that."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.models import ObservedOutcome
from dashboard.pages.flows import FlowRow, Standing
from dashboard.pages.steps import StepRow, next_step
from netpol.lab import FlowsAsExpected
from netpol.model import Outcome

TELLING = 3
"""Flows that pass against the policies: fewer could have reasons of their own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`first` is the flow to look at; without one, the next step's evidence says it all.

    `unenforced` are the flows that pass though policies deny them, where no probe was ever stopped.
    """

    met: int
    contradicted: int
    hindered: int
    unenforced: int
    total: int
    next: StepRow | None
    first: FlowRow | None


def verdict(rows: Sequence[FlowRow], steps: Sequence[StepRow]) -> Verdict:
    coming = next_step(steps)
    return Verdict(
        met=sum(row.met for row in rows),
        contradicted=sum(row.contradicted for row in rows),
        hindered=sum(row.standing is Standing.HINDERED for row in rows),
        unenforced=_unenforced(rows),
        total=len(rows),
        next=coming,
        first=_first(rows, coming),
    )


def _unenforced(rows: Sequence[FlowRow]) -> int:
    denied = Counter(row.observed.outcome for row in rows if row.predicted is Outcome.DENY)
    passed = denied[ObservedOutcome.REACHED]
    return passed if passed >= TELLING and not denied[ObservedOutcome.BLOCKED] else 0


def _first(rows: Sequence[FlowRow], coming: StepRow | None) -> FlowRow | None:
    """Of the next step, what is not as the lab wants it; else what does not work all the same."""
    if coming and isinstance(coming.step.detector, FlowsAsExpected):
        flows = coming.step.detector.flows
        return next((row for row in rows if row.flow.name in flows and not row.met), None)
    if coming:
        return None
    return next((row for row in rows if row.contradicted or row.hindered), None)
