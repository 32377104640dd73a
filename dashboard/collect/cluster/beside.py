"""What leads to a class's pods: Services, their endpoints, and HTTPRoutes, as far as readable."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from dashboard.collect.cluster.connection import ClusterError, Connection, Refused
from dashboard.collect.cluster.kinds import BESIDE, ROUTES, SERVICES, SLICES
from dashboard.collect.cluster.places import Answers, by_namespace
from dashboard.health.work import ProgressCallback
from dashboard.reading import (
    PodReading,
    RouteReading,
    ServiceReading,
    route_reading,
    service_readings,
)
from netpol.kinds import ObjectKind
from netpol.lab import Lab
from netpol.parse import Json

PATIENCE = 10
"""So many namespaces, from all over the class, are tried before a kind counts as forbidden."""


@dataclass(frozen=True, slots=True)
class Beside:
    """`answers` lack the kinds that nobody may read, or that are not installed."""

    answers: Mapping[ObjectKind, Answers]
    notes: tuple[str, ...]
    forbidden: tuple[ObjectKind, ...]

    def services(
        self, lab: Lab, namespace: str, pods: Sequence[PodReading], probers: Collection[str]
    ) -> tuple[ServiceReading, ...] | None:
        listed = self._listed(SERVICES, namespace)
        if listed is None:
            return None
        return service_readings(lab, listed, self._listed(SLICES, namespace), pods, probers)

    def routes(self, namespace: str) -> tuple[RouteReading, ...] | None:
        listed = self._listed(ROUTES, namespace)
        return None if listed is None else tuple(map(route_reading, listed))

    def _listed(self, kind: ObjectKind, namespace: str) -> list[Json] | None:
        answer = self.answers.get(kind, {}).get(namespace)
        return answer if isinstance(answer, list) else None


def beside(
    connection: Connection, names: Sequence[str], report_progress: ProgressCallback
) -> Beside:
    """None of it is needed for a verdict, so nothing here makes a poll fail."""
    answers: dict[ObjectKind, Answers] = {}
    refusals: dict[ObjectKind, Refused] = {}
    broken: list[str] = []
    for kind in BESIDE:
        try:
            answers[kind] = by_namespace(
                connection, kind, names, report_progress, patience=PATIENCE
            )
        except Refused as refusal:
            if refusal.status != HTTPStatus.NOT_FOUND:
                refusals[kind] = refusal
        except ClusterError as error:
            broken.append(f"Not visible: {_called(kind)}. {error}")
    hidden = ", ".join(map(_called, refusals))
    unseen = f"Not visible: {hidden}. Whether they let traffic through to ready pods is not known."
    return Beside(
        answers,
        (*([unseen] if refusals else []), *broken),
        tuple(kind for kind, why in refusals.items() if why.status == HTTPStatus.FORBIDDEN),
    )


def _called(kind: ObjectKind) -> str:
    return f"{kind.plural}.{kind.group}".rstrip(".")
