"""How everybody stood at a moment, and what they came to after it: a few queries for a class."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, Min, QuerySet, Value

from dashboard.active_lab import active_lab
from dashboard.history.fetch_errors import could_not_be_read
from dashboard.models import Snapshot, StoredAssessment
from dashboard.web.runs.pace import Held, Pace, pace
from dashboard.web.runs.standing import Alike, Standing, Stood, stood
from dashboard.web.runs.stretch import Stretch


def standings(moments: Sequence[datetime]) -> list[dict[int, Standing]]:
    """At each moment, by the namespace's primary key: a query for each, and one for all."""
    columns = "namespace_id", "namespace__name", "namespace__student", "step", "assessment_id"
    read = [
        list(
            _held(moment).annotate(unread=could_not_be_read(moment)).values_list(*columns, "unread")
        )
        for moment in moments
    ]
    summaries = _of_assessments({row[-2] for rows in read for row in rows}, "summary")
    return [
        {
            key: Standing(name, student, step, digest, summaries[digest], unread)
            for key, name, student, step, digest, unread in rows
        }
        for rows in read
    ]


def all_stood(stretches: Iterable[Stretch]) -> dict[str, Stood | None]:
    """How those of the class who could be read stood at the end of each, by its address: two
    queries, however many.
    """
    listed = list(stretches)
    parts = [
        _held(each.ended)
        .exclude(could_not_be_read(each.ended))
        .values("assessment_id", "step")
        .annotate(which=Value(number, IntegerField()), number=Count("pk"))
        .values_list("which", "assessment_id", "step", "number")
        for number, each in enumerate(listed)
    ]
    rows = list(parts[0].union(*parts[1:], all=True)) if parts else []
    met = _of_assessments({row[1] for row in rows}, "summary__met", "summary__total")
    alike: dict[str, list[Alike]] = {each.address: [] for each in listed}
    for which, digest, step, number in rows:
        alike[listed[which].address].append(Alike(number, step, *met[digest]))
    return {address: stood(groups) for address, groups in alike.items()}


def paces(stretches: Iterable[Stretch]) -> list[Pace]:
    """Two queries for each, and one for all."""
    listed = list(stretches)
    starts = [
        list(_held(each.began).values_list("namespace_id", "assessment_id")) for each in listed
    ]
    later = [list(_came_to(each)) for each in listed]
    digests = {row[1] for rows in (*starts, *later) for row in rows}
    steps: dict[str, Held] = _of_assessments(digests, "summary__steps")
    return [
        pace(
            active_lab(),
            each,
            {key: steps[digest] for key, digest in start},
            ((key, at, steps[digest]) for key, digest, at in after),
        )
        for each, start, after in zip(listed, starts, later, strict=True)
    ]


def _held(moment: datetime) -> QuerySet[Snapshot]:
    """Of the environment in which the lab is done."""
    environment = active_lab().namespaces.environments[0]
    return Snapshot.objects.holding(moment).filter(namespace__environment=environment).order_by()


def _came_to(stretch: Stretch) -> QuerySet[Snapshot, Any]:
    """Each state of each namespace once, with its first time."""
    begun = Snapshot.objects.filter(
        namespace__environment=active_lab().namespaces.environments[0],
        first_seen__gt=stretch.began,
        first_seen__lte=stretch.ended,
    )
    states = begun.order_by().values("namespace_id", "assessment_id")
    return states.annotate(at=Min("first_seen")).values_list("namespace_id", "assessment_id", "at")


def _of_assessments(digests: Collection[str], *columns: str) -> dict[str, Any]:
    """By digest, the column, or a tuple of several."""
    rows = StoredAssessment.objects.filter(digest__in=digests).values_list("digest", *columns)
    return {digest: rest[0] if len(columns) == 1 else rest for digest, *rest in rows}
