"""Every flow of a namespace: its three answers and why, those that need work first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dashboard.assess.diagnosis import FlowCase, FlowDiagnosis, diagnose_flow
from dashboard.assess.flow_answers import FlowAnswers, answer_flows
from dashboard.assess.namespace_objects import NO_OBJECTS, NamespaceObjects
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.assess.uptime import UptimeBar, UptimeBars
from netpol.assess import Assessment, FlowAssessment
from netpol.lab import Flow, Lab
from netpol.model import Outcome, Profile


class FlowStatus(StrEnum):
    """How a flow fares by the lab and by its probes; those that need work come first."""

    UNMET = "Not as the lab wants"
    CONTRADICTED = "As the lab wants, but a probe saw the opposite"
    HINDERED = "As the lab wants, but pods or routes are in the way"
    MET = "As the lab wants"


@dataclass(frozen=True, slots=True)
class FlowRow(FlowAnswers):
    """`source` and `destination` are titles, `explanation` is why the policies say so.

    `diagnosis` is what it means together with all else, `bars` how the looks fared lately, that of
    the deciding method first.
    """

    source: str
    destination: str
    explanation: str
    diagnosis: FlowDiagnosis
    bars: tuple[UptimeBar, ...] = ()

    @property
    def is_hindered(self) -> bool:
        """The policies let it through, and pods or routes show why it does not work."""
        return self.predicted is Outcome.ALLOW and bool(self.diagnosis.obstacles)

    @property
    def status(self) -> FlowStatus:
        if not self.is_met:
            return FlowStatus.UNMET
        if self.is_contradicted:
            return FlowStatus.CONTRADICTED
        return FlowStatus.HINDERED if self.is_hindered else FlowStatus.MET


@dataclass(frozen=True, slots=True)
class FlowGroup:
    status: FlowStatus
    rows: tuple[FlowRow, ...]


@dataclass(frozen=True, slots=True)
class FlowEvidence:
    """What was seen of a namespace beside its policies."""

    observed: Mapping[str, ObservedFlow]
    objects: NamespaceObjects = NO_OBJECTS
    bars: UptimeBars = field(default_factory=dict, hash=False)


def build_flow_rows(
    lab: Lab, assessment: Assessment, seen: FlowEvidence, profile: Profile
) -> tuple[FlowRow, ...]:
    """Every flow of the lab as it is now, in its order.

    The assessment may be older than the lab file: a flow that it does not know is unknown.
    """
    assessed = {flow.flow: flow for flow in assessment.flows}
    predicted = {name: flow.predicted for name, flow in assessed.items()}
    answers = answer_flows(lab, assessment, seen.observed, profile)
    return tuple(
        _build_row(
            FlowCase(
                lab,
                answers[flow.name],
                predicted,
                assessed.get(flow.name, _assess_unknown_flow(flow)),
                profile,
                seen.objects,
            ),
            seen.bars.get(flow.name, {}),
        )
        for flow in lab.flows
    )


def _assess_unknown_flow(flow: Flow) -> FlowAssessment:
    why = "Not known: the lab file was changed after this state was assessed."
    return FlowAssessment(flow.name, flow.expected, Outcome.UNKNOWN, (), why)


def group_by_status(rows: Sequence[FlowRow]) -> list[FlowGroup]:
    groups = (
        FlowGroup(standing, tuple(row for row in rows if row.status is standing))
        for standing in FlowStatus
    )
    return [group for group in groups if group.rows]


def _build_row(case: FlowCase, bars: Mapping[tuple[str, str], UptimeBar]) -> FlowRow:
    lab, answers, flow = case.lab, case.answers, case.answers.flow
    return FlowRow(
        flow,
        answers.predicted,
        answers.observed,
        answers.here,
        source=lab.find_entity(flow.source).title,
        destination=f"{lab.find_entity(flow.destination).title}:{flow.port}/{flow.protocol}",
        explanation=case.assessed.explanation,
        diagnosis=diagnose_flow(case),
        bars=_order_bars(bars, answers.observed),
    )


def _order_bars(
    bars: Mapping[tuple[str, str], UptimeBar], observed: ObservedFlow
) -> tuple[UptimeBar, ...]:
    deciding = (observed.method, observed.vantage)
    return tuple(sorted(bars.values(), key=lambda bar: (bar.method, bar.vantage) != deciding))


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Titles of entities: `fixed` are never pods here, `missing` would be if there were any."""

    permanent: tuple[str, ...]
    missing: tuple[str, ...]


def list_placeholders(lab: Lab, assessment: Assessment) -> Placeholders:
    assumed = [entity for entity in lab.entities if entity.name in assessment.placeholders]
    return Placeholders(
        tuple(entity.title for entity in assumed if entity.selector is None),
        tuple(entity.title for entity in assumed if entity.selector is not None),
    )
