"""Rows that say what held from one poll or probe to another, and may still hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

BATCH = 500
"""Rows in one statement: databases limit how many parameters it may have."""
Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class SeenQuerySet(models.QuerySet[Row_co]):
    """Rows with a `last_seen`."""

    def extend_to(self, at: datetime, keys: Sequence[int]) -> None:
        """These still held at that moment. A row that was seen later stays as it is."""
        for start in range(0, len(keys), BATCH):
            batch = self.filter(pk__in=keys[start : start + BATCH])
            batch.filter(last_seen__lt=at).update(last_seen=at)


class IntervalQuerySet(SeenQuerySet[Row_co]):
    def holding(self, moment: datetime | None = None) -> Self:
        """The intervals that held at a moment, by default now."""
        if moment is None:
            return self.filter(is_open=True)
        return self.filter(Q(is_open=True) | Q(last_seen__gt=moment), first_seen__lte=moment)

    def close_at(self, at: datetime, keys: Sequence[int]) -> None:
        """These hold no longer, unless somebody saw them later."""
        for start in range(0, len(keys), BATCH):
            batch = self.filter(pk__in=keys[start : start + BATCH])
            batch.filter(last_seen__lt=at).update(is_open=False)


class Interval(models.Model):
    """The row held from `first_seen` to `last_seen`, and still does while it `is_open`."""

    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(last_seen__gte=F("first_seen")), name="%(class)s_ends_after_it_began"
            ),
        ]
