"""What stands around a namespace's flows: pods, Services and routes, by the entities they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings

from dashboard.models import PodState, RouteState, ServiceState

POLL_TOLERANCE = 4 * timedelta(seconds=settings.POLL_SECONDS)
"""What was seen no longer ago than this had not gone yet, as far as anybody could tell."""


@dataclass(frozen=True, slots=True)
class EntityPods:
    """Those behind one entity."""

    ready: int
    unready: int
    restarts: int

    @property
    def is_none_ready(self) -> bool:
        return self.unready > 0 and not self.ready


@dataclass(frozen=True, slots=True)
class NamespaceObjects:
    """`services` and `routes` are those that could be seen."""

    pods: Sequence[PodState] = ()
    services: Sequence[ServiceState] = ()
    routes: Sequence[RouteState] = ()
    pods_by_entity: Mapping[str, EntityPods] = field(default_factory=dict, hash=False)

    def find_services(self, entity: str) -> list[ServiceState]:
        return [service for service in self.services if entity in service.entities]

    def find_routes(self, entity: str) -> list[RouteState]:
        """By the Services that they lead to."""
        names = {service.service for service in self.find_services(entity)}
        return [route for route in self.routes if names & set(route.services)]


NO_OBJECTS = NamespaceObjects()


ObjectRow = TypeVar("ObjectRow", PodState, RouteState, ServiceState)


def pick_present(rows: Iterable[ObjectRow], at: datetime) -> list[ObjectRow]:
    """Those that were there at the newest look before a moment.

    A look leaves its time with all that it saw, so what ended before the newest trace was gone.
    """
    known = list(rows)
    newest = max((_find_last_trace(row, at) for row in known), default=at)
    return [row for row in known if row.last_seen >= newest]


def _find_last_trace(row: PodState | RouteState | ServiceState, at: datetime) -> datetime:
    return row.last_seen if row.last_seen <= at else row.first_seen


def group_pods(pods: Sequence[PodState]) -> dict[str, EntityPods]:
    entities = {entity for pod in pods for entity in pod.entities}
    return {
        entity: _count_pods([pod for pod in pods if entity in pod.entities]) for entity in entities
    }


def _count_pods(pods: Sequence[PodState]) -> EntityPods:
    ready = sum(pod.ready for pod in pods)
    return EntityPods(ready, len(pods) - ready, sum(pod.restarts for pod in pods))
