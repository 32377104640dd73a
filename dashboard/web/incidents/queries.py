"""Incidents as the database counts and pages them: a few columns of all, a page's in full."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, FloatField, Func, Max, Min, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from dashboard.accounts.names import find_names
from dashboard.accounts.roster import NO_SECTION
from dashboard.models import Incident, IncidentCause, Student
from dashboard.models.incident import CHANGE_COLUMNS, IncidentQuerySet, open_at
from dashboard.web.incidents.page import (
    STUDENTS,
    IncidentChoice,
    IncidentGroup,
    IncidentListing,
    IncidentTiming,
    StudentIncidents,
    compute_statistics,
    compute_student_statistics,
    count_causes,
    group_incidents,
)

PAGE_SIZE = 50

AnnotatedIncidents = QuerySet[Any, Any]
"""Incidents with annotations, of which the type checker knows nothing."""


class SecondsBetween(Func):
    """From the second time to the first."""

    arity = 2
    output_field = FloatField()
    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        days = "((JULIANDAY(%(expressions)s)) * 86400)"
        joiner = ") - JULIANDAY("
        return self.as_sql(compiler, connection, template=days, arg_joiner=joiner, **context)


def list_incidents(choice: IncidentChoice, moment: datetime, page: str | None) -> IncidentListing:
    incidents = _filter_chosen(Incident.objects.opened_by(moment), choice, moment)
    timings = query_timings(incidents, moment)
    counted = [timing for timing in timings if timing.is_students != choice.is_of_outages]
    outages = Q(cause=IncidentCause.OUTAGE)
    listed = incidents.filter(outages if choice.is_of_outages else ~outages)
    pages, groups = _query_page(listed, moment, len(counted), page)
    students = {} if choice.is_of_outages else compute_student_statistics(counted)
    called = find_names(students)
    return IncidentListing(
        pages,
        groups,
        len(timings) - len(counted),
        compute_statistics(counted),
        count_causes(counted),
        [
            StudentIncidents(login, called.get(login.lower(), ""), statistics)
            for login, statistics in list(students.items())[:STUDENTS]
        ],
        max(len(students) - STUDENTS, 0),
    )


def query_timings(incidents: AnnotatedIncidents, moment: datetime) -> list[IncidentTiming]:
    """In one query, and without what only a page shows."""
    spans = _annotate_changes(incidents, moment).annotate(
        unnoticed=SecondsBetween(F("opened_at"), Max("worked_at")),
        repair=Case(When(lost_flows=0, then=SecondsBetween(Max("closed_at"), F("opened_at")))),
    )
    columns = "namespace__student", "cause", "unnoticed", "repair"
    return [IncidentTiming(*row) for row in spans.values_list(*columns)]


def _query_page(
    incidents: AnnotatedIncidents, moment: datetime, count: int, number: str | None
) -> tuple[Page[int], list[IncidentGroup]]:
    """The page and the groups on it: open ones first, then the newest."""
    page = Paginator(range(count), PAGE_SIZE).get_page(number)
    closed = Case(When(lost_flows=0, then=Value(1)), default=Value(0))
    changes = _annotate_changes(incidents, moment).order_by(closed, "-opened_at", "first")
    listed: Sequence[tuple[Any, ...]] = []
    if count:
        listed = list(
            changes.values_list(*CHANGE_COLUMNS)[page.start_index() - 1 : page.end_index()]
        )
    return page, _query_groups(incidents, listed, moment)


def _annotate_changes(incidents: AnnotatedIncidents, moment: datetime) -> AnnotatedIncidents:
    """One row for each change, with the number of its flows that are still lost."""
    changes: AnnotatedIncidents = (
        incidents.order_by()
        .values(*CHANGE_COLUMNS)
        .annotate(first=Min("pk"), lost_flows=Count("pk", filter=open_at(moment)))
    )
    return changes


def _query_groups(
    incidents: AnnotatedIncidents, changes: Sequence[tuple[Any, ...]], moment: datetime
) -> list[IncidentGroup]:
    """The incidents of these changes with the names of their students; some may be deleted since
    the changes were read.
    """
    narrowed = {
        f"{column}__in": {change[place] for change in changes}
        for place, column in enumerate(CHANGE_COLUMNS[:2])
    }
    by_change = group_incidents(incidents.filter(**narrowed).select_related("namespace"), moment)
    groups = [by_change[change] for change in changes if change in by_change]
    called = find_names(group.namespace.student for group in groups)
    return [
        replace(group, student_name=called.get(group.namespace.student.lower(), ""))
        for group in groups
    ]


def _filter_chosen(
    incidents: IncidentQuerySet, choice: IncidentChoice, moment: datetime
) -> IncidentQuerySet:
    """Open incidents count, however old they are."""
    # No column can hold this character, and PostgreSQL refuses to look for it.
    if any("\0" in text for text in choice.field_texts):
        return incidents.none()
    if choice.days != "all":
        lately = Q(opened_at__gte=moment - timedelta(days=int(choice.days)))
        incidents = incidents.filter(open_at(moment) | lately)
    if choice.flow:
        incidents = incidents.filter(flow=choice.flow)
    if choice.cause:
        incidents = incidents.filter(cause=choice.cause)
    incidents = _filter_student(incidents, choice.student.strip())
    return _filter_section(incidents, choice.section)


def _filter_student(incidents: IncidentQuerySet, text: str) -> IncidentQuerySet:
    """Of students with this login, or with this text in their name on the roster."""
    if not text:
        return incidents
    named = Student.objects.filter(name__icontains=text).values_list("login", flat=True)
    logins = {text.lower(), *(login.lower() for login in named)}
    return incidents.alias(login=Lower("namespace__student")).filter(login__in=logins)


def _filter_section(incidents: IncidentQuerySet, section: str) -> IncidentQuerySet:
    if not section:
        return incidents
    owned = incidents.alias(login=Lower("namespace__student"))
    if section == NO_SECTION:
        others = Student.objects.exclude(section="")
        return owned.exclude(login__in=others.values(key=Lower("login")))
    members = Student.objects.filter(section=section)
    return owned.filter(login__in=members.values(key=Lower("login")))
