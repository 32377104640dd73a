"""Runs of the lab that the class is doing, and the making of one by hand."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from dashboard.current import lab
from dashboard.models import Run


def current_runs() -> QuerySet[Run]:
    return Run.objects.filter(lab=lab().name)


class TakenName(ValueError):  # noqa: N818  named like pages.moment.InvalidMoment
    """Nobody could tell the two runs apart."""


def name_run(name: str, began: datetime, ended: datetime | None, by: str) -> Run:
    """Without an end it is a moment. Raises `TakenName`, and `IntegrityError` for an end before its
    beginning.
    """
    words = " ".join(name.split()) or suggested(began)
    refuse_taken(words, began)
    return Run.objects.create(
        name=words,
        lab=lab().name,
        began_at=began,
        ended_at=ended or began,
        by=by,
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
