"""Assessments and pod shapes as JSON columns, there and back."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from dashboard.active_lab import active_lab
from dashboard.cluster_reading import Surroundings
from dashboard.models import Snapshot
from netpol.assess import SCHEMA, Assessment
from netpol.canonical_policies import compute_digest
from netpol.lab import Entity
from netpol.model import (
    GENERATED_LABELS,
    ContainerPort,
    LabeledNamespace,
    Pod,
    Protocol,
    UnsupportedPolicy,
)
from netpol.parse import Json

_ASSESSMENT = TypeAdapter(Assessment)


def dump_assessment(assessment: Assessment) -> dict[str, Any]:
    dumped: dict[str, Any] = _ASSESSMENT.dump_python(assessment, mode="json")
    return dumped


def parse_assessment(stored: Mapping[str, Any]) -> Assessment:
    """Raises pydantic's `ValidationError` for an assessment of another schema."""
    return _ASSESSMENT.validate_python(stored)


def load_assessment(snapshot: Snapshot) -> Assessment | None:
    """`None` where another version of the dashboard assessed it; the next poll does it anew."""
    stored = snapshot.assessment
    return parse_assessment(stored.body) if stored.schema == SCHEMA else None


def compute_diagnosis_key(
    policies: Sequence[Json], assessment: Mapping[str, Any], pods: Iterable[Mapping[str, Any]]
) -> str:
    """The same for all whose policies, assessment and pods are the same, but for labels that no
    policy speaks of: the student's own login is one.
    """
    spoken = json.dumps([*policies, *active_lab().solution])
    shapes = [
        {
            **pod,
            "labels": {
                key: value for key, value in pod["labels"].items() if json.dumps(key) in spoken
            },
        }
        for pod in pods
    ]
    return compute_digest([policies, assessment, shapes])


def dump_shapes(pods: Iterable[Pod]) -> list[dict[str, Any]]:
    """The distinct shapes of pods: what policies see of them but for who and where they are."""
    shapes = [_dump_shape(pod) for pod in pods]
    distinct = {repr(shape): shape for shape in shapes}
    return [distinct[key] for key in sorted(distinct)]


def load_shapes(stored: Iterable[Mapping[str, Any]], namespace: str) -> tuple[Pod, ...]:
    """A pod of each shape, under a name that no real pod has, without addresses."""
    return tuple(
        Pod(
            namespace,
            f"shape-{number}",
            shape["labels"],
            tuple(
                ContainerPort(port["name"], port["number"], Protocol(port["protocol"]))
                for port in shape["ports"]
            ),
            host_network=shape["host_network"],
        )
        for number, shape in enumerate(stored, 1)
    )


def _dump_shape(pod: Pod) -> dict[str, Any]:
    return {
        "labels": {
            key: pod.labels[key] for key in sorted(pod.labels) if key not in GENERATED_LABELS
        },
        "ports": [
            {"name": port.name, "number": port.number, "protocol": port.protocol.value}
            for port in sorted(pod.ports, key=repr)
        ],
        "host_network": pod.host_network,
    }


def dump_surroundings(surroundings: Surroundings, namespace: str) -> dict[str, Any]:
    """What of them has a say in this namespace's verdicts."""
    return {
        "namespaces": [[each.name, dict(each.labels)] for each in surroundings.namespaces],
        "pods": {
            each.name: dump_shapes(pod for pod in surroundings.pods if pod.namespace == each.name)
            for each in surroundings.namespaces
        },
        "unsupported": [
            [each.kind, each.name, each.namespace is not None]
            for each in surroundings.unsupported
            if each.namespace in (None, namespace)
        ],
    }


def load_surroundings(stored: Mapping[str, Any], namespace: str) -> Surroundings:
    return Surroundings(
        tuple(LabeledNamespace(name, labels) for name, labels in stored["namespaces"]),
        tuple(pod for home, shapes in stored["pods"].items() for pod in load_shapes(shapes, home)),
        tuple(
            UnsupportedPolicy(kind, name, namespace if is_local else None)
            for kind, name, is_local in stored["unsupported"]
        ),
    )


def build_service_manifests(
    name: str, ports: Iterable[Sequence[Any]], entities: Iterable[str]
) -> Iterator[Json]:
    """A Service as it is written: for each entity that it selects, with the labels of that one.

    Of each of the `ports` the first two are the Service's own and the pod's.
    """
    known = {entity.name: entity for entity in active_lab().entities}
    forwarded = [{"port": port, "targetPort": target} for port, target, *_ in ports]
    for entity in entities:
        if entity in known:
            spec = {"selector": _list_labels(known[entity]), "ports": forwarded}
            yield {"metadata": {"name": name}, "spec": spec}


def _list_labels(entity: Entity) -> dict[str, str]:
    requirements = entity.selector.requirements if entity.selector else ()
    return {each.key: each.values[0] for each in requirements if len(each.values) == 1}
