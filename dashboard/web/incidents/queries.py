"""Incidents as the database counts and pages them: of each only what is counted, of a page's all.

What is counted are changes: all that one change of a namespace broke is one incident.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, FloatField, Func, Max, Min, QuerySet, Value, When

from dashboard.accounts.names import names
from dashboard.models.incident import CHANGE, open_at
from dashboard.web.incidents.page import Broken, Lost, broken

PAGE = 50
"""Incidents on one page."""

Rows = QuerySet[Any, Any]
"""Incidents with what they are annotated with, of which the type checker knows nothing."""


class Seconds(Func):
    """From the second time to the first."""

    arity = 2
    output_field = FloatField()
    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        days = "((JULIANDAY(%(expressions)s)) * 86400)"
        joiner = ") - JULIANDAY("
        return self.as_sql(compiler, connection, template=days, arg_joiner=joiner, **context)


def lost(rows: Rows, moment: datetime) -> list[Lost]:
    """What is counted, in one query and without what only a page says."""
    spans = _changes(rows, moment).annotate(
        unnoticed=Seconds(F("opened_at"), Max("worked_at")),
        repair=Case(When(left=0, then=Seconds(Max("closed_at"), F("opened_at")))),
    )
    columns = "namespace__student", "cause", "unnoticed", "repair"
    return [Lost(*row) for row in spans.values_list(*columns)]


def page_of(
    rows: Rows, moment: datetime, count: int, number: str | None
) -> tuple[Page[int], list[Broken]]:
    """And what stands on it: open ones first, then the newest."""
    page = Paginator(range(count), PAGE).get_page(number)
    closed = Case(When(left=0, then=Value(1)), default=Value(0))
    ordered = _changes(rows, moment).order_by(closed, "-opened_at", "first").values_list(*CHANGE)
    listed = list(ordered[page.start_index() - 1 : page.end_index()]) if count else []
    return page, _in_detail(rows, listed, moment)


def _changes(rows: Rows, moment: datetime) -> Rows:
    """Of `left` flows each is still lost."""
    alike = rows.order_by().values(*CHANGE)
    counted: Rows = alike.annotate(first=Min("pk"), left=Count("pk", filter=open_at(moment)))
    return counted


def _in_detail(rows: Rows, listed: Sequence[tuple[Any, ...]], moment: datetime) -> list[Broken]:
    """With all their flows, and whose they are; without what somebody deleted since."""
    narrowed = {
        f"{column}__in": {change[place] for change in listed}
        for place, column in enumerate(CHANGE[:2])
    }
    found = broken(rows.filter(**narrowed).select_related("namespace"), moment)
    shown = [found[change] for change in listed if change in found]
    called = names(each.namespace.student for each in shown)
    return [replace(each, called=called.get(each.namespace.student.lower(), "")) for each in shown]
