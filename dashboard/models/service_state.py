"""What stands between the gateway and the pods: Services with their endpoints, and HTTPRoutes."""

from django.db import models

from dashboard.models.namespace import Namespace


class ServiceState(models.Model):
    """A Service that looked the same from `first_seen` to `last_seen`.

    `entities` are those of the lab that it selects, by their names; `ready` and `unready` count the
    endpoints behind it and are null where they could not be seen.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="service_states")
    service = models.CharField(max_length=63)
    ports = models.JSONField(default=list)
    """`[port, target port, protocol]` of each."""
    entities = models.JSONField(default=list)
    ready = models.PositiveIntegerField(null=True)
    unready = models.PositiveIntegerField(null=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["service", "-first_seen"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "service"],
                condition=models.Q(is_open=True),
                name="one_open_state_per_service",
            ),
        ]

    def __str__(self) -> str:
        return self.service


class RouteState(models.Model):
    """An HTTPRoute that looked the same from `first_seen` to `last_seen`.

    `accepted` is whether every gateway that it asks took it, `resolved` whether what it leads to
    was found; null where no gateway has said so yet. `reason` is the gateway's word for a no.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="route_states")
    route = models.CharField(max_length=253)
    hostnames = models.JSONField(default=list)
    services = models.JSONField(default=list)
    """The names of the Services that it leads to."""
    accepted = models.BooleanField(null=True)
    resolved = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["route", "-first_seen"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "route"],
                condition=models.Q(is_open=True),
                name="one_open_state_per_route",
            ),
        ]

    def __str__(self) -> str:
        return self.route
