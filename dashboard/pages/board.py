"""A student's row on the class board, and who needs help first. Pure: no queries, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from dashboard.answering.answers import Answers, in_this_cluster, weighed
from dashboard.answering.votes import Observed
from dashboard.models import Namespace, ObservedOutcome, Snapshot
from dashboard.pages.mistakes import Mistake, made
from dashboard.pages.steps import Mark, StepState, next_step, state_of
from netpol.lab import Flow, Lab, Step
from netpol.model import Outcome, Profile

UNREAD: dict[str, Any] = {"flows": {}, "steps": {}, "step": "", "blocker": ""}
"""The summary of a namespace that was never read."""


class Need(IntEnum):
    """Most urgent first."""

    UNREADABLE = 0
    UNFINISHED = 1
    UNWORKING = 2
    NOTHING = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One student's namespace. `changed` is `None` while it was never read."""

    namespace: Namespace
    changed: datetime | None
    cells: tuple[Answers, ...]
    marks: tuple[Mark, ...]
    blocker: str
    mistakes: Mapping[Mistake, datetime] = field(default_factory=dict, hash=False)

    @property
    def met(self) -> int:
        return sum(cell.met for cell in self.cells)

    @property
    def current(self) -> Step | None:
        """The step to do next; `None` when all that can be checked hold."""
        coming = next_step(self.marks)
        return coming.step if coming else None

    @property
    def held(self) -> int:
        return sum(mark.state is StepState.HOLDS for mark in self.marks)

    @property
    def need(self) -> Need:
        if self.namespace.failure or self.changed is None:
            return Need.UNREADABLE
        if self.current:
            return Need.UNFINISHED
        return Need.UNWORKING if self.unworking else Need.NOTHING

    @property
    def unworking(self) -> Answers | None:
        """A flow that shows that it is not all well, though the policies may be."""
        return next((cell for cell in self.cells if cell.fails or cell.contradicted), None)

    @property
    def fault(self) -> str:
        """Why it cannot be read, in a sentence; its own page and the system page tell the rest."""
        return self.namespace.failure.partition(". ")[0]

    def makes(self, mistake: Mistake) -> bool:
        """Now, as far as it is known."""
        return self.need is not Need.UNREADABLE and mistake in self.mistakes

    @property
    def reached(self) -> int:
        return sum(cell.observed.outcome is ObservedOutcome.REACHED for cell in self.cells)

    @property
    def blocked(self) -> int:
        return sum(cell.observed.outcome is ObservedOutcome.BLOCKED for cell in self.cells)

    @property
    def coverage(self) -> int:
        """Of how many flows it is known what really happens."""
        return self.reached + self.blocked

    @property
    def unclear(self) -> str:
        """Why nothing is known of a flow that somebody does look at; empty where all is well."""
        looked = (cell.observed for cell in self.cells if cell.observed.seen)
        return next((seen.reason for seen in looked if not seen.is_definite), "")

    @property
    def contradictions(self) -> int:
        return sum(cell.contradicted for cell in self.cells)


def row(
    lab: Lab,
    namespace: Namespace,
    snapshot: Snapshot | None,
    reached: Mapping[str, datetime],
    observed: Mapping[str, Observed],
    profile: Profile = Profile.KUBERNETES,
) -> Row:
    summary = snapshot.summary if snapshot else UNREAD
    predicted = {name: Outcome(outcome) for name, outcome in summary["flows"].items()}
    return Row(
        namespace,
        snapshot.first_seen if snapshot else None,
        tuple(
            _answers(summary, flow, weighed(lab, flow, observed[flow.name], predicted), profile)
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
        made(snapshot.mistakes if snapshot else None),
    )


def _answers(
    summary: Mapping[str, Any], flow: Flow, observed: Observed, profile: Profile
) -> Answers:
    predicted = Outcome(summary["flows"].get(flow.name, Outcome.UNKNOWN))
    here = summary.get("deviations", {}).get(profile, {}).get(flow.name, predicted)
    return Answers(flow, predicted, observed, in_this_cluster(Outcome(here), observed, profile))


def flows_for_display(lab: Lab) -> list[Flow]:
    """Those to be allowed first, so that a finished row is one block of each colour."""
    return sorted(lab.flows, key=lambda flow: flow.expected is not Outcome.ALLOW)


def by_need(rows: Iterable[Row]) -> list[Row]:
    """Who cannot be read, then who got least far and has been there longest; the finished last,
    those first for whom it does not work all the same.
    """
    return sorted(
        rows,
        key=lambda row: (
            row.need,
            row.held,
            row.changed or row.namespace.first_seen,
            row.namespace.name,
        ),
    )
