"""Runs of the lab that the class is doing, and the making of one by hand."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from dashboard.current import lab
from dashboard.models import Run, Snapshot


def current_runs() -> QuerySet[Run]:
    return Run.objects.filter(lab=lab().name)


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
    refuse_taken(words, began)
    return Run.objects.create(
        name=words,
        lab=lab().name,
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


def refuse_taken(name: str, began: datetime, *, but: int = 0) -> None:
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
