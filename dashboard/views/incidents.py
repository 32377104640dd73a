"""What worked and no longer does: of the class, for instructors; of a namespace; and outages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.current import lab
from dashboard.live import LiveRequest, live
from dashboard.models import Incident, IncidentCause, Namespace
from dashboard.pages.incidents import (
    CAUSES,
    LISTED,
    Broken,
    Outage,
    broken,
    by_cause,
    times,
    times_by_student,
)
from dashboard.pages.moment import InvalidMoment
from dashboard.views.at import at
from dashboard.views.instructors import require_instructor

PAGE = 50
OUTAGE = IncidentCause.OUTAGE.value
PERIODS = {"1": "a day", "7": "a week", "all": "all time"}
LATELY = timedelta(days=1)


@require_safe
@live
def incidents(request: LiveRequest) -> HttpResponse:
    """Narrowed by `?flow=`, `?cause=`, `?student=` and `?days=`, as they were `?at=` a time."""
    require_instructor(request)
    try:
        asked = at(request)
    except InvalidMoment as wrong:
        return render(request, "incidents.html", {"invalid": str(wrong)}, status=400)
    moment = asked.time if asked else timezone.now()
    chosen = {key: request.GET.get(key, "") for key in ("flow", "cause", "student")}
    days = request.GET.get("days", "")
    days = days if days in PERIODS else "7"
    rows = _narrowed(opened_by(moment), chosen, days, moment)
    found = _open_first(broken(rows.select_related("namespace"), moment))
    # What an outage broke is in nobody's hands, and would bury what is.
    listed = [each for each in found if each.is_students or chosen["cause"] == OUTAGE]
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "found": found,
        "unlisted": len(found) - len(listed),
        "at": asked,
        "moment": moment,
        "chosen": chosen,
        "days": days,
        "period": PERIODS[days],
        "periods": PERIODS,
        "flows": [flow.name for flow in lab().flows],
        "causes": CAUSES,
        "by_cause": by_cause(found),
        "times": times(found),
        "students": times_by_student(found),
        "outages": outages(moment),
    }
    return render(request, "incidents.html", context)


def opened_by(moment: datetime) -> QuerySet[Incident]:
    return Incident.objects.filter(opened_at__lte=moment)


def _narrowed(
    rows: QuerySet[Incident], chosen: dict[str, str], days: str, moment: datetime
) -> QuerySet[Incident]:
    """What is open counts however old it is."""
    if days != "all":
        opened = Q(closed_at=None) | Q(closed_at__gt=moment)
        rows = rows.filter(opened | Q(opened_at__gte=moment - timedelta(days=int(days))))
    columns = {"flow": "flow", "cause": "cause", "student": "namespace__student__iexact"}
    wanted = {columns[key]: value for key, value in chosen.items() if value}
    # No column can hold this character, and PostgreSQL refuses to look for it.
    return rows.none() if any("\0" in value for value in wanted.values()) else rows.filter(**wanted)


def _open_first(found: list[Broken]) -> list[Broken]:
    return sorted(found, key=lambda each: each.closed_at is not None)


def section(namespace: Namespace, moment: datetime | None = None) -> dict[str, Any]:
    """What `_incidents.html` and `_not_you.html` show of a namespace."""
    then = moment or timezone.now()
    found = of_namespace(namespace, then)
    lost = {flow for each in found if not each.is_students for flow in each.left}
    not_you = [each for each in outages(then) if each.flow in lost] if lost else []
    return listed(found) | {"not_you": not_you}


def of_namespace(namespace: Namespace, moment: datetime) -> list[Broken]:
    """What is open first, then the newest."""
    mine = opened_by(moment).filter(namespace=namespace).select_related("namespace")
    return _open_first(broken(mine, moment))


def listed(found: Sequence[Broken]) -> dict[str, Any]:
    """What `_incidents.html` shows."""
    return {
        "incidents": found[:LISTED],
        "more_incidents": len(found[LISTED:]),
        "incident_times": times(found),
    }


def outages(moment: datetime | None = None) -> list[Outage]:
    """Those that last, and those that ended just before; in one query."""
    then = moment or timezone.now()
    rows = opened_by(then).filter(cause=IncidentCause.OUTAGE, outage_at__gte=then - LATELY)
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
        .order_by("-began", "flow")
    )
    return [each for row in found if (each := Outage(**row)).is_shown(then)]
