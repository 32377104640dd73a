"""What a poll brings back, as frozen values. Of a pod's spec nothing gets here but its ports."""

from dashboard.reading.entities import stands_for
from dashboard.reading.objects import MOST_RESTARTS, namespace_of, pod_reading, trimmed
from dashboard.reading.prober import FlowResult, ProberReport, is_prober, report
from dashboard.reading.routes import route_reading
from dashboard.reading.services import service_readings
from dashboard.reading.values import (
    ClusterReading,
    NamespaceFailure,
    NamespaceReading,
    PodReading,
    RouteReading,
    ServiceReading,
    Surroundings,
)

__all__ = [
    "MOST_RESTARTS",
    "ClusterReading",
    "FlowResult",
    "NamespaceFailure",
    "NamespaceReading",
    "PodReading",
    "ProberReport",
    "RouteReading",
    "ServiceReading",
    "Surroundings",
    "is_prober",
    "namespace_of",
    "pod_reading",
    "report",
    "route_reading",
    "service_readings",
    "stands_for",
    "trimmed",
]
