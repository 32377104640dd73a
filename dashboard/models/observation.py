"""What probes saw of a flow, as intervals of the same outcome."""

from django.db import models

from dashboard.models.namespace import Namespace


class ObservedOutcome(models.TextChoices):
    REACHED = "reached"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class Observation(models.Model):
    """A flow looked the same to one method from one vantage, from `first_seen` to `last_seen`."""

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="observations")
    flow = models.CharField(max_length=100)
    method = models.CharField(max_length=40)
    vantage = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=ObservedOutcome)
    reason = models.CharField(max_length=300)
    latency_ms = models.PositiveIntegerField(null=True)
    """Of the newest look; null where nothing answered."""
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["flow", "-last_seen"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "flow", "method", "vantage"],
                condition=models.Q(is_open=True),
                name="one_open_observation_per_flow_method_and_vantage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow}: {self.outcome}"
