"""Runs of the active lab: naming one by hand, and renaming."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from dashboard.active_lab import active_lab
from dashboard.models import Run, Snapshot


def current_runs() -> QuerySet[Run]:
    return Run.objects.filter(lab=active_lab().name)


class TakenName(ValueError):  # noqa: N818  named like pages.moment.InvalidMoment
    """Another run of that name began in the same minute."""


class NothingRead(ValueError):  # noqa: N818  named like TakenName
    """No poll had read the class by then."""


def name_run(name: str, began: datetime, ended: datetime | None, by: str) -> Run:
    """Name a moment, or an interval that ends no earlier than it began.

    Raises `NothingRead`, `TakenName`.
    """
    refuse_unread(ended or began)
    words = " ".join(name.split()) or suggest_name(began)
    with _refuse_taken(words, began):
        return Run.objects.create(
            name=words,
            lab=active_lab().name,
            began_at=began,
            ended_at=ended or began,
            by=by,
            named_minute=_floor_to_minute(began),
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
    with _refuse_taken(name, run.began_at):
        Run.objects.filter(pk=run.pk).update(name=name, named_minute=_floor_to_minute(run.began_at))


@contextmanager
def _refuse_taken(name: str, began: datetime) -> Iterator[None]:
    """Raise `TakenName` where `one_run_per_name_and_minute` refuses the run."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise TakenName(
            f"A run “{name}” began at {began:%Y-%m-%d %H:%M} UTC already: name it otherwise."
        ) from None


def _floor_to_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def suggest_name(began: datetime) -> str:
    return f"{began:%A, %Y-%m-%d %H:%M}"
