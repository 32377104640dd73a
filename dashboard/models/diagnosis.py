"""What is wrong with a snapshot and its smallest fix, and the hints that were opened about it."""

from django.db import models

from dashboard.models.fields import CompressedJSON
from dashboard.models.namespace import Namespace

MOST_TIERS = 3


class StoredDiagnosis(models.Model):
    """Root causes, findings and the fix, shared by all snapshots with this key.

    See `dashboard.assess.json_columns.compute_diagnosis_key`.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    causes = CompressedJSON()
    findings = CompressedJSON()
    edits = CompressedJSON()
    policies = CompressedJSON()
    """The whole policy set after the fix, canonical."""
    why_not = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "diagnoses"

    def __str__(self) -> str:
        return self.digest[:12]


class HintOpening(models.Model):
    """Somebody opened a tier of the hints about one root cause."""

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="hints_opened")
    cause = models.CharField(max_length=64)
    tier = models.PositiveSmallIntegerField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "cause", "tier"], name="one_opening_per_hint"
            ),
        ]

    def __str__(self) -> str:
        return f"tier {self.tier} by {self.by}"


class HintSetting(models.Model):
    """How many hint tiers students may open in a lab, by the lab's name."""

    lab = models.CharField(max_length=100, primary_key=True)
    tiers = models.PositiveSmallIntegerField(default=MOST_TIERS)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tiers__lte=MOST_TIERS), name="at_most_three_tiers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lab}: {self.tiers}"
