"""The report of one namespace at a moment, as frozen values that page, Markdown and JSON render."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.assess.comparison import TransitionRow, compare_sides, evaluate_side, load_side
from dashboard.assess.flow_answers import FlowAnswers
from dashboard.assess.regressions import RegressionGroup
from dashboard.assess.transitions import FlowTransition
from dashboard.models import HintOpening
from dashboard.times.moment import NamedMoment
from dashboard.web.incidents.page import IncidentGroup
from dashboard.web.layout.grid import FlowGrid, build_grid
from dashboard.web.reports.checks import build_checklist
from dashboard.web.reports.facts import ReportFacts, StoredFinding
from dashboard.web.reports.items import ItemState, ReportItem
from dashboard.web.reports.points import RubricPoints
from dashboard.web.reports.rubric import score_rubric
from dashboard.web.reports.steps import build_step_items
from netpol.assess import FlowAssessment
from netpol.lab import Lab


@dataclass(frozen=True, slots=True)
class GradedNamespace:
    """What a namespace shows of the lab, and what that is worth; without a rubric nothing."""

    facts: ReportFacts
    steps: tuple[ReportItem, ...]
    checks: tuple[ReportItem, ...]
    points: RubricPoints | None

    @property
    def steps_held(self) -> int:
        """Steps that hold, or held until the lab itself ended them."""
        return sum(item.state.is_met for item in self.steps)

    @property
    def steps_lost(self) -> int:
        """Steps that held once and fail now."""
        reached = self.facts.reached
        return sum(item.state is ItemState.FAILS and item.key in reached for item in self.steps)

    @property
    def steps_not_reached(self) -> list[ReportItem]:
        """The steps that never held, so far."""
        reached = self.facts.reached
        return [
            item for item in self.steps if item.state is ItemState.FAILS and item.key not in reached
        ]

    @property
    def student(self) -> str:
        return self.facts.namespace.student


def grade_namespace(lab: Lab, facts: ReportFacts) -> GradedNamespace:
    steps = build_step_items(lab, facts)
    checks = build_checklist(lab, facts, steps)
    return GradedNamespace(facts, steps, checks, score_rubric(lab, facts, steps, checks))


@dataclass(frozen=True, slots=True)
class ReportFlow:
    answers: FlowAnswers
    assessed: FlowAssessment


@dataclass(frozen=True, slots=True)
class FindingRow:
    code: str
    level: str
    policy: str
    message: str


@dataclass(frozen=True, slots=True)
class ReportHistory:
    """What a namespace went through up to the report's moment; what is still lost comes first."""

    first_recorded: datetime | None = None
    setbacks: Sequence[RegressionGroup] = ()
    incidents: Sequence[IncidentGroup] = ()
    hints: Sequence[HintOpening] = ()

    @property
    def open_regressions(self) -> list[RegressionGroup]:
        """What was not reached again."""
        return [each for each in self.setbacks if each.open_steps]

    @property
    def own_incidents(self) -> list[IncidentGroup]:
        """The student's, which alone are counted."""
        return [each for each in self.incidents if each.is_students]

    @property
    def open_incidents(self) -> list[IncidentGroup]:
        return [each for each in self.own_incidents if each.still_lost]

    @property
    def outages(self) -> list[IncidentGroup]:
        return [each for each in self.incidents if not each.is_students]

    @property
    def times_lost(self) -> str:
        """How often steps were lost, in words."""
        return "once" if len(self.setbacks) == 1 else f"{len(self.setbacks)} times"

    @property
    def after_losses(self) -> str:
        """How the sentence about lost steps goes on."""
        reached = "" if self.open_regressions else ", and reached again"
        return f"{reached}{';' if self.own_incidents else '.'}"

    @property
    def incidents_open(self) -> str:
        """How many of the student's own incidents are open, in words."""
        if not self.open_incidents:
            return "none open any more"
        if len(self.open_incidents) == len(self.own_incidents):
            return "still open"
        return f"{len(self.open_incidents)} still open"


@dataclass(frozen=True, slots=True)
class NamespaceReport:
    """`turned` are the flows that differ from a namespace without any policy; `findings` are `None`
    where they are not known, or hidden from this reader.
    """

    lab: Lab
    graded: GradedNamespace
    flows: tuple[ReportFlow, ...]
    turned: tuple[TransitionRow, ...]
    findings: Sequence[StoredFinding] | None
    history: ReportHistory

    @property
    def facts(self) -> ReportFacts:
        return self.graded.facts

    @property
    def flows_met(self) -> int:
        return sum(line.answers.is_met for line in self.flows)

    @property
    def flows_opened(self) -> list[TransitionRow]:
        return self.list_turned(FlowTransition.OPENED)

    @property
    def flows_closed(self) -> list[TransitionRow]:
        return self.list_turned(FlowTransition.CLOSED)

    @property
    def flows_unclear(self) -> list[TransitionRow]:
        return self.list_turned(FlowTransition.UNCLEAR)

    def list_turned(self, transition: FlowTransition) -> list[TransitionRow]:
        return [row for row in self.turned if row.transition is transition]

    @property
    def unclear_words(self) -> str:
        return f", {len(self.flows_unclear)} unclear" if self.flows_unclear else ""

    @property
    def checklist_groups(self) -> list[tuple[str, list[ReportItem]]]:
        """The checklist under its headings."""
        names = dict.fromkeys(item.group for item in self.graded.checks)
        return [
            (name, [item for item in self.graded.checks if item.group == name]) for name in names
        ]

    @property
    def items_before_points(self) -> tuple[ReportItem, ...]:
        """What stands before the points with its proof."""
        return (*self.graded.steps, *self.graded.checks)

    @property
    def finding_rows(self) -> list[FindingRow]:
        return [
            FindingRow(each["code"], each["level"], each["policy"], each["message"])
            for each in self.findings or ()
        ]

    @property
    def matrix(self) -> list[tuple[str, list[FlowAnswers | None]]]:
        """A row for each source, a cell for each of `grid`'s targets."""
        cells = build_grid(self.lab)
        by_place = {
            cells.places[line.answers.flow.name]: line.answers
            for line in self.flows
            if line.answers.flow.name in cells.places
        }
        columns = range(len(cells.columns))
        return [
            (source, [by_place.get((row, column)) for column in columns])
            for row, source in enumerate(cells.sources)
        ]

    @property
    def grid(self) -> FlowGrid:
        return build_grid(self.lab)


def build_report(
    lab: Lab, facts: ReportFacts, history: ReportHistory, *, shows_findings: bool
) -> NamespaceReport:
    """Raises `TooLargeError`."""
    assessed = facts.assessment.flows if facts.assessment else ()
    return NamespaceReport(
        lab,
        grade_namespace(lab, facts),
        tuple(
            ReportFlow(facts.answers[flow.flow], flow)
            for flow in assessed
            if flow.flow in facts.answers
        ),
        _compare_with_no_policy(lab, facts),
        facts.findings if shows_findings else None,
        history,
    )


def _compare_with_no_policy(lab: Lab, facts: ReportFacts) -> tuple[TransitionRow, ...]:
    """Against the same pods without any policy."""
    if facts.snapshot is None:
        return ()
    now = load_side(NamedMoment.NOW, facts.snapshot, {})
    if now is None:
        return ()
    before = evaluate_side(lab, facts.namespace, facts.snapshot, [], NamedMoment.BASELINE)
    rows = compare_sides(lab, before, now).rows
    return tuple(row for row in rows if row.transition is not FlowTransition.UNCHANGED)
