"""What a lab file defines: entities, flows, steps and probes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from netpol.lab.conditions import ChecklistItem, Detector, NoPolicySelects, RubricArea
from netpol.lab.namespace_pattern import NamespacePattern
from netpol.model import Endpoint, Outcome, OutsideAddress, Pod, Protocol, Selector
from netpol.parse import Json


@dataclass(frozen=True, slots=True)
class Entity:
    """A party of the lab: the pods that `selector` finds in `namespace`, or else a placeholder.

    `namespace` is `None` for the student's own. Without a `selector` the entity is always its
    placeholder. Its pods become ready only while the flows in `ready_needs` are open.
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
        """The namespace of its pods; `namespace` is the student's."""
        if self.namespace == namespace:
            # The student may have the same name as the other student of the lab file.
            return f"not-{namespace}"
        return self.namespace or namespace

    def placeholder_in(self, namespace: str) -> Endpoint:
        """The endpoint to assume where there is no pod; `namespace` is the student's."""
        if isinstance(self.placeholder, OutsideAddress):
            return self.placeholder
        return replace(self.placeholder, namespace=self.home_namespace(namespace))


@dataclass(frozen=True, slots=True)
class Flow:
    """A connection that the lab wants open or closed; Part 9 counts it if it `is_reported`."""

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

    A student who stays at it for longer than `stuck_after` counts as stuck; `None` is no limit.
    """

    key: str
    title: str
    part: int
    detector: Detector
    stuck_after: timedelta | None = None

    @property
    def is_lasting(self) -> bool:
        """Whether it still holds at the end of the lab, which the baseline does not."""
        return not isinstance(self.detector, NoPolicySelects)


class ProbeReading(StrEnum):
    """The format of a probe's answer."""

    APP_HEALTH = "app-health"
    APP_VISITS = "app-visits"
    UPTIME_KUMA = "uptime-kuma"


class ProbeRole(StrEnum):
    """A part of the path behind the URL that an answer tells about."""

    APP = "app"
    DNS = "dns"
    REDIS = "redis"
    INTERNET = "internet"


@dataclass(frozen=True, slots=True)
class Probe:
    """A URL whose answer shows what the flows in `flows` do, for the students' `environment`.

    For an Uptime Kuma, `url` is its root, `slug` names the status page where Uptime Kuma does not
    tell it, and `monitors` maps a monitor's name to the probe that asks the same URL.
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
    """A lab; `name` is the file's. Pods that `probers` selects belong to no entity."""

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
