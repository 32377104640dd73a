"""Probe results of a flow, as intervals of equal results."""

from typing import NamedTuple

from django.db import models

from dashboard.models.interval import Interval, IntervalQuerySet
from dashboard.models.namespace import Namespace


class ObservedOutcome(models.TextChoices):
    REACHED = "reached"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class ProbeSign(models.TextChoices):
    """What a probe got, in a word that pages can tell apart; the reason is the sentence for it."""

    NONE = ""
    ANSWERED = "answered"
    COUNTED = "counted"
    NOT_TRIED = "not-tried"
    DROPPED = "dropped"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    DNS_FAILURE = "dns-failure"
    TLS_FAILURE = "tls-failure"
    UNREACHABLE = "unreachable"
    GATEWAY_DENIED = "gateway-denied"
    GATEWAY_NOT_CONNECTED = "gateway-not-connected"
    GATEWAY_HAS_NO_ENDPOINT = "gateway-has-no-endpoint"
    NO_ROUTE = "no-route"
    NOT_ITS_WORDS = "not-its-words"
    FORBIDDEN = "forbidden"
    OUT_OF_TIME = "out-of-time"
    KUMA_UP = "kuma-up"
    KUMA_BLIND = "kuma-blind"
    APP_DOWN = "app-down"
    KUMA_STALE = "kuma-stale"
    MALFORMED = "malformed"
    UNCLEAR = "unclear"


class ObservationQuerySet(IntervalQuerySet["Observation"]):
    pass


class ObservationKey(NamedTuple):
    """By whom a flow of a namespace was observed, and from where."""

    namespace_id: int
    flow: str
    method: str
    vantage: str


class Observation(Interval):
    """One method got the same result for a flow from one vantage.

    `looks` counts the probe results; the newest few decide.
    """

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="observations")
    flow = models.CharField(max_length=100)
    method = models.CharField(max_length=40)
    vantage = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=ObservedOutcome)
    sign = models.CharField(max_length=30, choices=ProbeSign, blank=True, default=ProbeSign.NONE)
    reason = models.CharField(max_length=300)
    latency_ms = models.PositiveIntegerField(null=True)
    """Of the newest probe result; null where nothing answered."""
    looks = models.PositiveIntegerField(default=1)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["flow", "-last_seen"]
        indexes = [models.Index(fields=["namespace", "last_seen"], name="observations_lately")]
        constraints = [
            *Interval.Meta.constraints,
            models.UniqueConstraint(
                fields=["namespace", "flow", "method", "vantage"],
                condition=models.Q(is_open=True),
                name="one_open_observation_per_flow_method_and_vantage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow}: {self.outcome}"

    @property
    def key(self) -> ObservationKey:
        return ObservationKey(self.namespace_id, self.flow, self.method, self.vantage)
