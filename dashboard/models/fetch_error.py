"""What polls could not read, since when, and why."""

from django.db import models
from django.db.models import Q

from dashboard.models.interval import Interval, IntervalQuerySet
from dashboard.models.namespace import Namespace


class FetchErrorQuerySet(IntervalQuerySet["FetchError"]):
    pass


class FetchError(Interval):
    """Polls could not read a namespace, or without a namespace the whole class, for one reason.

    `last_seen` is when a poll could read it again, found another reason, or found it gone.
    `failing_since` is when the first of the reasons in a row began.
    """

    namespace = models.ForeignKey(
        Namespace, models.CASCADE, related_name="fetch_errors", null=True, blank=True
    )
    reason = models.TextField()
    failing_since = models.DateTimeField()

    objects = FetchErrorQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen"]
        constraints = [
            *Interval.Meta.constraints,
            models.UniqueConstraint(
                fields=["namespace"],
                condition=Q(is_open=True),
                name="one_open_fetch_error_per_namespace",
            ),
            models.UniqueConstraint(
                fields=["is_open"],
                condition=Q(is_open=True, namespace=None),
                name="one_open_fetch_error_of_the_class",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.namespace_id or 'all'} from {self.first_seen:%F %T}"
