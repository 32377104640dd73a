"""Every flow of a namespace: its three answers and why, those that need work first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dashboard.pages.answers import Answers
from dashboard.pages.observed import Observed, settled
from netpol.assess import Assessment, FlowAssessment
from netpol.lab import Flow, Lab
from netpol.model import Outcome


class Standing(StrEnum):
    """How a flow fares by the lab and by its probes; those that need work come first."""

    UNMET = "Not as the lab wants"
    CONTRADICTED = "As the lab wants, but a probe saw the opposite"
    MET = "As the lab wants"


@dataclass(frozen=True, slots=True)
class FlowRow(Answers):
    """`source` and `destination` are titles, `explanation` is why the policies say so."""

    source: str
    destination: str
    explanation: str

    @property
    def standing(self) -> Standing:
        if not self.met:
            return Standing.UNMET
        return Standing.CONTRADICTED if self.contradicted else Standing.MET


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
