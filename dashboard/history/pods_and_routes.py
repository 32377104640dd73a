"""How pods and what leads to them fare, as intervals: a new row where one looks different."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dashboard.active_lab import active_lab
from dashboard.cluster_reading import (
    NamespaceReading,
    PodReading,
    RouteReading,
    ServiceReading,
    find_entity_names,
)
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import PodState, RouteState, ServiceState
from dashboard.models.interval import BATCH, IntervalQuerySet

StateColumns = dict[str, Any]
"""The columns of a row that say how something looks."""
COUNTED = {"restarts"}
"""Columns that count on while it looks the same: some pods restart for days."""
ColumnsByName = dict[tuple[int, str], StateColumns]
"""By namespace and name."""
Row = Any
"""One of the three: what they have in common are their columns' names."""
States = IntervalQuerySet[PodState] | IntervalQuerySet[ServiceState] | IntervalQuerySet[RouteState]


def record_pods_and_routes(at: datetime, readings: Mapping[int, NamespaceReading]) -> None:
    """The readings are of all namespaces that could be read, by their keys.

    Where Services or routes could not be seen, those that were known are over: nobody knows.
    """
    pods: ColumnsByName = {}
    services: ColumnsByName = {}
    routes: ColumnsByName = {}
    for key, reading in readings.items():
        pods |= {(key, each.pod.name): _describe_pod(each) for each in reading.pods}
        services |= {(key, each.name): _describe_service(each) for each in reading.services or ()}
        routes |= {(key, each.name): _describe_route(each) for each in reading.routes or ()}
    _record_rows(at, PodState.objects.all(), "pod", readings, pods)
    _record_rows(at, ServiceState.objects.all(), "service", readings, services)
    _record_rows(at, RouteState.objects.all(), "route", readings, routes)


def _describe_pod(reading: PodReading) -> StateColumns:
    return {
        "phase": reading.phase,
        "ready": reading.ready,
        "restarts": reading.restarts,
        "addresses": [str(address) for address in reading.pod.addresses],
        "entities": list(find_entity_names(active_lab(), reading.pod.labels)),
    }


def _describe_service(reading: ServiceReading) -> StateColumns:
    return {
        "ports": [list(port) for port in reading.ports],
        "entities": list(reading.entities),
        "ready": reading.ready,
        "unready": reading.unready,
    }


def _describe_route(reading: RouteReading) -> StateColumns:
    return {
        "hostnames": list(reading.hostnames),
        "services": list(reading.services),
        "accepted": reading.accepted,
        "resolved": reading.resolved,
        "reason": reading.reason,
    }


def _record_rows(
    at: datetime,
    rows: States,
    name: str,
    readings: Mapping[int, NamespaceReading],
    looks: ColumnsByName,
) -> None:
    """A row that was seen later stays as it is; so does one of a namespace that was not read."""
    same: list[int] = []
    counted: list[Row] = []
    over: dict[int, int] = {}
    for row in rows.filter(is_open=True):
        key = (row.namespace_id, getattr(row, name))
        if row.last_seen >= at:
            looks.pop(key, None)
        elif key in looks and not (turned := _list_changed_columns(row, looks[key])) - COUNTED:
            if turned:
                counted.append(_update_counts(row, looks[key]))
            looks.pop(key)
            same.append(row.pk)
        elif row.namespace_id in readings:
            over[row.pk] = row.namespace_id
    rows.extend_to(at, same)
    if counted:
        unless_later = rows.filter(last_seen__lte=at)
        unless_later.bulk_update(counted, COUNTED, batch_size=BATCH)
    if over or looks:
        _replace_rows(at, rows, name, [*over], looks)
        changed = {*over.values(), *(namespace for namespace, _ in looks)}
        publish_news(at, map(NamespaceNews, changed))


def _list_changed_columns(row: Row, look: StateColumns) -> set[str]:
    return {column for column, value in look.items() if getattr(row, column) != value}


def _update_counts(row: Row, look: StateColumns) -> Row:
    for column in COUNTED & look.keys():
        setattr(row, column, look[column])
    return row


def _replace_rows(
    at: datetime, rows: States, name: str, over: Sequence[int], looks: ColumnsByName
) -> None:
    """Of two polls at once the constraint takes the rows of one."""
    model: Any = rows.model
    begun = [
        model(**{"namespace_id": namespace, name: what, "first_seen": at, "last_seen": at} | look)
        for (namespace, what), look in looks.items()
    ]
    with transaction.atomic():
        rows.close_at(at, over)
        model.objects.bulk_create(begun, batch_size=BATCH, ignore_conflicts=True)
