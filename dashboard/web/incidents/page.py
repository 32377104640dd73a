"""What worked and no longer does: by what, for how long, and whose it is. Pure.

What one change closed at once is told once, with all the flows that it closed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from dashboard.models import Incident, IncidentCause, Namespace
from dashboard.models.incident import CHANGE
from dashboard.times.durations import middle
from dashboard.times.moment import At

CAUSES = {
    IncidentCause.POLICY_REMOVED: "A policy was deleted",
    IncidentCause.POLICY_CHANGED: "A policy was changed",
    IncidentCause.POLICY_ADDED: "A policy was added",
    IncidentCause.PODS_CHANGED: "Pods were changed",
    IncidentCause.SURROUNDINGS_CHANGED: "Something outside the namespace changed",
    IncidentCause.NOT_THE_POLICIES: "Not the policies",
    IncidentCause.OUTAGE: "An outage of the cluster",
}
VERBS = {
    IncidentCause.POLICY_REMOVED: "deleted",
    IncidentCause.POLICY_CHANGED: "changed",
    IncidentCause.POLICY_ADDED: "added",
}
SENTENCES = {
    IncidentCause.PODS_CHANGED: "The pods' labels or ports were changed, and the policies fit them"
    " otherwise",
    IncidentCause.SURROUNDINGS_CHANGED: "Namespaces or pods outside were changed that the policies"
    " speak of",
}
LISTED = 20
"""Of one namespace's, where people read; the others are counted."""


class Lost(NamedTuple):
    """What is counted of an incident, in seconds; `repair` is `None` while it is open.

    A tuple, for a class has tens of thousands of them.
    """

    student: str
    cause: str
    unnoticed: float
    repair: float | None

    @property
    def is_students(self) -> bool:
        return self.cause != IncidentCause.OUTAGE


@dataclass(frozen=True, slots=True)
class Broken:
    """Flows of one namespace that were lost together; `closed_at` is `None` while any is.

    `left` are those of them that do not work yet. `reason` is a probe's or the evaluator's word.
    `called` is the student, as far as the roster tells.
    """

    namespace: Namespace
    cause: IncidentCause
    sentence: str
    reason: str
    flows: tuple[str, ...]
    left: tuple[str, ...]
    worked_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    moment: datetime
    called: str = ""

    @property
    def title(self) -> str:
        return CAUSES[self.cause]

    @property
    def is_students(self) -> bool:
        return self.cause is not IncidentCause.OUTAGE

    @property
    def before(self) -> At:
        return At(self.worked_at)

    @property
    def after(self) -> At:
        return At(self.opened_at)

    @property
    def unnoticed(self) -> timedelta:
        """At most so long nobody saw that it was broken."""
        return self.opened_at - self.worked_at

    @property
    def lost(self) -> Lost:
        repair = self.lasted.total_seconds() if self.closed_at else None
        return Lost(self.namespace.student, self.cause, self.unnoticed.total_seconds(), repair)

    @property
    def lasted(self) -> timedelta:
        """Until it was repaired, or so far."""
        return (self.closed_at or self.moment) - self.opened_at


def broken(rows: Iterable[Incident], moment: datetime) -> dict[tuple[object, ...], Broken]:
    """As it was at the moment, by what those of one change have in common, in the rows' order."""
    groups: defaultdict[tuple[object, ...], list[Incident]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, column) for column in CHANGE)].append(row)
    return {change: _broken(group, moment) for change, group in groups.items()}


def _broken(rows: Sequence[Incident], moment: datetime) -> Broken:
    first = rows[0]
    cause = IncidentCause(first.cause)
    left = tuple(row.flow for row in rows if row.closed_at is None or row.closed_at > moment)
    closings = [row.closed_at for row in rows if row.closed_at]
    return Broken(
        first.namespace,
        cause,
        _sentence(cause, first),
        "" if cause in VERBS else first.reason,
        tuple(row.flow for row in rows),
        left,
        max(row.worked_at for row in rows),
        first.opened_at,
        None if left else max(closings),
        moment,
    )


def _sentence(cause: IncidentCause, row: Incident) -> str:
    if cause in VERBS and row.policies:
        names = " and ".join(f"`{policy}`" for policy in row.policies)
        were = "were" if len(row.policies) > 1 else "was"
        return f"{names} {were} {VERBS[cause]}"
    return SENTENCES.get(cause, CAUSES[cause])


@dataclass(frozen=True, slots=True)
class Times:
    """How often something broke and how long it took, in the median; `None` where nothing did."""

    count: int
    open: int
    unnoticed: timedelta | None
    repair: timedelta | None


def times(found: Iterable[Lost]) -> Times:
    listed = list(found)
    repaired = [each.repair for each in listed if each.repair is not None]
    unnoticed = [each.unnoticed for each in listed]
    return Times(len(listed), len(listed) - len(repaired), middle(unnoticed), middle(repaired))


def times_by_student(found: Iterable[Lost]) -> dict[str, Times]:
    """Who has something open first, then who had most."""
    by_student: defaultdict[str, list[Lost]] = defaultdict(list)
    for each in found:
        by_student[each.student].append(each)
    measured = {student: times(theirs) for student, theirs in by_student.items()}
    order = sorted(measured, key=lambda name: (-measured[name].open, -measured[name].count, name))
    return {student: measured[student] for student in order}


@dataclass(frozen=True, slots=True)
class CauseCount:
    cause: IncidentCause
    count: int
    open: int

    @property
    def title(self) -> str:
        return CAUSES[self.cause]


def by_cause(found: Iterable[Lost]) -> list[CauseCount]:
    """The most frequent first."""
    counts: Counter[str] = Counter()
    still: Counter[str] = Counter()
    for each in found:
        counts[each.cause] += 1
        still[each.cause] += each.repair is None
    return [
        CauseCount(IncidentCause(cause), count, still[cause])
        for cause, count in counts.most_common()
    ]


def lasting_first(found: Iterable[Broken]) -> list[Broken]:
    return sorted(found, key=lambda each: each.closed_at is not None)
