"""The states a namespace was in, and since when."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from dashboard.models.content import PodShapes, PolicySet, StoredAssessment, SurroundingSet
from dashboard.models.namespace import Namespace


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def at(self, moment: datetime) -> Self:
        """The snapshots that had begun by then, newest first."""
        return self.filter(first_seen__lte=moment).order_by("-first_seen")

    def holding(self, moment: datetime | None = None) -> Self:
        """The one of each namespace that held at a moment, by default now."""
        if moment is None:
            return self.filter(is_open=True)
        newest = Snapshot.objects.filter(namespace=OuterRef("pk")).at(moment).values("pk")[:1]
        there = Namespace.objects.there(moment)
        return self.filter(pk__in=there.annotate(held=Subquery(newest)).values("held"))

    def oldest(self) -> "Snapshot | None":
        return self.order_by("first_seen").first()

    def light(self) -> Self:
        """Without the columns that only the namespace's own pages read."""
        return self.select_related("assessment").defer("assessment__body")

    def whole(self) -> Self:
        return self.select_related("policy_set", "pod_shapes", "assessment")


class Snapshot(models.Model):
    """A state of one namespace that held from `first_seen` to `last_seen`, times of polls.

    `step` is the key of the lab's step that was to be done in it, empty where none was left, and
    `step_since` since when it was that one.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="snapshots")
    digest = models.CharField(max_length=64)
    policy_set = models.ForeignKey(PolicySet, models.PROTECT, related_name="snapshots")
    pod_shapes = models.ForeignKey(PodShapes, models.PROTECT, related_name="snapshots")
    surroundings = models.ForeignKey(
        SurroundingSet, models.PROTECT, related_name="snapshots", null=True
    )
    """`None` where it was recorded before they were kept."""
    assessment = models.ForeignKey(StoredAssessment, models.PROTECT, related_name="snapshots")
    mistakes = models.JSONField(null=True)
    """`None` until the state is diagnosed: see `dashboard.history.mistakes`."""
    step = models.CharField(max_length=63, blank=True, default="")
    step_since = models.DateTimeField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen"]
        indexes = [models.Index(fields=["first_seen"], name="changes_of_the_class")]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace"],
                condition=Q(is_open=True),
                name="one_open_snapshot_per_namespace",
            ),
            models.UniqueConstraint(
                fields=["namespace", "first_seen"], name="one_snapshot_per_namespace_and_poll"
            ),
            models.CheckConstraint(
                condition=Q(last_seen__gte=models.F("first_seen")),
                name="snapshot_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.namespace_id} from {self.first_seen:%F %T}"

    @property
    def pods(self) -> list[dict[str, Any]]:
        shapes: list[dict[str, Any]] = self.pod_shapes.shapes
        return shapes

    @property
    def summary(self) -> dict[str, Any]:
        summary: dict[str, Any] = self.assessment.summary
        return summary


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
