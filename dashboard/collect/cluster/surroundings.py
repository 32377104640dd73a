"""Fetch what decides verdicts outside the students' namespaces."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from dashboard.cluster_reading import Surroundings
from dashboard.collect.cluster.connection import ClusterConnection, ClusterRefusal
from dashboard.collect.cluster.lists import AnswersByNamespace, ListAnswer, list_objects
from dashboard.collect.cluster.parse.objects import parse_listed_namespace, parse_pod_reading
from netpol.evaluate import selector_matches
from netpol.kinds import UNSUPPORTED, ObjectKind
from netpol.lab import Entity, Lab
from netpol.model import Pod, UnsupportedPolicy
from netpol.parse import InvalidManifestError, Json


@dataclass(frozen=True, slots=True)
class FetchedSurroundings:
    """`notes` say what the verdicts assume because it could not be read."""

    surroundings: Surroundings
    notes: tuple[str, ...]
    forbidden: tuple[ObjectKind, ...]


def find_entity_namespaces(lab: Lab, listed: Mapping[str, Json]) -> list[str]:
    """The namespaces, other than students', where pods of the lab's entities live."""
    named = {entity.namespace for entity in lab.entities if entity.selector}
    return [name for name in listed if name in named]


def fetch_surroundings(
    connection: ClusterConnection, lab: Lab, listed: Mapping[str, Json], pods: AnswersByNamespace
) -> FetchedSurroundings:
    notes: list[str] = []
    behind = [pod for entity in lab.entities for pod in _find_entity_pods(entity, pods, notes)]
    answers = {kind: _list_if_installed(connection, kind) for kind in UNSUPPORTED}
    hidden = {
        kind: answer for kind, answer in answers.items() if isinstance(answer, ClusterRefusal)
    }
    if hidden:
        names = ", ".join(f"{kind.plural}.{kind.group}" for kind in hidden)
        notes.append(f"Not visible: {names}. The verdicts assume that there are none.")
    return FetchedSurroundings(
        Surroundings(
            tuple(
                parse_listed_namespace(listed[name])[0]
                for name in find_entity_namespaces(lab, listed)
            ),
            tuple(behind),
            tuple(_find_unsupported(answers)),
        ),
        tuple(notes),
        tuple(kind for kind, why in hidden.items() if why.status == HTTPStatus.FORBIDDEN),
    )


def _find_entity_pods(entity: Entity, pods: AnswersByNamespace, notes: list[str]) -> Iterator[Pod]:
    """The pods outside the students' namespaces that are this entity."""
    answer = pods.get(entity.namespace or "", [])
    if entity.selector is None:
        return
    if isinstance(answer, ClusterRefusal):
        notes.append(f"{entity.title} is a placeholder: pods in {entity.namespace} cannot be read.")
        return
    for manifest in answer:
        try:
            reading = parse_pod_reading(manifest)
        except InvalidManifestError as invalid:
            notes.append(f"{entity.title} lacks a pod that is malformed: {invalid}")
            continue
        if reading and selector_matches(entity.selector, reading.pod.labels):
            yield reading.pod


def _list_if_installed(connection: ClusterConnection, kind: ObjectKind) -> ListAnswer:
    try:
        return list_objects(connection, kind.list_path())
    except ClusterRefusal as refusal:
        return refusal if _is_installed(connection, kind, refusal) else []


def _is_installed(connection: ClusterConnection, kind: ObjectKind, refusal: ClusterRefusal) -> bool:
    """A server refuses before it checks whether the kind exists; anybody may ask that."""
    if refusal.status != HTTPStatus.FORBIDDEN:
        return refusal.status != HTTPStatus.NOT_FOUND
    try:
        served = connection.get_json(kind.api_path, {})
    except ClusterRefusal as unknown:
        return unknown.status != HTTPStatus.NOT_FOUND
    return any(resource.get("name") == kind.plural for resource in served.get("resources") or ())


def _find_unsupported(answers: Mapping[ObjectKind, ListAnswer]) -> Iterator[UnsupportedPolicy]:
    for kind, answer in answers.items():
        if not isinstance(answer, ClusterRefusal):
            for metadata in (item["metadata"] for item in answer):
                yield UnsupportedPolicy(kind.name, str(metadata["name"]), metadata.get("namespace"))
