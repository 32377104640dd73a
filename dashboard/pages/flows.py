"""The three answers about each flow, and what they mean side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dashboard.models import ObservedOutcome
from dashboard.pages.board import CONTRADICTIONS
from dashboard.pages.observed import Observed, settled
from netpol.assess import Assessment, FlowAssessment
from netpol.lab import Flow, Lab
from netpol.model import Outcome

MEANINGS: Mapping[tuple[Outcome, ObservedOutcome], str] = {
    (Outcome.ALLOW, ObservedOutcome.REACHED): "works",
    (Outcome.DENY, ObservedOutcome.BLOCKED): "locked",
    (Outcome.ALLOW, ObservedOutcome.BLOCKED): (
        "not the policy text: look for a pod that is not ready, a Service without endpoints, DNS,"
        " or a peculiarity of the network plugin (CNI)"
    ),
    (Outcome.DENY, ObservedOutcome.REACHED): (
        "the network plugin (CNI) does not enforce this,"
        " or the policy came too late for a connection that was open already"
    ),
    (Outcome.PARTIAL, ObservedOutcome.REACHED): "works for the pod that the probe reached",
    (Outcome.PARTIAL, ObservedOutcome.BLOCKED): "locked for the pod that the probe tried",
    (Outcome.UNKNOWN, ObservedOutcome.REACHED): "works, though the policies do not settle it",
    (Outcome.UNKNOWN, ObservedOutcome.BLOCKED): "blocked, though the policies do not settle it",
}


class Standing(StrEnum):
    """How a flow fares by the lab and by its probes; those that need work come first."""

    UNMET = "Not as the lab wants"
    CONTRADICTED = "As the lab wants, but a probe saw the opposite"
    MET = "As the lab wants"


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One flow of the lab: what is expected, what the policies say and why, what a probe saw."""

    flow: Flow
    source: str
    destination: str
    predicted: Outcome
    explanation: str
    observed: Observed

    @property
    def met(self) -> bool:
        return self.predicted is self.flow.expected

    @property
    def contradicted(self) -> bool:
        return (self.predicted, self.observed.outcome) in CONTRADICTIONS

    @property
    def standing(self) -> Standing:
        if not self.met:
            return Standing.UNMET
        return Standing.CONTRADICTED if self.contradicted else Standing.MET

    @property
    def meaning(self) -> str:
        """The predicted and the observed answer taken together, in words."""
        if self.observed.outcome is ObservedOutcome.UNKNOWN:
            return f"not observed: {self.observed.reason}"
        return MEANINGS[self.predicted, self.observed.outcome]


@dataclass(frozen=True, slots=True)
class FlowGroup:
    standing: Standing
    rows: tuple[FlowRow, ...]


def flow_rows(
    lab: Lab, assessment: Assessment, observed: Mapping[str, Observed], since: datetime
) -> tuple[FlowRow, ...]:
    """Every flow of the lab as it is now, in its order; `since` is when the state began.

    The assessment may be older than the lab file: a flow that it does not know is unknown.
    """
    assessed = {flow.flow: flow for flow in assessment.flows}
    return tuple(
        _row(lab, flow, assessed.get(flow.name), settled(observed[flow.name], since))
        for flow in lab.flows
    )


def by_standing(rows: Sequence[FlowRow]) -> list[FlowGroup]:
    groups = (
        FlowGroup(standing, tuple(row for row in rows if row.standing is standing))
        for standing in Standing
    )
    return [group for group in groups if group.rows]


def _row(lab: Lab, flow: Flow, assessed: FlowAssessment | None, observed: Observed) -> FlowRow:
    return FlowRow(
        flow=flow,
        source=lab.entity(flow.source).title,
        destination=f"{lab.entity(flow.destination).title}:{flow.port}/{flow.protocol}",
        predicted=assessed.predicted if assessed else Outcome.UNKNOWN,
        explanation=assessed.explanation
        if assessed
        else "Not known: the lab file was changed after this state was assessed.",
        observed=observed,
    )
