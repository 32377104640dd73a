"""What an instructor says of a step that the dashboard does not check."""

from datetime import datetime
from typing import Self

from django.db import models

from dashboard.models.namespace import Namespace


class StepMarkQuerySet(models.QuerySet["StepMark"]):
    def made(self, moment: datetime | None = None) -> Self:
        """Those that there had been by a moment, by default now, oldest first."""
        rows = self if moment is None else self.filter(at__lte=moment)
        return rows.order_by("at", "pk")

    def holding(self, moment: datetime | None = None) -> Self:
        """Those that nobody had taken back by then."""
        standing = models.Q(taken_back_at=None)
        if moment is not None:
            standing |= models.Q(taken_back_at__gt=moment)
        return self.made(moment).filter(standing)


class StepMark(models.Model):
    """The step is done, by the word of `by`, from `at` until it was taken back, if it was.

    No row goes: what was said at a moment can be told ever after.
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
                name="a_step_is_marked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_at=None)
                | models.Q(taken_back_at__gte=models.F("at")),
                name="a_mark_is_taken_back_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} by {self.by}"

    def holds(self, moment: datetime) -> bool:
        return self.at <= moment and (self.taken_back_at is None or self.taken_back_at > moment)
