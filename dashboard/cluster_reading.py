"""What a poll brings back, as frozen values. Of a pod's spec nothing gets here but its ports."""

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
    """`entities` are the names of those in the lab that it selects.

    `ready` and `unready` count the endpoints behind it; `None` where they could not be seen.
    """

    name: str
    ports: tuple[tuple[int, int | str, Protocol], ...]
    entities: tuple[str, ...]
    ready: int | None = None
    unready: int | None = None


@dataclass(frozen=True, slots=True)
class RouteReading:
    """An HTTPRoute; `accepted` and `resolved` are `None` while no gateway has said so.

    `reason` is a gateway's word for a no, empty without one.
    """

    name: str
    hostnames: tuple[str, ...]
    services: tuple[str, ...]
    accepted: bool | None
    resolved: bool | None
    reason: str = ""


class ProberOutcome(StrEnum):
    """What a prober met where it tried to connect."""

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
    """What a prober with the labels of `entity` saw; `at` is when the kubelet saw it end.

    With a `fault`, what is wrong with its message, nothing of it is believed.
    """

    entity: str
    at: datetime
    flows: Mapping[str, ProberFlow] = field(hash=False)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class NamespaceReading:
    """A student's namespace; `manifests` are its policies, of each the name and the spec.

    `services` and `routes` are `None` where they could not be seen, `reports` what the course's own
    probers in the namespace left.
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
    """A student's namespace that is there but could not be read; `reason` says what to do."""

    namespace: LabeledNamespace
    owner: NamespaceOwner
    reason: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What verdicts depend on outside the students' namespaces."""

    namespaces: tuple[LabeledNamespace, ...] = ()
    pods: tuple[Pod, ...] = ()
    unsupported: tuple[UnsupportedPolicy, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterReading:
    """A class at the moment `at`, when the poll began to read.

    `missing_rights` are RBAC rules as YAML, `notes` what the verdicts take for granted because it
    could not be seen.
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
