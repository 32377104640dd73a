"""Flows that worked and no longer did."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Cast

from dashboard.models.namespace import Namespace


class IncidentCause(models.TextChoices):
    """What broke the flow; an `OUTAGE` is not the student's fault."""

    POLICY_ADDED = "policy-added"
    POLICY_CHANGED = "policy-changed"
    POLICY_REMOVED = "policy-removed"
    PODS_CHANGED = "pods-changed"
    SURROUNDINGS_CHANGED = "surroundings-changed"
    NOT_THE_POLICIES = "not-the-policies"
    OUTAGE = "outage"


CHANGE_COLUMNS = ("namespace_id", "opened_at", "cause", "outage_at", "outage_of", "description")
"""What incidents of one change have in common."""
DESCRIPTION = Case(
    When(cause=IncidentCause.NOT_THE_POLICIES, then=F("reason")),
    When(cause=IncidentCause.OUTAGE, then=Value("")),
    default=Cast("policies", TextField()),
    output_field=TextField(),
)


class IncidentQuerySet(models.QuerySet["Incident"]):
    def opened_by(self, moment: datetime) -> Self:
        """Annotated with the columns of `CHANGE`."""
        return self.filter(opened_at__lte=moment).annotate(description=DESCRIPTION)

    def of_namespace(self, namespace: Namespace, moment: datetime) -> Self:
        return self.opened_by(moment).filter(namespace=namespace).select_related("namespace")


def open_at(moment: datetime) -> Q:
    return Q(closed_at=None) | Q(closed_at__gt=moment)


class Incident(models.Model):
    """A flow last worked at `worked_at`, and first failed at `opened_at`.

    `closed_at` is when it first worked again, `None` while it does not.

    Incidents of one outage share a flow and `outage_at`, when the outage began; `outage_of` counts
    the namespaces in which the flow had worked.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="incidents")
    flow = models.CharField(max_length=100)
    cause = models.CharField(max_length=30, choices=IncidentCause)
    policies = models.JSONField(default=list)
    """The names of the policies that were added, changed or removed."""
    reason = models.CharField(max_length=300, blank=True, default="")
    worked_at = models.DateTimeField()
    opened_at = models.DateTimeField(db_index=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outage_at = models.DateTimeField(null=True, blank=True)
    outage_of = models.PositiveIntegerField(null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

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
                name="incident_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow}: {self.cause}"
