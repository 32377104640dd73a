"""The class in a few numbers: who is where, what fails most, common mistakes. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.assess.assessment_summary import list_checked_steps
from dashboard.assess.mistakes import Mistake
from dashboard.assess.progress_status import ProgressStatus
from dashboard.web.board.rows import BoardRow
from netpol.lab import Flow, Lab, Step

NAMED = 4
"""Students that a mistake names: those who made it last."""


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many students are at a step of the lab, and how many of them are stuck there.

    `step` is `None` for students before or behind the steps, who have a `need` instead.
    """

    title: str
    count: int
    step: Step | None = None
    stuck: int = 0
    need: ProgressStatus | None = None


@dataclass(frozen=True, slots=True)
class FailingFlow:
    """`count` students do not have the flow as the lab wants it, though they should by now."""

    flow: Flow
    count: int


@dataclass(frozen=True, slots=True)
class CommonMistake:
    """`students` are the names of those who make it, the last to begin first, at `newest`."""

    mistake: Mistake
    title: str
    students: tuple[str, ...]
    newest: datetime

    @property
    def named_students(self) -> tuple[str, ...]:
        return self.students[:NAMED]

    @property
    def unnamed_count(self) -> int:
        return len(self.students[NAMED:])


def count_stages(lab: Lab, rows: Sequence[BoardRow]) -> list[StageCount]:
    """Every row counts once."""
    at = Counter(row.current_step for row in rows if row.need.is_at_a_step)
    stuck = Counter(row.current_step for row in rows if row.is_stuck)
    needs = Counter(row.need for row in rows)
    unreadable, *finished = (
        StageCount(need.label, needs[need], need=need)
        for need in (ProgressStatus.UNREADABLE, ProgressStatus.NOT_WORKING, ProgressStatus.DONE)
    )
    steps = (
        StageCount(step.title, at[step], step, stuck[step]) for step in list_checked_steps(lab)
    )
    return [unreadable, *steps, *finished]


def count_failing_flows(rows: Sequence[BoardRow], limit: int = 5) -> list[FailingFlow]:
    """A flow fails from the step on that asks for it; before that step it is still to come."""
    failing = Counter(
        flow for row in rows if not row.is_unreadable for flow in row.brief.failing_flows
    )
    return [FailingFlow(flow, count) for flow, count in failing.most_common(limit)]


def count_needs(rows: Sequence[BoardRow]) -> list[tuple[ProgressStatus, int]]:
    needs = Counter(row.need for row in rows)
    return [(need, needs[need]) for need in ProgressStatus]


def count_undiagnosed(rows: Iterable[BoardRow]) -> int:
    """Readable rows of which it is not known what is wrong."""
    return sum(not row.is_diagnosed for row in rows if not row.is_unreadable)


def find_common_mistakes(lab: Lab, rows: Iterable[BoardRow]) -> list[CommonMistake]:
    """What anybody does wrong now, the newest first."""
    makers: defaultdict[Mistake, list[tuple[datetime, str]]] = defaultdict(list)
    for row in rows:
        for mistake, since in row.mistakes.items():
            if row.has_mistake(mistake):
                makers[mistake].append((since, row.namespace.student_name))
    mistakes = []
    for mistake, students in makers.items():
        students.sort(reverse=True)
        names = tuple(name for _, name in students)
        mistakes.append(CommonMistake(mistake, mistake.title(lab), names, students[0][0]))
    mistakes.sort(key=lambda one: (one.newest, len(one.students), one.mistake.key), reverse=True)
    return mistakes
