"""What policies, pods and surroundings a namespace had, and since when."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from dashboard.models.content import PodShapes, PolicySet, StoredAssessment, SurroundingSet
from dashboard.models.interval import Interval, IntervalQuerySet
from dashboard.models.namespace import Namespace


class SnapshotQuerySet(IntervalQuerySet["Snapshot"]):
    def begun_by(self, moment: datetime) -> Self:
        """The snapshots that had begun by a moment, newest first."""
        return self.filter(first_seen__lte=moment).order_by("-first_seen")

    def holding(self, moment: datetime | None = None) -> Self:
        """The snapshot of each namespace that held at a moment, by default now."""
        if moment is None:
            return self.filter(is_open=True)
        newest = Snapshot.objects.filter(namespace=OuterRef("pk")).begun_by(moment).values("pk")[:1]
        there = Namespace.objects.present_at(moment)
        return self.filter(pk__in=there.annotate(snapshot=Subquery(newest)).values("snapshot"))

    def oldest(self) -> "Snapshot | None":
        return self.order_by("first_seen").first()

    def without_bodies(self) -> Self:
        """Without the columns that only the namespace's own pages need."""
        return self.select_related("assessment").defer("assessment__body")

    def with_contents(self) -> Self:
        return self.select_related("policy_set", "pod_shapes", "assessment")


class Snapshot(Interval):
    """The policies, pod shapes and surroundings that one namespace had over an interval.

    `step` is the key of the lab's next step, empty where none was left, and `step_since` is since
    when it was that one. A snapshot holds until the next one begins.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="snapshots")
    digest = models.CharField(max_length=64)
    policy_set = models.ForeignKey(PolicySet, models.PROTECT, related_name="snapshots")
    pod_shapes = models.ForeignKey(PodShapes, models.PROTECT, related_name="snapshots")
    surroundings = models.ForeignKey(
        SurroundingSet, models.PROTECT, related_name="snapshots", null=True
    )
    """`None` where the snapshot is older than this table."""
    assessment = models.ForeignKey(StoredAssessment, models.PROTECT, related_name="snapshots")
    mistakes = models.JSONField(null=True)
    """`None` until the snapshot is diagnosed: see `dashboard.history.mistakes`."""
    step = models.CharField(max_length=63, blank=True, default="")
    step_since = models.DateTimeField()

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen"]
        indexes = [models.Index(fields=["first_seen"], name="changes_of_the_class")]
        constraints = [
            *Interval.Meta.constraints,
            models.UniqueConstraint(
                fields=["namespace"],
                condition=Q(is_open=True),
                name="one_open_snapshot_per_namespace",
            ),
            models.UniqueConstraint(
                fields=["namespace", "first_seen"], name="one_snapshot_per_namespace_and_poll"
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
