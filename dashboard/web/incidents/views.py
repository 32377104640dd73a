"""What worked and no longer does: of the class, for instructors; of a namespace; and outages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.accounts.instructors import require_instructor
from dashboard.accounts.names import names, sections
from dashboard.accounts.roster import NO_SECTION
from dashboard.active_lab import active_lab
from dashboard.models import Incident, IncidentCause, Namespace, Student
from dashboard.models.incident import IncidentQuerySet, open_at
from dashboard.times.moment import InvalidMoment
from dashboard.web.incidents.outages import Outage, not_long_over
from dashboard.web.incidents.page import (
    CAUSES,
    LISTED,
    Broken,
    Times,
    broken,
    by_cause,
    lasting_first,
    times,
    times_by_student,
)
from dashboard.web.incidents.queries import lost, page_of
from dashboard.web.layout.at import at
from dashboard.web.layout.refresh import LiveRequest, live

OUTAGE = IncidentCause.OUTAGE.value
STUDENTS = 50
"""Those who have most of them are listed, the others found by their names."""
PERIODS = {"1": "a day", "7": "a week", "all": "all time"}
LATELY = timedelta(days=1)


@require_safe
@live
def incidents(request: LiveRequest) -> HttpResponse:
    """Narrowed by `?flow=`, `?cause=`, `?student=`, `?section=` and `?days=`, as they were `?at=` a
    time.
    """
    require_instructor(request)
    try:
        asked = at(request)
    except InvalidMoment as wrong:
        return render(request, "incidents/page.html", {"invalid": str(wrong)}, status=400)
    if asked:
        request.live_version = ""  # what was does not change
    moment = asked.time if asked else timezone.now()
    chosen = {key: request.GET.get(key, "") for key in ("flow", "cause", "student", "section")}
    days = request.GET.get("days", "")
    days = days if days in PERIODS else "7"
    context = {
        "asked": asked,
        "at_query": f"?at={asked}" if asked else "",
        "moment": moment,
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "days": days,
        "period": PERIODS[days],
        "periods": PERIODS,
        "flows": [flow.name for flow in active_lab().flows],
        "causes": CAUSES,
        "sections": sections(),
        "no_section": NO_SECTION,
        "outages": outages(moment),
    }
    rows = _narrowed(Incident.objects.opened_by(moment), chosen, days, moment)
    context |= paged(rows, moment, request.GET.get("page"), of_outages=chosen["cause"] == OUTAGE)
    return render(request, "incidents/page.html", context)


def paged(
    rows: IncidentQuerySet, moment: datetime, number: str | None, *, of_outages: bool
) -> dict[str, Any]:
    """What is counted is what is listed. What an outage broke is in nobody's hands, and would bury
    what is: it is listed alone.
    """
    every = lost(rows, moment)
    counted = [each for each in every if each.is_students != of_outages]
    outages = Q(cause=OUTAGE)
    chosen = rows.filter(outages if of_outages else ~outages)
    page, shown = page_of(chosen, moment, len(counted), number)
    students = {} if of_outages else times_by_student(counted)
    return {
        "of_outages": of_outages,
        "page": page,
        "shown": shown,
        "unlisted": len(every) - len(counted),
        "by_cause": by_cause(counted),
        "times": times(counted),
        "students": called(list(students.items())[:STUDENTS]),
        "more_students": len(students) - STUDENTS,
    }


def called(students: list[tuple[str, Times]]) -> list[tuple[str, str, Times]]:
    """By name, where the roster knows one, and login."""
    known = names(login for login, _ in students)
    return [(known.get(login.lower(), ""), login, theirs) for login, theirs in students]


def _narrowed(
    rows: IncidentQuerySet, chosen: dict[str, str], days: str, moment: datetime
) -> IncidentQuerySet:
    """What is open counts however old it is."""
    # No column can hold this character, and PostgreSQL refuses to look for it.
    if any("\0" in value for value in chosen.values()):
        return rows.none()
    if days != "all":
        lately = Q(opened_at__gte=moment - timedelta(days=int(days)))
        rows = rows.filter(open_at(moment) | lately)
    wanted = {key: chosen[key] for key in ("flow", "cause") if chosen[key]}
    return _in(_of(rows.filter(**wanted), chosen["student"].strip()), chosen["section"])


def _of(rows: IncidentQuerySet, student: str) -> IncidentQuerySet:
    """Of those with this login, or with this in their name on the roster; of all for nothing."""
    if not student:
        return rows
    named = Student.objects.filter(name__icontains=student).values_list("login", flat=True)
    logins = {student.lower(), *(login.lower() for login in named)}
    return rows.alias(login=Lower("namespace__student")).filter(login__in=logins)


def _in(rows: IncidentQuerySet, section: str) -> IncidentQuerySet:
    """Of those of a section of the roster, or of none; of all for nothing."""
    if not section:
        return rows
    owned = rows.alias(login=Lower("namespace__student"))
    if section == NO_SECTION:
        others = Student.objects.exclude(section="")
        return owned.exclude(login__in=others.values(key=Lower("login")))
    return owned.filter(
        login__in=Student.objects.filter(section=section).values(key=Lower("login"))
    )


def section(namespace: Namespace, moment: datetime | None = None) -> dict[str, Any]:
    """What `_incidents.html` and `_not_you.html` show of a namespace."""
    then = moment or timezone.now()
    found = of_namespace(namespace, then)
    gone = {flow for each in found if not each.is_students for flow in each.left}
    not_you = [each for each in outages(then) if each.flow in gone] if gone else []
    return listed(found) | {"not_you": not_you}


def of_namespace(namespace: Namespace, moment: datetime) -> list[Broken]:
    """What is open first, then the newest."""
    mine = Incident.objects.opened_by(moment).filter(namespace=namespace)
    return lasting_first(broken(mine.select_related("namespace"), moment).values())


def listed(found: Sequence[Broken]) -> dict[str, Any]:
    """What `_incidents.html` shows."""
    return {
        "incidents": found[:LISTED],
        "more_incidents": len(found[LISTED:]),
        "incident_times": times(each.lost for each in found if each.is_students),
    }


def outages(moment: datetime | None = None) -> list[Outage]:
    """Those that last, and those that ended just before, whole; in one query."""
    then = moment or timezone.now()
    rows = Incident.objects.filter(
        opened_at__lte=then, cause=IncidentCause.OUTAGE, outage_at__gte=then - LATELY
    )
    over = Q(closed_at__lte=then)
    found = (
        rows.values("flow", "outage_at")
        .annotate(
            began=Min("opened_at"),
            lost=Count("namespace", distinct=True),
            of=Max("outage_of"),
            still=Count("namespace", filter=~over | Q(closed_at=None), distinct=True),
            ended=Max("closed_at", filter=over),
        )
        .values("flow", "began", "lost", "of", "still", "ended")
        .order_by()
    )
    return not_long_over((Outage(**row) for row in found), then)
