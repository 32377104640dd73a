"""Runs of the lab that the class is doing, and the making of one by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.models import Heartbeat, Run, Snapshot

WORK = "naming"
"""The row that is locked meanwhile."""


def current_runs() -> QuerySet[Run]:
    return Run.objects.filter(lab=active_lab().name)


class TakenName(ValueError):  # noqa: N818  named like pages.moment.InvalidMoment
    """Nobody could tell the two runs apart."""


class NothingRead(ValueError):  # noqa: N818  named like TakenName
    """By then nobody had looked at the class."""


def name_run(name: str, began: datetime, ended: datetime | None, by: str) -> Run:
    """Without an end it is a moment. Raises `NothingRead`, `TakenName`, and `IntegrityError` for an
    end before its beginning.
    """
    refuse_unread(ended or began)
    words = " ".join(name.split()) or suggested(began)
    with _one_at_a_time():
        _refuse_taken(words, began)
        return Run.objects.create(
            name=words,
            lab=active_lab().name,
            began_at=began,
            ended_at=ended or began,
            by=by,
        )


def refuse_unread(ended: datetime) -> None:
    """Raises `NothingRead`."""
    first = Snapshot.objects.oldest()
    if first is None:
        raise NothingRead("Nothing of the class was read yet: name a run after the first poll.")
    if first.first_seen > ended:
        raise NothingRead(
            "Nothing of the class was read by then: the first that is known is of"
            f" {first.first_seen:%Y-%m-%d %H:%M:%S} UTC."
        )


def rename_run(run: Run, name: str) -> None:
    """Raises `TakenName`."""
    with _one_at_a_time():
        _refuse_taken(name, run.began_at, but=run.pk)
        Run.objects.filter(pk=run.pk).update(name=name)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Who looks whether a name is taken writes before another looks. It begins with writes: SQLite
    knows no other lock.
    """
    now = timezone.now()
    with transaction.atomic():
        Heartbeat.objects.bulk_create([Heartbeat(work=WORK, started_at=now)], ignore_conflicts=True)
        Heartbeat.objects.filter(work=WORK).update(started_at=now)
        yield


def _refuse_taken(name: str, began: datetime, *, but: int = 0) -> None:
    """Raises `TakenName` where another run of that name began in the same minute: lists tell runs
    apart by these. `but` is the run itself, where there is one.
    """
    minute = began.replace(second=0, microsecond=0)
    alike = current_runs().filter(
        name=name, began_at__gte=minute, began_at__lt=minute + timedelta(minutes=1)
    )
    if alike.exclude(pk=but).exists():
        raise TakenName(
            f"A run “{name}” began at {began:%Y-%m-%d %H:%M} UTC already: name it otherwise."
        )


def suggested(began: datetime) -> str:
    return f"{began:%A, %Y-%m-%d %H:%M}"
