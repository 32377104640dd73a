"""Flows that worked and no longer did."""

from django.db import models

from dashboard.models.namespace import Namespace


class IncidentCause(models.TextChoices):
    """By what an incident is recognised; `OUTAGE` is no fault of the student's."""

    POLICY_ADDED = "policy-added"
    POLICY_CHANGED = "policy-changed"
    POLICY_REMOVED = "policy-removed"
    PODS_CHANGED = "pods-changed"
    SURROUNDINGS_CHANGED = "surroundings-changed"
    NOT_THE_POLICIES = "not-the-policies"
    OUTAGE = "outage"


class Incident(models.Model):
    """A flow was last seen to work at `worked_at`, and first seen not to at `opened_at`.

    `closed_at` is when it was first seen to work again; `None` while it does not.

    Those of one outage have a flow and `outage_at` in common: since when it has been lost by many,
    of `outage_of` for whom it had worked.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="incidents")
    flow = models.CharField(max_length=100)
    cause = models.CharField(max_length=30, choices=IncidentCause)
    policies = models.JSONField(default=list)
    """The names of those that were added, changed or removed."""
    reason = models.CharField(max_length=300, blank=True, default="")
    worked_at = models.DateTimeField()
    opened_at = models.DateTimeField(db_index=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outage_at = models.DateTimeField(null=True, blank=True)
    outage_of = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "flow"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "flow"],
                condition=models.Q(closed_at=None),
                name="one_open_incident_per_flow",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(closed_at__gte=models.F("opened_at")),
                name="an_incident_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow}: {self.cause}"
