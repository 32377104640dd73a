"""A student's row on the class board, and the order of the rows. Pure: no queries, no clock."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dashboard.accounts.roster import NO_SECTION
from dashboard.assess.assessment_summary import AssessmentSummary, order_flows
from dashboard.assess.fetch_problems import FetchProblem
from dashboard.assess.flow_answers import FlowAnswers, combine_answers
from dashboard.assess.mistakes import Mistake
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.assess.progress_status import URGENCY, NamespaceProgress, ProgressStatus, StuckRule
from dashboard.assess.steps import StepProgress, find_status
from dashboard.history.progress import ReachedSteps
from dashboard.models import ObservedOutcome
from dashboard.web.board.trend import FlowTrend
from netpol.lab import Lab, Step
from netpol.model import Profile


@dataclass(frozen=True, slots=True)
class BoardNamespace:
    """A student's namespace; `called` and `section` are empty where the roster does not know them.

    `unread` is why it could not be read at the row's moment, if it could not.
    """

    pk: int
    name: str
    student: str
    first_seen: datetime
    unread: FetchProblem | None = None
    called: str = ""
    section: str = ""

    @property
    def student_name(self) -> str:
        return self.called or self.student


@dataclass(frozen=True, slots=True)
class BoardRow:
    """`changed_at` is `None` while the namespace was never read; `step_since` is since when its
    step is the next one.

    Only rows that a page shows have `cells`, `marks` and `trend`: see `add_observations` and
    `add_history`. `unworking` is a flow that does not work, though the policies may be right.
    """

    namespace: BoardNamespace
    brief: AssessmentSummary
    changed_at: datetime | None
    step_since: datetime | None
    need: ProgressStatus
    blocker: str
    mistakes: Mapping[Mistake, datetime] = field(default_factory=dict, hash=False)
    is_diagnosed: bool = True
    unworking: FlowAnswers | None = None
    cells: tuple[FlowAnswers, ...] = ()
    marks: tuple[StepProgress, ...] = ()
    trend: FlowTrend | None = None
    has_begun: bool = False

    @property
    def current_step(self) -> Step | None:
        """The step to do next; `None` when all that can be checked hold."""
        return self.brief.step

    @property
    def is_stuck(self) -> bool:
        return self.need is ProgressStatus.STUCK

    @property
    def is_unreadable(self) -> bool:
        return self.need is ProgressStatus.UNREADABLE

    @property
    def waiting_since(self) -> datetime | None:
        """`None` before anything was begun."""
        return self.step_since if self.has_begun else None

    def has_mistake(self, mistake: Mistake) -> bool:
        """Now, as far as it is known."""
        return not self.is_unreadable and mistake in self.mistakes

    @property
    def obstacle(self) -> str:
        """What is in the way, where a sentence says it; empty where nothing is."""
        if self.changed_at is None:
            return "Seen, but not read yet."
        if self.blocker or self.current_step is None:
            return self.blocker
        return (
            "Every flow is as the lab wants it, but "
            f"“{self.current_step.title}” does not hold; the namespace's page says why."
        )

    @property
    def observed_counts(self) -> str:
        """How many flows a probe saw; empty where none was seen."""
        seen = Counter(cell.observed.outcome for cell in self.cells)
        reached, blocked = seen[ObservedOutcome.REACHED], seen[ObservedOutcome.BLOCKED]
        if not reached + blocked:
            return ""
        unknown = len(self.cells) - reached - blocked
        return f"{reached} reached, {blocked} blocked, {unknown} unknown"

    @property
    def probe_problem(self) -> str:
        """Why a probed flow is unknown; empty where none is."""
        probed = (cell.observed for cell in self.cells if cell.observed.seen)
        reason = next((each.reason for each in probed if not each.is_definite), "")
        return reason[:1].upper() + reason[1:]

    @property
    def contradiction_count(self) -> int:
        return sum(cell.is_contradicted for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ClassRows:
    """The rows of a class or a section at a moment; `asked` is `None` where that is now."""

    rows: Sequence[BoardRow]
    reached: ReachedSteps
    asked: datetime | None
    moment: datetime

    def select_section(self, section: str) -> "ClassRows":
        """`NO_SECTION` selects the students without one."""
        rows = [row for row in self.rows if (row.namespace.section or NO_SECTION) == section]
        keys = {row.namespace.pk for row in rows}
        reached = {key: steps for key, steps in self.reached.items() if key in keys}
        return replace(self, rows=rows, reached=reached)

    def list_sections(self) -> list[str]:
        """`NO_SECTION` comes last where only some students have a section."""
        found = {row.namespace.section for row in self.rows}
        named = sorted(found - {""})
        return [*named, *[NO_SECTION] * ("" in found and bool(named))]


def build_row(
    namespace: BoardNamespace,
    held: NamespaceProgress | None,
    unread: AssessmentSummary,
    late: StuckRule,
) -> BoardRow:
    """`unread` is the brief of a namespace that was never read."""
    if held is None:
        return BoardRow(namespace, unread, None, None, ProgressStatus.UNREADABLE, "")
    return BoardRow(
        namespace,
        held.summary,
        held.changed_at,
        held.step_since,
        ProgressStatus.UNREADABLE if namespace.unread else late.find_status(held),
        held.summary.blocker,
        held.mistakes or {},
        held.mistakes is not None,
        has_begun=held.has_begun,
    )


def add_observations(
    lab: Lab, row: BoardRow, observed: Mapping[str, ObservedFlow], profile: Profile
) -> BoardRow:
    answers = combine_answers(lab, row.brief.predicted, row.brief.predicted_here, observed, profile)
    cells = tuple(answers[flow.name] for flow in order_flows(lab))
    odd = next((cell for cell in cells if cell.is_failing or cell.is_contradicted), None)
    need = ProgressStatus.NOT_WORKING if odd and row.need is ProgressStatus.DONE else row.need
    return replace(row, cells=cells, unworking=odd, need=need)


def add_history(
    lab: Lab,
    row: BoardRow,
    reached: Mapping[str, datetime],
    marked: Collection[str],
    trend: FlowTrend | None,
) -> BoardRow:
    """`marked` are the steps that an instructor marked as done."""
    holds = row.brief.holds
    marks = tuple(
        StepProgress(
            step,
            find_status(step, reached, holds=holds.get(step.key), marked=step.key in marked),
            reached.get(step.key),
        )
        for step in lab.steps
    )
    return replace(row, marks=marks, trend=trend)


def sort_by_need(rows: Iterable[BoardRow]) -> list[BoardRow]:
    """Most urgent first; of the same need those who have waited longest."""
    return sorted(
        rows,
        key=lambda row: (
            URGENCY[row.need],
            row.step_since or row.namespace.first_seen,
            row.brief.met,
            row.namespace.name,
        ),
    )


def hide_names(row: BoardRow, number: int) -> BoardRow:
    """The same row without anything that a student wrote or is called."""
    name = f"Student {number}"
    unread = row.namespace.unread and replace(row.namespace.unread, reason="")
    return replace(
        row,
        namespace=BoardNamespace(row.namespace.pk, name, name, row.namespace.first_seen, unread),
        blocker=_describe_blocker(row),
        unworking=row.unworking and _hide_reason(row.unworking),
        cells=tuple(_hide_reason(cell) for cell in row.cells),
    )


def _describe_blocker(row: BoardRow) -> str:
    """What is in the way, without the names of policies, which may be anything."""
    if row.current_step is None:
        return ""
    if not row.brief.failing_flows:
        return f"“{row.current_step.title}” does not hold."
    first, *others = row.brief.failing_flows
    more = f", and {len(others)} more" if others else ""
    return f"Not as the lab wants it: {first.name}{more}."


def _hide_reason(cell: FlowAnswers) -> FlowAnswers:
    observed = replace(cell.observed, reason="", vantage="", others=())
    return replace(cell, observed=observed)
