"""The report of one namespace at a moment, as frozen values that page, Markdown and JSON render."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.assess.answers import Answers
from dashboard.assess.setbacks import Setback
from dashboard.assess.turn import Turn
from dashboard.models import HintOpening
from dashboard.times.moment import Named
from dashboard.web.compare.page import TurnRow, comparison
from dashboard.web.compare.state import evaluated_state, recorded_state
from dashboard.web.incidents.page import Broken
from dashboard.web.layout.grid import Grid, grid
from dashboard.web.reports.checks import checks
from dashboard.web.reports.facts import Facts, Found
from dashboard.web.reports.item import Item, State
from dashboard.web.reports.points import points
from dashboard.web.reports.score import Points
from dashboard.web.reports.steps import steps
from netpol.assess import FlowAssessment
from netpol.lab import Lab


@dataclass(frozen=True, slots=True)
class Graded:
    """What a namespace shows of the lab, and what that is worth; without a rubric nothing."""

    facts: Facts
    steps: tuple[Item, ...]
    checks: tuple[Item, ...]
    points: Points | None

    @property
    def steps_held(self) -> int:
        """Or were, where the lab itself ends them."""
        return sum(item.state.is_met for item in self.steps)

    @property
    def steps_lost(self) -> int:
        """Of those that were held once."""
        reached = self.facts.reached
        return sum(item.state is State.FAILS and item.key in reached for item in self.steps)

    @property
    def to_reach(self) -> list[Item]:
        """The steps that never held, so far."""
        reached = self.facts.reached
        return [
            item for item in self.steps if item.state is State.FAILS and item.key not in reached
        ]

    @property
    def student(self) -> str:
        return self.facts.namespace.student


def graded(lab: Lab, facts: Facts) -> Graded:
    of_steps = steps(lab, facts)
    of_checks = checks(lab, facts, of_steps)
    return Graded(facts, of_steps, of_checks, points(lab, facts, of_steps, of_checks))


@dataclass(frozen=True, slots=True)
class FlowLine:
    answers: Answers
    assessed: FlowAssessment


@dataclass(frozen=True, slots=True)
class Past:
    """What a namespace went through up to the report's moment: the first state `began`; steps and
    flows that were lost, what still is before all else; hints that were opened.
    """

    began: datetime | None = None
    setbacks: Sequence[Setback] = ()
    incidents: Sequence[Broken] = ()
    hints: Sequence[HintOpening] = ()

    @property
    def lost(self) -> list[Setback]:
        """What was not reached again."""
        return [each for each in self.setbacks if each.left]

    @property
    def own(self) -> list[Broken]:
        """The student's, which alone are counted."""
        return [each for each in self.incidents if each.is_students]

    @property
    def open(self) -> list[Broken]:
        return [each for each in self.own if each.left]

    @property
    def outages(self) -> list[Broken]:
        return [each for each in self.incidents if not each.is_students]


@dataclass(frozen=True, slots=True)
class Report:
    """`turned` are the flows that are otherwise than without any policy; `findings` are `None`
    where they are not known, or not for this reader.
    """

    lab: Lab
    graded: Graded
    flows: tuple[FlowLine, ...]
    turned: tuple[TurnRow, ...]
    findings: Sequence[Found] | None
    past: Past

    @property
    def facts(self) -> Facts:
        return self.graded.facts

    @property
    def met(self) -> int:
        return sum(line.answers.met for line in self.flows)

    @property
    def opened(self) -> list[TurnRow]:
        return [row for row in self.turned if row.turn is Turn.OPENED]

    @property
    def closed(self) -> list[TurnRow]:
        return [row for row in self.turned if row.turn is Turn.CLOSED]

    @property
    def unclear(self) -> list[TurnRow]:
        return [row for row in self.turned if row.turn is Turn.UNCLEAR]

    @property
    def groups(self) -> list[tuple[str, list[Item]]]:
        """The checklist under its headings."""
        names = dict.fromkeys(item.group for item in self.graded.checks)
        return [
            (name, [item for item in self.graded.checks if item.group == name]) for name in names
        ]

    @property
    def told(self) -> tuple[Item, ...]:
        """What stands before the points with its proof."""
        return (*self.graded.steps, *self.graded.checks)

    @property
    def matrix(self) -> list[tuple[str, list[Answers | None]]]:
        """A row for each source, a cell for each of `grid`'s targets."""
        cells = grid(self.lab)
        by_place = {
            cells.places[line.answers.flow.name]: line.answers
            for line in self.flows
            if line.answers.flow.name in cells.places
        }
        columns = range(len(cells.targets))
        return [
            (source, [by_place.get((row, column)) for column in columns])
            for row, source in enumerate(cells.sources)
        ]

    @property
    def grid(self) -> Grid:
        return grid(self.lab)


def report(lab: Lab, facts: Facts, past: Past, *, is_open: bool) -> Report:
    """`is_open` is whether this reader may see findings. Raises `TooMuch`."""
    assessed = facts.assessment.flows if facts.assessment else ()
    return Report(
        lab,
        graded(lab, facts),
        tuple(
            FlowLine(facts.answers[flow.flow], flow)
            for flow in assessed
            if flow.flow in facts.answers
        ),
        _turned(lab, facts),
        facts.findings if is_open else None,
        past,
    )


def _turned(lab: Lab, facts: Facts) -> tuple[TurnRow, ...]:
    """Against the same pods without any policy."""
    if facts.snapshot is None:
        return ()
    now = recorded_state(Named.NOW, facts.snapshot, {})
    if now is None:
        return ()
    before = evaluated_state(lab, facts.namespace, facts.snapshot, [], Named.BASELINE)
    rows = comparison(lab, before, now).rows
    return tuple(row for row in rows if row.turn is not Turn.UNCHANGED)
