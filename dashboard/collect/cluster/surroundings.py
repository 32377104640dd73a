"""What lies around the students' namespaces and has a say in their verdicts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from dashboard.collect.cluster.connection import Connection, Refused
from dashboard.collect.cluster.listing import items
from dashboard.collect.cluster.places import Answer, Answers
from dashboard.health.work import ProgressCallback
from dashboard.reading import Surroundings, namespace_of, pod_reading
from netpol.evaluate import selector_matches
from netpol.kinds import UNSUPPORTED, ObjectKind
from netpol.lab import Entity, Lab
from netpol.model import Pod, UnsupportedPolicy
from netpol.parse import InvalidManifestError, Json


@dataclass(frozen=True, slots=True)
class Around:
    """`notes` say what is taken for granted because it could not be seen."""

    surroundings: Surroundings
    notes: tuple[str, ...]
    forbidden: tuple[ObjectKind, ...]


def homes(lab: Lab, listed: Mapping[str, Json]) -> list[str]:
    """The namespaces, other than students', where pods of the lab's entities live."""
    named = {entity.namespace for entity in lab.entities if entity.selector}
    return [name for name in listed if name in named]


def around(
    connection: Connection,
    lab: Lab,
    listed: Mapping[str, Json],
    pods: Answers,
    report_progress: ProgressCallback,
) -> Around:
    notes: list[str] = []
    behind = [pod for entity in lab.entities for pod in _behind(entity, pods, notes)]
    answers = {kind: _list(connection, kind, report_progress) for kind in UNSUPPORTED}
    hidden = {kind: answer for kind, answer in answers.items() if isinstance(answer, Refused)}
    if hidden:
        names = ", ".join(f"{kind.plural}.{kind.group}" for kind in hidden)
        notes.append(f"Not visible: {names}. The verdicts assume that there are none.")
    return Around(
        Surroundings(
            tuple(namespace_of(listed[name])[0] for name in homes(lab, listed)),
            tuple(behind),
            tuple(_unsupported(answers)),
        ),
        tuple(notes),
        tuple(kind for kind, why in hidden.items() if why.status == HTTPStatus.FORBIDDEN),
    )


def _behind(entity: Entity, pods: Answers, notes: list[str]) -> Iterator[Pod]:
    """The pods outside the students' namespaces that are this entity."""
    answer = pods.get(entity.namespace or "", [])
    if entity.selector is None:
        return
    if isinstance(answer, Refused):
        notes.append(f"{entity.title} is a stand-in: pods in {entity.namespace} are not visible.")
        return
    for manifest in answer:
        try:
            reading = pod_reading(manifest)
        except InvalidManifestError as invalid:
            notes.append(f"{entity.title} is without a pod that is malformed: {invalid}")
            continue
        if reading and selector_matches(entity.selector, reading.pod.labels):
            yield reading.pod


def _list(connection: Connection, kind: ObjectKind, report_progress: ProgressCallback) -> Answer:
    try:
        return items(connection, kind.list_path(), report_progress)
    except Refused as refusal:
        return refusal if _is_installed(connection, kind, refusal) else []


def _is_installed(connection: Connection, kind: ObjectKind, refusal: Refused) -> bool:
    """A server forbids before it looks whether there is such a kind; that, anybody may ask."""
    if refusal.status != HTTPStatus.FORBIDDEN:
        return refusal.status != HTTPStatus.NOT_FOUND
    try:
        served = connection.get(kind.api_path, {})
    except Refused as unknown:
        return unknown.status != HTTPStatus.NOT_FOUND
    return any(resource.get("name") == kind.plural for resource in served.get("resources") or ())


def _unsupported(answers: Mapping[ObjectKind, Answer]) -> Iterator[UnsupportedPolicy]:
    for kind, answer in answers.items():
        if not isinstance(answer, Refused):
            for metadata in (item["metadata"] for item in answer):
                yield UnsupportedPolicy(kind.name, str(metadata["name"]), metadata.get("namespace"))
