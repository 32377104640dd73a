"""A student's row on the class board, and the order of them. Pure: no queries, no clock."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dashboard.assess.assessment_summary import Brief, flows_for_display
from dashboard.assess.fetch_problems import Unread
from dashboard.assess.flow_answers import FlowAnswers, combine_answers
from dashboard.assess.mistakes import Mistake
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.assess.progress_status import URGENCY, Held, Late, Need
from dashboard.assess.steps import StepProgress, find_status
from dashboard.models import ObservedOutcome
from dashboard.web.board.trend import Trend
from netpol.lab import Lab, Step
from netpol.model import Profile


@dataclass(frozen=True, slots=True)
class Owned:
    """A student's namespace. What the roster knows of its owner is empty where it knows nothing.

    `unread` is why it could not be read at the row's moment, if it could not.
    """

    pk: int
    name: str
    student: str
    first_seen: datetime
    unread: Unread | None = None
    called: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`changed` is `None` while it was never read, `since` is how long its step is the one to do.

    What probes saw is told by `cells`, `marks` and `trend` only of the rows that a page shows:
    see `seen`. `unworking` is a flow that shows that all is not well, though the policies may be.
    """

    namespace: Owned
    brief: Brief
    changed: datetime | None
    since: datetime | None
    need: Need
    blocker: str
    mistakes: Mapping[Mistake, datetime] = field(default_factory=dict, hash=False)
    diagnosed: bool = True
    unworking: FlowAnswers | None = None
    cells: tuple[FlowAnswers, ...] = ()
    marks: tuple[StepProgress, ...] = ()
    trend: Trend | None = None
    begun: bool = False

    @property
    def current(self) -> Step | None:
        """The step to do next; `None` when all that can be checked hold."""
        return self.brief.step

    @property
    def met(self) -> int:
        return self.brief.met

    @property
    def is_stuck(self) -> bool:
        return self.need is Need.STUCK

    @property
    def waits(self) -> bool:
        """Is at a step, and it is known since when."""
        return self.current is not None and self.changed is not None

    def makes(self, mistake: Mistake) -> bool:
        """Now, as far as it is known."""
        return self.need is not Need.UNREADABLE and mistake in self.mistakes

    @property
    def looks(self) -> str:
        """What is known of what really happens; empty where nothing is."""
        seen = Counter(cell.observed.outcome for cell in self.cells)
        reached, blocked = seen[ObservedOutcome.REACHED], seen[ObservedOutcome.BLOCKED]
        if not reached + blocked:
            return ""
        unknown = len(self.cells) - reached - blocked
        return f"{reached} reached, {blocked} blocked, {unknown} unknown"

    @property
    def unclear(self) -> str:
        """Why nothing is known of a flow that somebody does look at; empty where all is well."""
        looked = (cell.observed for cell in self.cells if cell.observed.seen)
        return next((seen.reason for seen in looked if not seen.is_definite), "")

    @property
    def contradictions(self) -> int:
        return sum(cell.is_contradicted for cell in self.cells)


def row(namespace: Owned, held: Held | None, unread: Brief, late: Late) -> Row:
    if held is None:
        return Row(namespace, unread, None, None, Need.UNREADABLE, "")
    return Row(
        namespace,
        held.brief,
        held.changed,
        held.since,
        Need.UNREADABLE if namespace.unread else late.need(held),
        held.brief.blocker,
        held.mistakes or {},
        held.mistakes is not None,
        begun=held.begun,
    )


def seen(lab: Lab, row: Row, observed: Mapping[str, ObservedFlow], profile: Profile) -> Row:
    """The same row with what probes saw."""
    answers = combine_answers(lab, row.brief.predicted, row.brief.here, observed, profile)
    cells = tuple(answers[flow.name] for flow in flows_for_display(lab))
    odd = next((cell for cell in cells if cell.is_failing or cell.is_contradicted), None)
    need = Need.UNWORKING if odd and row.need is Need.NOTHING else row.need
    return replace(row, cells=cells, unworking=odd, need=need)


def detailed(
    lab: Lab,
    row: Row,
    reached: Mapping[str, datetime],
    marked: Collection[str],
    trend: Trend | None,
) -> Row:
    """The same row with how it came to where it is; `marked` are steps by an instructor's word."""
    marks = tuple(
        StepProgress(
            step,
            find_status(
                step, reached, holds=row.brief.holds.get(step.key), marked=step.key in marked
            ),
            reached.get(step.key),
        )
        for step in lab.steps
    )
    return replace(row, marks=marks, trend=trend)


def by_need(rows: Iterable[Row]) -> list[Row]:
    """Who cannot be read, who is stuck, who is on the way, each the longest first; the finished
    last, those first for whom it does not work all the same.
    """
    return sorted(
        rows,
        key=lambda row: (
            URGENCY[row.need],
            row.since or row.namespace.first_seen,
            row.met,
            row.namespace.name,
        ),
    )


def nameless(row: Row, number: int) -> Row:
    """The same without anything that a student wrote or is called."""
    owned = row.namespace
    called = f"Student {number}"
    return replace(
        row,
        namespace=Owned(
            owned.pk,
            called,
            called,
            owned.first_seen,
            owned.unread and replace(owned.unread, reason=""),
        ),
        blocker=_in_the_labs_words(row),
        unworking=row.unworking and _unsaid(row.unworking),
        cells=tuple(_unsaid(cell) for cell in row.cells),
    )


def _in_the_labs_words(row: Row) -> str:
    """What is in the way without the names of policies, which may be anything."""
    if row.current is None:
        return ""
    if not row.brief.failing:
        return f"“{row.current.title}” does not hold."
    first, *others = row.brief.failing
    more = f", and {len(others)} more" if others else ""
    return f"Not as the lab wants it: {first.name}{more}."


def _unsaid(cell: FlowAnswers) -> FlowAnswers:
    observed = replace(cell.observed, reason="", vantage="", others=())
    return replace(cell, observed=observed)
