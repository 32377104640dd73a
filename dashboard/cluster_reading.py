"""What a poll reads, as frozen values. Of a pod's spec they hold only the ports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from netpol.evaluate import selector_matches
from netpol.lab import Lab, NamespaceOwner
from netpol.model import LabeledNamespace, Pod, Protocol, UnsupportedPolicy
from netpol.parse import Json


@dataclass(frozen=True, slots=True)
class PodReading:
    pod: Pod
    phase: str
    ready: bool
    restarts: int


@dataclass(frozen=True, slots=True)
class ServiceReading:
    """`entities` are the names of the lab's entities that it selects.

    `ready` and `unready` count the endpoints behind it; `None` if they could not be read.
    """

    name: str
    ports: tuple[tuple[int, int | str, Protocol], ...]
    entities: tuple[str, ...]
    ready: int | None = None
    unready: int | None = None


@dataclass(frozen=True, slots=True)
class RouteReading:
    """An HTTPRoute; `accepted` and `resolved` are `None` while gateways have not said so.

    `reason` is a gateway's reason for a refusal, else empty.
    """

    name: str
    hostnames: tuple[str, ...]
    services: tuple[str, ...]
    accepted: bool | None
    resolved: bool | None
    reason: str = ""


class ProberOutcome(StrEnum):
    """The outcome of a prober's attempt to connect."""

    CONNECTED = "connected"
    REFUSED = "refused"
    SERVICE_REFUSED = "service-refused"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    NO_NAME = "no-name"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ProberFlow:
    outcome: ProberOutcome
    latency_ms: int


@dataclass(frozen=True, slots=True)
class ProberReport:
    """The report of a prober with the labels of `entity`; the kubelet saw it end `at`.

    `fault` is what is wrong with its message; then nothing of it is believed.
    """

    entity: str
    at: datetime
    flows: Mapping[str, ProberFlow] = field(hash=False)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class NamespaceReading:
    """A student's namespace; `manifests` are its policies, each with name and spec only.

    `services` and `routes` are `None` if they could not be read. `reports` are those of the
    course's own probers in the namespace.
    """

    namespace: LabeledNamespace
    owner: NamespaceOwner
    pods: tuple[PodReading, ...]
    manifests: tuple[Json, ...]
    services: tuple[ServiceReading, ...] | None = None
    routes: tuple[RouteReading, ...] | None = None
    reports: tuple[ProberReport, ...] = ()


@dataclass(frozen=True, slots=True)
class NamespaceFetchError:
    """A student's namespace that exists but could not be read; `reason` says what to do."""

    namespace: LabeledNamespace
    owner: NamespaceOwner
    reason: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides verdicts outside the students' namespaces."""

    namespaces: tuple[LabeledNamespace, ...] = ()
    pods: tuple[Pod, ...] = ()
    unsupported: tuple[UnsupportedPolicy, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterReading:
    """A class at the moment `at`, when the poll began to read.

    `missing_rights` are RBAC rules as YAML; `notes` say what the verdicts assume because it could
    not be read.
    """

    at: datetime
    namespaces: tuple[NamespaceReading | NamespaceFetchError, ...]
    surroundings: Surroundings = Surroundings()
    missing_rights: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_entity_names(lab: Lab, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the student's entities that a pod with these labels is."""
    return tuple(
        entity.name
        for entity in lab.entities
        if entity.is_student_entity
        and entity.selector
        and selector_matches(entity.selector, labels)
    )
