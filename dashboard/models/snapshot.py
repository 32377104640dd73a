"""The states a namespace was in, and since when."""

from datetime import datetime
from typing import Self

from django.db import models

from dashboard.models.namespace import Namespace


class PolicySet(models.Model):
    """Canonical policies, stored once however many snapshots and students share them."""

    digest = models.CharField(max_length=64, primary_key=True)
    manifests = models.JSONField()

    def __str__(self) -> str:
        return self.digest[:12]


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def at(self, moment: datetime) -> Self:
        """The snapshots that had begun by then, newest first."""
        return self.filter(first_seen__lte=moment).order_by("-first_seen")

    def light(self) -> Self:
        """Without the columns that only the namespace's own pages read."""
        return self.defer("assessment", "pods")


class Snapshot(models.Model):
    """A state of one namespace that held from `first_seen` to `last_seen`, times of polls."""

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="snapshots")
    policy_set = models.ForeignKey(PolicySet, models.PROTECT, related_name="snapshots")
    digest = models.CharField(max_length=64)
    pods = models.JSONField()
    assessment = models.JSONField()
    summary = models.JSONField()
    """What a list of many snapshots shows: see `dashboard.polling.state.summary`."""
    mistakes = models.JSONField(null=True)
    """`None` until the state is diagnosed: see `dashboard.polling.mistakes`."""
    schema = models.PositiveSmallIntegerField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace"],
                condition=models.Q(is_open=True),
                name="one_open_snapshot_per_namespace",
            ),
            models.UniqueConstraint(
                fields=["namespace", "first_seen"], name="one_snapshot_per_namespace_and_poll"
            ),
            models.CheckConstraint(
                condition=models.Q(last_seen__gte=models.F("first_seen")),
                name="snapshot_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.namespace_id} from {self.first_seen:%F %T}"


class StepReached(models.Model):
    """When a namespace first held a step of the lab."""

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="steps_reached")
    step = models.CharField(max_length=63)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "step"], name="a_step_is_first_reached_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} at {self.at:%F %T}"
