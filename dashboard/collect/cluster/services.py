"""Fetch what leads to a class's pods: Services, their endpoints and HTTPRoutes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from dashboard.cluster_reading import PodReading, RouteReading, ServiceReading
from dashboard.collect.cluster.connection import ClusterConnection, ClusterError, ClusterRefusal
from dashboard.collect.cluster.kinds import LEADING_TO_PODS, ROUTES, SERVICES, SLICES
from dashboard.collect.cluster.lists import AnswersByNamespace, list_by_namespace
from dashboard.collect.cluster.parse.services import parse_route, parse_services
from netpol.kinds import ObjectKind
from netpol.lab import Lab
from netpol.parse import Json

PATIENCE = 10
"""Namespaces that are tried, from all over the class, before a kind counts as forbidden."""


@dataclass(frozen=True, slots=True)
class FetchedServices:
    """`answers` lack the kinds that are forbidden or not installed."""

    answers: Mapping[ObjectKind, AnswersByNamespace]
    notes: tuple[str, ...]
    forbidden: tuple[ObjectKind, ...]

    def parse_services(
        self, lab: Lab, namespace: str, pods: Sequence[PodReading], probers: Collection[str]
    ) -> tuple[ServiceReading, ...] | None:
        listed = self._objects_in(SERVICES, namespace)
        if listed is None:
            return None
        return parse_services(lab, listed, self._objects_in(SLICES, namespace), pods, probers)

    def parse_routes(self, namespace: str) -> tuple[RouteReading, ...] | None:
        listed = self._objects_in(ROUTES, namespace)
        return None if listed is None else tuple(map(parse_route, listed))

    def _objects_in(self, kind: ObjectKind, namespace: str) -> list[Json] | None:
        answer = self.answers.get(kind, {}).get(namespace)
        return answer if isinstance(answer, list) else None


def fetch_services(connection: ClusterConnection, names: Sequence[str]) -> FetchedServices:
    """No verdict needs them, so nothing here makes a poll fail."""
    answers: dict[ObjectKind, AnswersByNamespace] = {}
    refusals: dict[ObjectKind, ClusterRefusal] = {}
    broken: list[str] = []
    for kind in LEADING_TO_PODS:
        try:
            answers[kind] = list_by_namespace(connection, kind, names, patience=PATIENCE)
        except ClusterRefusal as refusal:
            if refusal.status != HTTPStatus.NOT_FOUND:
                refusals[kind] = refusal
        except ClusterError as error:
            broken.append(f"Not visible: {_resource_name(kind)}. {error}")
    hidden = ", ".join(map(_resource_name, refusals))
    unseen = f"Not visible: {hidden}. Whether they let traffic through to ready pods is not known."
    return FetchedServices(
        answers,
        (*([unseen] if refusals else []), *broken),
        tuple(kind for kind, why in refusals.items() if why.status == HTTPStatus.FORBIDDEN),
    )


def _resource_name(kind: ObjectKind) -> str:
    return f"{kind.plural}.{kind.group}".rstrip(".")
