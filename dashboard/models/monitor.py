"""The monitors of a student's Uptime Kuma, as its status page lists them."""

from django.db import models

from dashboard.models.namespace import Namespace


class MonitorStatus(models.TextChoices):
    UP = "up"
    DOWN = "down"
    PENDING = "pending"
    MAINTENANCE = "maintenance"
    NO_BEAT = "no beat"


class Monitor(models.Model):
    """One row for each monitor, overwritten by each probe.

    `watches` is the lab's probe that asks the same URL, empty where none is known. If it was
    `chosen` by an instructor, no probe overwrites it.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="monitors")
    name = models.CharField(max_length=150)
    watches = models.CharField(max_length=100, blank=True, default="")
    chosen = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=MonitorStatus)
    beat_at = models.DateTimeField(null=True)
    last_seen = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["namespace", "name"], name="one_monitor_per_name"),
        ]

    def __str__(self) -> str:
        return self.name
