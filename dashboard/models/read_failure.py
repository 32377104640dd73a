"""What could not be read, since when until when, and why."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from dashboard.models.namespace import Namespace


class ReadFailureQuerySet(models.QuerySet["ReadFailure"]):
    def holding(self, moment: datetime) -> Self:
        """Those that lasted at a moment."""
        return self.filter(Q(is_open=True) | Q(last_seen__gt=moment), first_seen__lte=moment)


class ReadFailure(models.Model):
    """Polls could not read a namespace, for one reason; without a namespace, the whole class.

    It lasts from `first_seen` until it is over, which it is at `last_seen`: when a poll could read
    it again, found another reason, or found it gone. `failing_since` is when it began, for whatever
    reason.
    """

    namespace = models.ForeignKey(
        Namespace, models.CASCADE, related_name="read_failures", null=True, blank=True
    )
    reason = models.TextField()
    failing_since = models.DateTimeField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    objects = ReadFailureQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace"],
                condition=Q(is_open=True),
                name="one_open_failure_per_namespace",
            ),
            models.UniqueConstraint(
                fields=["is_open"],
                condition=Q(is_open=True, namespace=None),
                name="one_open_failure_of_the_whole_class",
            ),
            models.CheckConstraint(
                condition=Q(last_seen__gte=F("first_seen")), name="a_failure_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.namespace_id or 'all'} from {self.first_seen:%F %T}"
