"""The frozen values that a lab file says: entities, flows, steps and probes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from netpol.lab.detectors import Detector, NoPolicySelects
from netpol.lab.grading import ChecklistItem, RubricArea
from netpol.lab.ownership import NamespacePattern
from netpol.model import Endpoint, Outcome, OutsideAddress, Pod, Protocol, Selector
from netpol.parse import Json


@dataclass(frozen=True, slots=True)
class Entity:
    """A party of the lab: the pods that `selector` finds in `namespace`, or a stand-in.

    `namespace` is `None` for the student's own; without a `selector` it is always a stand-in. Its
    pods become ready only while the flows in `ready_needs` are open.
    """

    name: str
    title: str
    namespace: str | None
    selector: Selector | None
    placeholder: Pod | OutsideAddress
    namespace_labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    ready_needs: tuple[str, ...] = ()

    @property
    def is_student_entity(self) -> bool:
        return self.namespace is None and isinstance(self.placeholder, Pod)

    @property
    def is_gateway(self) -> bool:
        """Whether it stands for what a Gateway or Ingress forwards."""
        return isinstance(self.placeholder, Pod) and self.placeholder.gateway

    def home_namespace(self, namespace: str) -> str:
        """The namespace it lives in, when the student's is `namespace`."""
        if self.namespace == namespace:
            # The student may be called like the other student of the lab file.
            return f"not-{namespace}"
        return self.namespace or namespace

    def placeholder_in(self, namespace: str) -> Endpoint:
        """Who is assumed where no pod is found, when the student's namespace is `namespace`."""
        if isinstance(self.placeholder, OutsideAddress):
            return self.placeholder
        return replace(self.placeholder, namespace=self.home_namespace(namespace))


@dataclass(frozen=True, slots=True)
class Flow:
    """A connection that the lab wants open or closed. `report` is whether Part 9 counts it."""

    name: str
    source: str
    destination: str
    port: int
    protocol: Protocol
    expected: Outcome
    is_reported: bool = True

    @property
    def ends(self) -> tuple[str, str]:
        return self.source, self.destination


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the lab, recognised by what the policies mean, never by their names.

    Who is at it for longer than `stuck_after` counts as stuck; nobody does where it is `None`.
    """

    key: str
    title: str
    part: int
    detector: Detector
    stuck_after: timedelta | None = None

    @property
    def is_lasting(self) -> bool:
        """Whether it still holds at the end of the lab; the baseline is only ever reached."""
        return not isinstance(self.detector, NoPolicySelects)


class ProbeReading(StrEnum):
    """How a probe's answer is to be read."""

    APP_HEALTH = "app-health"
    APP_VISITS = "app-visits"
    UPTIME_KUMA = "uptime-kuma"


class ProbeRole(StrEnum):
    """What a reading can tell about the path behind the URL."""

    APP = "app"
    DNS = "dns"
    REDIS = "redis"
    INTERNET = "internet"


@dataclass(frozen=True, slots=True)
class Probe:
    """A URL whose answer shows what the flows in `flows` do, for the students' `environment`.

    Of an Uptime Kuma the URL is its root, `slug` the name of its status page where it cannot be
    asked for, and `monitors` tells by a monitor's name which other probe asks the same URL.
    """

    name: str
    url: str
    environment: str
    reading: ProbeReading
    flows: Mapping[ProbeRole, str] = field(hash=False)
    slug: str = ""
    monitors: Mapping[str, str] = field(default_factory=dict, hash=False)

    def url_for(self, student: str) -> str:
        return self.url.replace("{student}", student)


@dataclass(frozen=True, slots=True)
class Lab:
    """`name` is the file's; pods that `probers` selects stand behind no entity.

    Without a `rubric` nothing is worth points.
    """

    name: str
    title: str
    namespaces: NamespacePattern
    entities: tuple[Entity, ...]
    flows: tuple[Flow, ...]
    steps: tuple[Step, ...]
    probes: tuple[Probe, ...]
    probers: Selector | None
    solution: tuple[Json, ...] = field(hash=False)
    checklist: tuple[ChecklistItem, ...] = ()
    rubric: tuple[RubricArea, ...] = ()

    def find_entity(self, name: str) -> Entity:
        return {entity.name: entity for entity in self.entities}[name]

    def find_flow(self, name: str) -> Flow:
        return {flow.name: flow for flow in self.flows}[name]

    @property
    def reported_flows(self) -> tuple[Flow, ...]:
        """The flows of the lab's own report, in its order."""
        return tuple(flow for flow in self.flows if flow.is_reported)
