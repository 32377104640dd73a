"""Pods, Services and HTTPRoutes as polls saw them, as intervals of the same state.

They are no part of a snapshot: the lab itself makes pods restart.
"""

from django.db import models

from dashboard.models.interval import Interval, IntervalQuerySet
from dashboard.models.namespace import Namespace


class PodStateQuerySet(IntervalQuerySet["PodState"]):
    pass


class PodState(Interval):
    """A pod in one state.

    `entities` are the names of the lab's entities that it belongs to. `restarts` is the newest
    count: a pod may restart for days without another change.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="pod_states")
    pod = models.CharField(max_length=253)
    phase = models.CharField(max_length=20)
    ready = models.BooleanField()
    restarts = models.PositiveIntegerField()
    addresses = models.JSONField(default=list)
    entities = models.JSONField(default=list)

    objects = PodStateQuerySet.as_manager()

    class Meta:
        ordering = ["pod", "-first_seen"]
        constraints = [
            *Interval.Meta.constraints,
            models.UniqueConstraint(
                fields=["namespace", "pod"],
                condition=models.Q(is_open=True),
                name="one_open_state_per_pod",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pod} {self.phase}"


class ServiceStateQuerySet(IntervalQuerySet["ServiceState"]):
    pass


class ServiceState(Interval):
    """A Service in one state.

    `entities` are the names of the lab's entities that it selects. `ready` and `unready` count its
    endpoints, and are null where they could not be read.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="service_states")
    service = models.CharField(max_length=63)
    ports = models.JSONField(default=list)
    """`[port, target port, protocol]` for each port."""
    entities = models.JSONField(default=list)
    ready = models.PositiveIntegerField(null=True)
    unready = models.PositiveIntegerField(null=True)

    objects = ServiceStateQuerySet.as_manager()

    class Meta:
        ordering = ["service", "-first_seen"]
        constraints = [
            *Interval.Meta.constraints,
            models.UniqueConstraint(
                fields=["namespace", "service"],
                condition=models.Q(is_open=True),
                name="one_open_state_per_service",
            ),
        ]

    def __str__(self) -> str:
        return self.service


class RouteStateQuerySet(IntervalQuerySet["RouteState"]):
    pass


class RouteState(Interval):
    """An HTTPRoute in one state.

    `accepted` is whether every gateway took it, `resolved` whether its backends were found; both
    are null until a gateway has answered. `reason` is the gateway's reason for a refusal.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="route_states")
    route = models.CharField(max_length=253)
    hostnames = models.JSONField(default=list)
    services = models.JSONField(default=list)
    """The names of its backend Services."""
    accepted = models.BooleanField(null=True)
    resolved = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="")

    objects = RouteStateQuerySet.as_manager()

    class Meta:
        ordering = ["route", "-first_seen"]
        constraints = [
            *Interval.Meta.constraints,
            models.UniqueConstraint(
                fields=["namespace", "route"],
                condition=models.Q(is_open=True),
                name="one_open_state_per_route",
            ),
        ]

    def __str__(self) -> str:
        return self.route
