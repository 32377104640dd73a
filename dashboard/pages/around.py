"""What stands around a namespace's flows: pods, Services and routes, by the entities they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.models import Namespace, PodState, RouteState, ServiceState


@dataclass(frozen=True, slots=True)
class Pods:
    """Those behind one entity."""

    ready: int
    unready: int
    restarts: int

    @property
    def none_ready(self) -> bool:
        return self.unready > 0 and not self.ready


@dataclass(frozen=True, slots=True)
class Around:
    """`services` and `routes` are those that could be seen."""

    pods: Sequence[PodState] = ()
    services: Sequence[ServiceState] = ()
    routes: Sequence[RouteState] = ()
    by_entity: Mapping[str, Pods] = field(default_factory=dict, hash=False)

    def services_of(self, entity: str) -> list[ServiceState]:
        return [service for service in self.services if entity in service.entities]

    def routes_to(self, entity: str) -> list[RouteState]:
        """By the Services that they lead to."""
        names = {service.service for service in self.services_of(entity)}
        return [route for route in self.routes if names & set(route.services)]


NOTHING_AROUND = Around()


def around(namespace: Namespace) -> Around:
    """As it is now, in three queries."""
    pods = list(namespace.pod_states.filter(is_open=True))
    return Around(
        pods,
        list(namespace.service_states.filter(is_open=True)),
        list(namespace.route_states.filter(is_open=True)),
        by_entity(pods),
    )


def by_entity(pods: Sequence[PodState]) -> dict[str, Pods]:
    entities = {entity for pod in pods for entity in pod.entities}
    return {entity: _pods([pod for pod in pods if entity in pod.entities]) for entity in entities}


def _pods(pods: Sequence[PodState]) -> Pods:
    ready = sum(pod.ready for pod in pods)
    return Pods(ready, len(pods) - ready, sum(pod.restarts for pod in pods))
