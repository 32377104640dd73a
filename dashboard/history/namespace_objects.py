"""Pods, Services and routes of a namespace as they are now, or were at a moment."""

from datetime import datetime

from dashboard.assess.around import BETWEEN_LOOKS, Around, by_entity, held
from dashboard.models import Namespace


def fetch_objects(namespace: Namespace, at: datetime | None = None) -> Around:
    """As it was at a moment, by default now, in three queries."""
    if at is None:
        pods = list(namespace.pod_states.filter(is_open=True))
        services = list(namespace.service_states.filter(is_open=True))
        routes = list(namespace.route_states.filter(is_open=True))
    else:
        lately = {"first_seen__lte": at, "last_seen__gte": at - BETWEEN_LOOKS}
        pods = held(namespace.pod_states.filter(**lately), at)
        services = held(namespace.service_states.filter(**lately), at)
        routes = held(namespace.route_states.filter(**lately), at)
    return Around(pods, services, routes, by_entity(pods))
