"""Flows that worked and stopped working: by what, for how long, and whose they are. Pure.

All flows that one change of a namespace broke are one incident on pages.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple, Self

from django.core.paginator import Page

from dashboard.accounts.roster import NO_SECTION
from dashboard.history.incidents.recent_outages import RecentOutages
from dashboard.models import Incident, IncidentCause, Namespace
from dashboard.models.incident import CHANGE_COLUMNS
from dashboard.times.durations import median_duration
from dashboard.times.moment import TimeMoment

CAUSES = {
    IncidentCause.POLICY_REMOVED: "A policy was deleted",
    IncidentCause.POLICY_CHANGED: "A policy was changed",
    IncidentCause.POLICY_ADDED: "A policy was added",
    IncidentCause.PODS_CHANGED: "Pods were changed",
    IncidentCause.SURROUNDINGS_CHANGED: "Something outside the namespace changed",
    IncidentCause.NOT_THE_POLICIES: "Not the policies",
    IncidentCause.OUTAGE: "A cluster outage",
}
VERBS = {
    IncidentCause.POLICY_REMOVED: "deleted",
    IncidentCause.POLICY_CHANGED: "changed",
    IncidentCause.POLICY_ADDED: "added",
}
SENTENCES = {
    IncidentCause.PODS_CHANGED: "Labels or ports of pods changed, so the policies apply"
    " differently",
    IncidentCause.SURROUNDINGS_CHANGED: "Namespaces or pods outside, which the policies refer to,"
    " changed",
}
PERIODS = {"1": "a day", "7": "a week", "all": "all time"}
LISTED = 20
"""Incidents of one namespace that its pages list; they count the others."""
STUDENTS = 50
"""Students with the most incidents are listed; the form finds the others by name."""


class IncidentTiming(NamedTuple):
    """What is counted of an incident, in seconds; `repair` is `None` while it is open.

    A tuple, because a class has tens of thousands of them.
    """

    student: str
    cause: str
    unnoticed: float
    repair: float | None

    @property
    def is_students(self) -> bool:
        return self.cause != IncidentCause.OUTAGE


@dataclass(frozen=True, slots=True)
class IncidentGroup:
    """Flows of one namespace that were lost together; `closed_at` is `None` while any is.

    `still_lost` are those of them that do not work yet. `reason` comes from a probe or from the
    evaluator. `student_name` is empty where the roster has none.
    """

    namespace: Namespace
    cause: IncidentCause
    sentence: str
    reason: str
    flows: tuple[str, ...]
    still_lost: tuple[str, ...]
    worked_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    moment: datetime
    student_name: str = ""

    @property
    def title(self) -> str:
        return CAUSES[self.cause]

    @property
    def is_students(self) -> bool:
        return self.cause is not IncidentCause.OUTAGE

    @property
    def last_working(self) -> TimeMoment:
        return TimeMoment(self.worked_at)

    @property
    def first_broken(self) -> TimeMoment:
        return TimeMoment(self.opened_at)

    @property
    def unnoticed_time(self) -> timedelta:
        """The longest time for which it may have been broken without anybody seeing it."""
        return self.opened_at - self.worked_at

    @property
    def duration(self) -> timedelta:
        """Until it was repaired, or until now."""
        return (self.closed_at or self.moment) - self.opened_at

    @property
    def timing(self) -> IncidentTiming:
        repair = self.duration.total_seconds() if self.closed_at else None
        unnoticed = self.unnoticed_time.total_seconds()
        return IncidentTiming(self.namespace.student, self.cause, unnoticed, repair)


def group_incidents(
    incidents: Iterable[Incident], moment: datetime
) -> dict[tuple[object, ...], IncidentGroup]:
    """The groups as they were at the moment, by what the incidents of one change have in common, in
    the order of the incidents.
    """
    groups: defaultdict[tuple[object, ...], list[Incident]] = defaultdict(list)
    for incident in incidents:
        groups[tuple(getattr(incident, column) for column in CHANGE_COLUMNS)].append(incident)
    return {change: _build_group(group, moment) for change, group in groups.items()}


def sort_open_first(groups: Iterable[IncidentGroup]) -> list[IncidentGroup]:
    return sorted(groups, key=lambda group: group.closed_at is not None)


def _build_group(incidents: Sequence[Incident], moment: datetime) -> IncidentGroup:
    first = incidents[0]
    cause = IncidentCause(first.cause)
    lost = tuple(
        each.flow for each in incidents if each.closed_at is None or each.closed_at > moment
    )
    closings = [each.closed_at for each in incidents if each.closed_at]
    return IncidentGroup(
        first.namespace,
        cause,
        _describe_cause(cause, first.policies),
        "" if cause in VERBS else first.reason,
        tuple(each.flow for each in incidents),
        lost,
        max(each.worked_at for each in incidents),
        first.opened_at,
        None if lost else max(closings),
        moment,
    )


def _describe_cause(cause: IncidentCause, policies: Sequence[str]) -> str:
    if cause in VERBS and policies:
        names = " and ".join(f"`{policy}`" for policy in policies)
        return f"{names} {'were' if len(policies) > 1 else 'was'} {VERBS[cause]}"
    return SENTENCES.get(cause, CAUSES[cause])


@dataclass(frozen=True, slots=True)
class IncidentStatistics:
    """How often something broke, and the median times; `None` where there are none."""

    count: int
    open: int
    unnoticed: timedelta | None
    repair: timedelta | None


def compute_statistics(timings: Iterable[IncidentTiming]) -> IncidentStatistics:
    known = list(timings)
    repaired = [timing.repair for timing in known if timing.repair is not None]
    unnoticed = median_duration([timing.unnoticed for timing in known])
    return IncidentStatistics(
        len(known), len(known) - len(repaired), unnoticed, median_duration(repaired)
    )


def compute_student_statistics(
    timings: Iterable[IncidentTiming],
) -> dict[str, IncidentStatistics]:
    """By student: those with open incidents first, then those with the most."""
    by_student: defaultdict[str, list[IncidentTiming]] = defaultdict(list)
    for timing in timings:
        by_student[timing.student].append(timing)
    measured = {student: compute_statistics(own) for student, own in by_student.items()}
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


def count_causes(timings: Iterable[IncidentTiming]) -> list[CauseCount]:
    """The most frequent first."""
    known = list(timings)
    counts = Counter(timing.cause for timing in known)
    still = Counter(timing.cause for timing in known if timing.repair is None)
    return [
        CauseCount(IncidentCause(cause), count, still[cause])
        for cause, count in counts.most_common()
    ]


@dataclass(frozen=True, slots=True)
class NamespaceIncidents:
    """The incidents of one namespace as its pages list them: open ones first, then the newest."""

    groups: tuple[IncidentGroup, ...]

    @classmethod
    def from_rows(cls, incidents: Iterable[Incident], moment: datetime) -> Self:
        return cls(tuple(sort_open_first(group_incidents(incidents, moment).values())))

    @property
    def listed_groups(self) -> tuple[IncidentGroup, ...]:
        return self.groups[:LISTED]

    @property
    def unlisted_count(self) -> int:
        return len(self.groups[LISTED:])

    @property
    def statistics(self) -> IncidentStatistics:
        return compute_statistics(group.timing for group in self.groups if group.is_students)

    @property
    def lost_to_outages(self) -> frozenset[str]:
        """Flows that an outage took and that do not work yet."""
        outages = (group for group in self.groups if not group.is_students)
        return frozenset(flow for group in outages for flow in group.still_lost)


@dataclass(frozen=True, slots=True)
class IncidentChoice:
    """Which incidents an address asks for; an empty field asks for all."""

    flow: str = ""
    cause: str = ""
    student: str = ""
    section: str = ""
    days: str = "7"

    @classmethod
    def from_address(cls, address: Mapping[str, str]) -> Self:
        choice = cls(**{field.name: address.get(field.name, "") for field in fields(cls)})
        return choice if choice.days in PERIODS else cls(*choice.field_texts)

    @property
    def field_texts(self) -> tuple[str, str, str, str]:
        return self.flow, self.cause, self.student, self.section

    @property
    def is_narrowed(self) -> bool:
        return any(self.field_texts)

    @property
    def is_of_outages(self) -> bool:
        return self.cause == IncidentCause.OUTAGE

    @property
    def period(self) -> str:
        return PERIODS[self.days]


@dataclass(frozen=True, slots=True)
class StudentIncidents:
    login: str
    name: str
    statistics: IncidentStatistics


@dataclass(frozen=True, slots=True)
class IncidentListing:
    """One page of the chosen incidents, and what all of them come to.

    `unlisted_count` incidents are of outages, which are listed only when they are asked for: nobody
    in the class can repair them, and they would bury the others.
    """

    pages: Page[int]
    groups: Sequence[IncidentGroup]
    unlisted_count: int
    statistics: IncidentStatistics
    causes: Sequence[CauseCount]
    students: Sequence[StudentIncidents]
    unlisted_students: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsPage:
    template: ClassVar[str] = "incidents/page.html"
    periods: ClassVar[dict[str, str]] = PERIODS
    causes: ClassVar[dict[IncidentCause, str]] = CAUSES
    refusal: str = ""
    asked: TimeMoment | None = None
    choice: IncidentChoice = IncidentChoice()
    flows: Sequence[str] = ()
    sections: Sequence[str] = ()
    outages: RecentOutages | None = None
    listing: IncidentListing | None = None

    @property
    def at_query(self) -> str:
        return f"?at={self.asked}" if self.asked else ""

    @property
    def section_choices(self) -> list[tuple[str, str]]:
        titles = {NO_SECTION: "no section"}
        return [(section, titles.get(section, section)) for section in self.sections]

    @property
    def title(self) -> str:
        if self.choice.is_of_outages:
            return "Broken by outages"
        return "Selected incidents" if self.choice.is_narrowed else "The class"

    @property
    def counting_rule(self) -> str:
        rule = "Everything that one change broke in a namespace counts as one incident."
        if self.choice.is_of_outages:
            return f"{rule} The cluster caused these, so they count for no student."
        return f"{rule} Cluster outages count for no student and are not included."
