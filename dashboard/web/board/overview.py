"""The class in a few numbers: how many are where, and what fails most. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.assess.assessment_summary import checked
from dashboard.assess.progress_status import Need
from dashboard.web.board.page import Row
from netpol.lab import Flow, Lab, Step


@dataclass(frozen=True, slots=True)
class Stage:
    """How many are at a place of the lab, and how many of them are stuck there.

    `step` is `None` for those before or behind it, who are told by their `need`.
    """

    title: str
    count: int
    step: Step | None = None
    stuck: int = 0
    need: Need | None = None


@dataclass(frozen=True, slots=True)
class Failing:
    """A flow and how many do not have it as the lab wants it, though they should by now."""

    flow: Flow
    count: int


def stages(lab: Lab, rows: Sequence[Row]) -> list[Stage]:
    """Everybody is counted once."""
    at = Counter(row.current for row in rows if row.need.is_at_a_step)
    stuck = Counter(row.current for row in rows if row.is_stuck)
    needs = Counter(row.need for row in rows)
    return [
        _apart(Need.UNREADABLE, needs),
        *(Stage(step.title, at[step], step, stuck[step]) for step in checked(lab)),
        _apart(Need.UNWORKING, needs),
        _apart(Need.NOTHING, needs),
    ]


def _apart(need: Need, needs: Counter[Need]) -> Stage:
    return Stage(need.words, needs[need], need=need)


def most_failing(rows: Sequence[Row], limit: int = 5) -> list[Failing]:
    """A flow fails for a student from the step on that asks for it: before, it is still to come."""
    failing = Counter(
        flow for row in rows if row.need is not Need.UNREADABLE for flow in row.brief.failing
    )
    return [Failing(flow, count) for flow, count in failing.most_common(limit)]


def tally(rows: Sequence[Row]) -> list[tuple[Need, int]]:
    """How many need what."""
    needs = Counter(row.need for row in rows)
    return [(need, needs[need]) for need in Need]
