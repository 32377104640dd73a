"""How everybody stood at a moment, and what they came to after it: a few queries for a class."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, Min, QuerySet, Value

from dashboard.accounts.names import find_names
from dashboard.active_lab import active_lab
from dashboard.history.fetch_errors import has_fetch_error
from dashboard.history.runs import current_runs
from dashboard.models import Snapshot, StoredAssessment
from dashboard.web.runs.comparison import StudentComparison
from dashboard.web.runs.pace import RunPace, StepStates, measure_pace
from dashboard.web.runs.progress import (
    ClassSummary,
    EqualStudents,
    StudentProgress,
    summarize_class,
)
from dashboard.web.runs.sides import RunSide

CHOICES = 200
"""Runs to choose from."""


def read_progress(moments: Sequence[datetime]) -> list[dict[int, StudentProgress]]:
    """At each moment, by the namespace's primary key: a query for each, and one for all."""
    columns = "namespace_id", "namespace__name", "namespace__student", "step", "assessment_id"
    read = [
        list(
            _snapshots_at(moment)
            .annotate(unread=has_fetch_error(moment))
            .values_list(*columns, "unread")
        )
        for moment in moments
    ]
    summaries = _read_assessments({row[-2] for rows in read for row in rows}, "summary")
    return [
        {
            key: StudentProgress(name, student, step, digest, summaries[digest], unread)
            for key, name, student, step, digest, unread in rows
        }
        for rows in read
    ]


def summarize_runs(sides: Iterable[RunSide]) -> dict[str, ClassSummary | None]:
    """How those of the class who could be read stood at the end of each, by its address: two
    queries, however many.
    """
    listed = list(sides)
    parts = [
        _snapshots_at(each.ended)
        .exclude(has_fetch_error(each.ended))
        .values("assessment_id", "step")
        .annotate(which=Value(number, IntegerField()), number=Count("pk"))
        .values_list("which", "assessment_id", "step", "number")
        for number, each in enumerate(listed)
    ]
    rows = list(parts[0].union(*parts[1:], all=True)) if parts else []
    met = _read_assessments({row[1] for row in rows}, "summary__met", "summary__total")
    alike: dict[str, list[EqualStudents]] = {each.address: [] for each in listed}
    for which, digest, step, number in rows:
        alike[listed[which].address].append(EqualStudents(number, step, *met[digest]))
    return {address: summarize_class(groups) for address, groups in alike.items()}


def read_paces(sides: Iterable[RunSide]) -> list[RunPace]:
    """Two queries for each, and one for all."""
    listed = list(sides)
    starts = [
        list(_snapshots_at(each.began).values_list("namespace_id", "assessment_id"))
        for each in listed
    ]
    later = [list(_snapshots_during(each)) for each in listed]
    digests = {row[1] for rows in (*starts, *later) for row in rows}
    steps: dict[str, StepStates] = _read_assessments(digests, "summary__steps")
    return [
        measure_pace(
            active_lab(),
            each,
            {key: steps[digest] for key, digest in start},
            ((key, at, steps[digest]) for key, digest, at in after),
        )
        for each, start, after in zip(listed, starts, later, strict=True)
    ]


def _snapshots_at(moment: datetime) -> QuerySet[Snapshot]:
    """Of the environment in which the lab is done."""
    environment = active_lab().namespaces.environments[0]
    return Snapshot.objects.holding(moment).filter(namespace__environment=environment).order_by()


def _snapshots_during(side: RunSide) -> QuerySet[Snapshot, Any]:
    """Each state of each namespace once, with its first time."""
    begun = Snapshot.objects.filter(
        namespace__environment=active_lab().namespaces.environments[0],
        first_seen__gt=side.began,
        first_seen__lte=side.ended,
    )
    states = begun.order_by().values("namespace_id", "assessment_id")
    return states.annotate(at=Min("first_seen")).values_list("namespace_id", "assessment_id", "at")


def _read_assessments(digests: Collection[str], *columns: str) -> dict[str, Any]:
    """By digest, the column, or a tuple of several."""
    rows = StoredAssessment.objects.filter(digest__in=digests).values_list("digest", *columns)
    return {digest: rest[0] if len(columns) == 1 else rest for digest, *rest in rows}


def find_newest_run() -> str:
    """How an address names the newest run; now where there is none."""
    key = current_runs().values_list("pk", flat=True).first()
    return str(key or "now")


def list_choices() -> list[tuple[str, str]]:
    """The newest runs, as an address names each and as people do; any moment goes by its time."""
    newest = current_runs().values_list("pk", "name", "began_at")[:CHOICES]
    titles = {key: _title_run(name, began) for key, name, began in newest}
    counts = Counter(titles.values())
    runs = (
        (str(key), title if counts[title] == 1 else f"{title}, run {key}")
        for key, title in titles.items()
    )
    return [("now", "Now"), *runs]


def _title_run(name: str, began: datetime) -> str:
    """Runs of several days may have the same name."""
    day = f"{began:%Y-%m-%d %H:%M}"
    return name if day in name else f"{name} ({day})"


def add_names(rows: Iterable[StudentComparison]) -> list[StudentComparison]:
    """The rows with the names that the roster has."""
    listed = list(rows)
    known = find_names(row.student for row in listed)
    return [replace(row, name=known.get(row.student.lower(), "")) for row in listed]
