"""The page of one namespace: how far it is, what comes next, and all that leads there. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.paginator import Page

from dashboard.accounts.hints import TIERS
from dashboard.assess.flows import FlowGroup, FlowRow, FlowStatus, Placeholders, group_by_status
from dashboard.assess.manifests import PolicyAnchors, PolicyManifest
from dashboard.assess.namespace_objects import NO_OBJECTS, NamespaceObjects
from dashboard.assess.steps import StepRow, StepStatus, find_next_step
from dashboard.history.fetch_errors import PastReading
from dashboard.history.incidents.recent_outages import FlowOutage
from dashboard.models import (
    Monitor,
    Namespace,
    ObservedOutcome,
    PodState,
    RouteState,
    ServiceState,
    Snapshot,
    Student,
)
from dashboard.times.moment import NamedMoment, TimeMoment
from dashboard.web.incidents.page import NamespaceIncidents
from dashboard.web.layout.slider import Slider
from dashboard.web.namespace.hints import Advice
from dashboard.web.namespace.history import HistoryRow
from dashboard.web.namespace.timeline import HOURS, MOST_CHANGES, Timeline
from netpol.lab import FlowsAsExpected, Lab, Probe
from netpol.model import Outcome

TELLING = 3
"""Flows that pass against the policies: fewer could have reasons of their own."""


@dataclass(frozen=True, slots=True)
class NamespaceSummary:
    """`first` is the flow to look at; without one, the next step's evidence says it all.

    `unenforced` are the flows that pass though policies deny them, where no probe was ever stopped.
    `beside` says who knows of the parts that policies do not show, in a sentence each.
    """

    met: int
    contradicted: int
    hindered: int
    unenforced: int
    total: int
    next: StepRow | None
    first: FlowRow | None
    beside: tuple[str, ...] = ()


def summarize_namespace(rows: Sequence[FlowRow], steps: Sequence[StepRow]) -> NamespaceSummary:
    coming = find_next_step(steps)
    return NamespaceSummary(
        met=sum(row.is_met for row in rows),
        contradicted=sum(row.is_contradicted for row in rows),
        hindered=sum(row.status is FlowStatus.HINDERED for row in rows),
        unenforced=_count_unenforced(rows),
        total=len(rows),
        next=coming,
        first=_find_first_flow(rows, coming),
        beside=tuple(_describe_unchecked_parts(steps)),
    )


def _describe_unchecked_parts(steps: Sequence[StepRow]) -> Iterator[str]:
    marked = [row.step.part for row in steps if row.status is StepStatus.MARKED]
    unknown = [row.step.part for row in steps if row.status is StepStatus.NOT_CHECKED]
    if marked:
        yield f"{_format_parts(marked)} marked as done by an instructor."
    if unknown:
        yield f"{_format_parts(unknown)} not checked here."


def _format_parts(numbers: Sequence[int]) -> str:
    """With the verb that follows."""
    *others, last = dict.fromkeys(numbers)
    if not others:
        return f"Part {last} is"
    return f"Parts {', '.join(map(str, others))} and {last} are"


def _count_unenforced(rows: Sequence[FlowRow]) -> int:
    denied = Counter(row.observed.outcome for row in rows if row.predicted is Outcome.DENY)
    passed = denied[ObservedOutcome.REACHED]
    return passed if passed >= TELLING and not denied[ObservedOutcome.BLOCKED] else 0


def _find_first_flow(rows: Sequence[FlowRow], coming: StepRow | None) -> FlowRow | None:
    """Of the next step, what is not as the lab wants it; else what does not work all the same."""
    if coming and isinstance(coming.step.detector, FlowsAsExpected):
        flows = coming.step.detector.flows
        return next((row for row in rows if row.flow.name in flows and not row.is_met), None)
    if coming:
        return None
    return next((row for row in rows if row.is_contradicted or row.is_hindered), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedFlows:
    """What the assessment of a snapshot and its probes come to."""

    rows: Sequence[FlowRow]
    steps: Sequence[StepRow]
    placeholders: Placeholders
    is_settling: bool
    matrix: dict[str, Any]
    by_source: dict[str, Any]
    counts: Sequence[tuple[str, int, int]]

    @property
    def groups(self) -> Sequence[FlowGroup]:
        return group_by_status(self.rows)

    @property
    def verdict(self) -> NamespaceSummary:
        return summarize_namespace(self.rows, self.steps)

    @property
    def observed_count(self) -> int:
        return sum(row.observed.is_definite for row in self.rows)

    @property
    def has_bars(self) -> bool:
        return any(row.bars for row in self.rows)


@dataclass(frozen=True, slots=True)
class TimelineSection:
    timeline: Timeline
    figure: dict[str, Any]
    hours: int

    @property
    def hours_choices(self) -> list[tuple[int, str]]:
        return [
            (hours, f"{hours} h" if hours <= 24 else f"{hours // 24} days")
            for hours in sorted(HOURS)
        ]

    @property
    def most_changes(self) -> int:
        return MOST_CHANGES


@dataclass(frozen=True, slots=True)
class HistorySection:
    """`newest` is the last change before the moment that the page shows."""

    listed: Page[Snapshot]
    rows: Sequence[HistoryRow]
    newest: HistoryRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespacePage:
    """As it is now, or as it was `at` a moment; without a `snapshot` nobody had read it by then."""

    template: ClassVar[str] = "namespace/page.html"
    lab: Lab
    namespace: Namespace
    person: Student | None
    invalid: str = ""
    at: TimeMoment | None = None
    past: PastReading | None = None
    incidents: NamespaceIncidents | None = None
    not_you: Sequence[FlowOutage] = ()
    snapshot: Snapshot | None = None
    slider: Slider | None = None
    policies: Sequence[PolicyManifest] = ()
    anchors: PolicyAnchors = field(default_factory=lambda: PolicyAnchors({}))
    objects: NamespaceObjects = NO_OBJECTS
    monitors: Sequence[Monitor] = ()
    probes: Sequence[Probe] = ()
    profile: str = ""
    can_mark: bool = False
    assessed: AssessedFlows | None = None
    timeline: TimelineSection | None = None
    history: HistorySection | None = None
    advice: Advice | None = None

    @property
    def here(self) -> str:
        """The moment as an address names it."""
        return str(self.at or NamedMoment.NOW)

    @property
    def tier_choices(self) -> list[tuple[int, str]]:
        return list(enumerate(("no hint", *TIERS)))

    @property
    def pod_rows(self) -> list[tuple[PodState, str]]:
        """Each pod with the entities that it stands for."""
        return [(pod, _join(pod.entities)) for pod in self.objects.pods]

    @property
    def service_rows(self) -> list[tuple[ServiceState, str, str]]:
        """Each Service with its ports and the entities that it stands for."""
        return [
            (
                service,
                ", ".join(f"{port} → {target}" for port, target, *_ in service.ports),
                _join(service.entities),
            )
            for service in self.objects.services
        ]

    @property
    def route_rows(self) -> list[tuple[RouteState, str, str]]:
        """Each HTTPRoute with the Services it leads to and its hosts."""
        return [
            (route, ", ".join(route.services), ", ".join(route.hostnames))
            for route in self.objects.routes
        ]


def _join(names: Sequence[str]) -> str:
    return ", ".join(names) or "\N{EN DASH}"
