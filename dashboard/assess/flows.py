"""Every flow of a namespace: its three answers and why, those that need work first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dashboard.assess.around import NOTHING_AROUND, Around
from dashboard.assess.diagnosis import Case, Diagnosis, diagnosis
from dashboard.assess.flow_answers import Answers, answer_flows
from dashboard.assess.probe_votes import Observed
from dashboard.assess.uptime import Bar, Bars
from netpol.assess import Assessment, FlowAssessment
from netpol.lab import Flow, Lab
from netpol.model import Outcome, Profile


class Standing(StrEnum):
    """How a flow fares by the lab and by its probes; those that need work come first."""

    UNMET = "Not as the lab wants"
    CONTRADICTED = "As the lab wants, but a probe saw the opposite"
    HINDERED = "As the lab wants, but pods or routes are in the way"
    MET = "As the lab wants"


@dataclass(frozen=True, slots=True)
class FlowRow(Answers):
    """`source` and `destination` are titles, `explanation` is why the policies say so.

    `diagnosis` is what it means together with all else, `bars` how the looks fared lately, that of
    the deciding method first.
    """

    source: str
    destination: str
    explanation: str
    diagnosis: Diagnosis
    bars: tuple[Bar, ...] = ()

    @property
    def hindered(self) -> bool:
        """The policies let it through, and pods or routes show why it does not work."""
        return self.predicted is Outcome.ALLOW and bool(self.diagnosis.trouble)

    @property
    def standing(self) -> Standing:
        if not self.met:
            return Standing.UNMET
        if self.contradicted:
            return Standing.CONTRADICTED
        return Standing.HINDERED if self.hindered else Standing.MET


@dataclass(frozen=True, slots=True)
class FlowGroup:
    standing: Standing
    rows: tuple[FlowRow, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a namespace beside its policies."""

    observed: Mapping[str, Observed]
    around: Around = NOTHING_AROUND
    bars: Bars = field(default_factory=dict, hash=False)


def flow_rows(
    lab: Lab, assessment: Assessment, seen: Seen, profile: Profile
) -> tuple[FlowRow, ...]:
    """Every flow of the lab as it is now, in its order.

    The assessment may be older than the lab file: a flow that it does not know is unknown.
    """
    assessed = {flow.flow: flow for flow in assessment.flows}
    predicted = {name: flow.predicted for name, flow in assessed.items()}
    answers = answer_flows(lab, assessment, seen.observed, profile)
    return tuple(
        _row(
            Case(
                lab,
                answers[flow.name],
                predicted,
                assessed.get(flow.name, _unassessed(flow)),
                profile,
                seen.around,
            ),
            seen.bars.get(flow.name, {}),
        )
        for flow in lab.flows
    )


def _unassessed(flow: Flow) -> FlowAssessment:
    why = "Not known: the lab file was changed after this state was assessed."
    return FlowAssessment(flow.name, flow.expected, Outcome.UNKNOWN, (), why)


def by_standing(rows: Sequence[FlowRow]) -> list[FlowGroup]:
    groups = (
        FlowGroup(standing, tuple(row for row in rows if row.standing is standing))
        for standing in Standing
    )
    return [group for group in groups if group.rows]


def _row(case: Case, bars: Mapping[tuple[str, str], Bar]) -> FlowRow:
    lab, answers, flow = case.lab, case.answers, case.answers.flow
    return FlowRow(
        flow,
        answers.predicted,
        answers.observed,
        answers.here,
        source=lab.find_entity(flow.source).title,
        destination=f"{lab.find_entity(flow.destination).title}:{flow.port}/{flow.protocol}",
        explanation=case.assessed.explanation,
        diagnosis=diagnosis(case),
        bars=_bars(bars, answers.observed),
    )


def _bars(bars: Mapping[tuple[str, str], Bar], observed: Observed) -> tuple[Bar, ...]:
    deciding = (observed.method, observed.vantage)
    return tuple(sorted(bars.values(), key=lambda bar: (bar.method, bar.vantage) != deciding))
