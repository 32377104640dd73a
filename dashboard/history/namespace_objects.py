"""Pods, Services and routes of a namespace as they are now, or were at a moment."""

from datetime import datetime

from dashboard.assess.namespace_objects import (
    POLL_TOLERANCE,
    NamespaceObjects,
    group_pods,
    pick_present,
)
from dashboard.models import Namespace


def fetch_objects(namespace: Namespace, at: datetime | None = None) -> NamespaceObjects:
    """As it was at a moment, by default now, in three queries."""
    if at is None:
        pods = list(namespace.pod_states.filter(is_open=True))
        services = list(namespace.service_states.filter(is_open=True))
        routes = list(namespace.route_states.filter(is_open=True))
    else:
        lately = {"first_seen__lte": at, "last_seen__gte": at - POLL_TOLERANCE}
        pods = pick_present(namespace.pod_states.filter(**lately), at)
        services = pick_present(namespace.service_states.filter(**lately), at)
        routes = pick_present(namespace.route_states.filter(**lately), at)
    return NamespaceObjects(pods, services, routes, group_pods(pods))
