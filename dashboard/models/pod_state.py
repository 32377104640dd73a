"""How a namespace's pods fared: no part of a snapshot, since the lab itself makes them restart."""

from django.db import models

from dashboard.models.namespace import Namespace


class PodState(models.Model):
    """A pod that looked the same from `first_seen` to `last_seen`.

    `entities` are those of the lab that it stands behind, by their names; `restarts` are as
    counted last, for a pod may restart for days and look the same.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="pod_states")
    pod = models.CharField(max_length=253)
    phase = models.CharField(max_length=20)
    ready = models.BooleanField()
    restarts = models.PositiveIntegerField()
    addresses = models.JSONField(default=list)
    entities = models.JSONField(default=list)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["pod", "-first_seen"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "pod"],
                condition=models.Q(is_open=True),
                name="one_open_state_per_pod",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pod} {self.phase}"
