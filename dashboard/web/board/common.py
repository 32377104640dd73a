"""The mistakes that students make now, and who makes them. Pure: no queries, no clock."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dashboard.assess.mistakes import Mistake
from dashboard.assess.progress_status import Need
from dashboard.web.board.page import Row
from netpol.lab import Lab

NAMED = 4
"""Students that are named: those who made the mistake last."""


@dataclass(frozen=True, slots=True)
class Common:
    """`students` are those who make the mistake, by their names, the last to make it first; since
    `newest`.
    """

    mistake: Mistake
    title: str
    students: tuple[str, ...]
    newest: datetime

    @property
    def named(self) -> tuple[str, ...]:
        return self.students[:NAMED]

    @property
    def others(self) -> int:
        return len(self.students) - len(self.named)


def undiagnosed(rows: Iterable[Row]) -> int:
    """Of how many it is not known what they do wrong, though they could be read."""
    return sum(not row.diagnosed for row in rows if row.need is not Need.UNREADABLE)


def common(lab: Lab, rows: Iterable[Row]) -> tuple[Common, ...]:
    """What somebody makes now, that which was made last first."""
    makers: defaultdict[Mistake, list[tuple[datetime, str]]] = defaultdict(list)
    for row in rows:
        for mistake, since in row.mistakes.items():
            if row.makes(mistake):
                owned = row.namespace
                makers[mistake].append((since, owned.called or owned.student))
    found = [_common(lab, mistake, sorted(who)[::-1]) for mistake, who in makers.items()]
    found.sort(key=lambda one: (one.newest, len(one.students), one.mistake.key), reverse=True)
    return tuple(found)


def _common(lab: Lab, mistake: Mistake, makers: list[tuple[datetime, str]]) -> Common:
    newest, _ = makers[0]
    return Common(mistake, mistake.title(lab), tuple(student for _, student in makers), newest)
