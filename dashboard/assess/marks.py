"""What instructors had said of steps by a moment. Pure: no queries, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dashboard.models import StepMark


@dataclass(frozen=True, slots=True)
class Said:
    """Of one step the newest mark, and when it was marked for the first time.

    `holds` is false where somebody had taken the mark back by then.
    """

    mark: StepMark
    first: datetime
    holds: bool = True


def said(marks: Iterable[StepMark], moment: datetime) -> dict[str, Said]:
    """By step, of the marks that there had been by then, oldest first."""
    found: dict[str, Said] = {}
    for mark in marks:
        before = found.get(mark.step)
        found[mark.step] = Said(mark, before.first if before else mark.at, mark.holds(moment))
    return found
