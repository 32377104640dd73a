"""Runs of the lab that the class is doing, and the making of one by hand."""

from datetime import datetime

from django.db.models import QuerySet

from dashboard.current import lab
from dashboard.models import Run


def current_runs() -> QuerySet[Run]:
    return Run.objects.filter(lab=lab().name)


def name_run(name: str, began: datetime, ended: datetime | None, by: str) -> Run:
    """Without an end it is a moment. Raises `IntegrityError` for an end before its beginning."""
    return Run.objects.create(
        name=" ".join(name.split()) or suggested(began),
        lab=lab().name,
        began_at=began,
        ended_at=ended or began,
        by=by,
    )


def suggested(began: datetime) -> str:
    return f"{began:%A, %Y-%m-%d %H:%M}"
