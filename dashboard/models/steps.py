"""Steps of the lab: when each was first reached, and what instructors marked as done."""

from datetime import datetime
from typing import Self

from django.db import models

from dashboard.models.namespace import Namespace


class StepReached(models.Model):
    """When a namespace first reached a step of the lab."""

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="steps_reached")
    step = models.CharField(max_length=63)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "step"], name="one_first_time_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.step} at {self.at:%F %T}"


class StepMarkQuerySet(models.QuerySet["StepMark"]):
    def made_by(self, moment: datetime | None = None) -> Self:
        """The marks that had been made by a moment, by default now, oldest first."""
        rows = self if moment is None else self.filter(at__lte=moment)
        return rows.order_by("at", "pk")

    def holding(self, moment: datetime | None = None) -> Self:
        """The marks that nobody had taken back by a moment."""
        standing = models.Q(taken_back_at=None)
        if moment is not None:
            standing |= models.Q(taken_back_at__gt=moment)
        return self.made_by(moment).filter(standing)


class StepMark(models.Model):
    """An instructor marked a step as done at `at`, and may have taken that back later.

    No row is deleted: pages of the past show the marks of their moment.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="step_marks")
    step = models.CharField(max_length=63)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    taken_back_by = models.CharField(max_length=150, blank=True, default="")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = StepMarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "step"],
                condition=models.Q(taken_back_at=None),
                name="one_open_mark_per_step",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_at=None)
                | models.Q(taken_back_at__gte=models.F("at")),
                name="mark_is_taken_back_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} by {self.by}"

    def holds_at(self, moment: datetime) -> bool:
        return self.at <= moment and (self.taken_back_at is None or self.taken_back_at > moment)
