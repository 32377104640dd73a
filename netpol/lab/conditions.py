"""What a lab file asks for: by which a step is recognised, the checklist and the rubric."""

from dataclasses import dataclass
from enum import StrEnum

RUBRIC_POINTS = 100
"""The points of a rubric."""


@dataclass(frozen=True, slots=True)
class NoPolicySelects:
    """Holds while no policy selects any pod: the later steps end it."""


@dataclass(frozen=True, slots=True)
class EveryPodIsolated:
    """Holds while each pod of the namespace is isolated for ingress and for egress."""


@dataclass(frozen=True, slots=True)
class FlowsAsExpected:
    """Holds while each of these flows is as expected, and a rule admits each open one."""

    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Policies cannot show it; `reason` says why."""

    reason: str


Detector = NoPolicySelects | EveryPodIsolated | FlowsAsExpected | NotChecked


class CheckSource(StrEnum):
    """What shows that an item of the checklist holds; the value is the field of the lab file."""

    PODS_READY = "pods_ready"
    """Each of the named entities has pods, and all of them are ready."""
    POLICIES_EXIST = "policies_exist"
    """The namespace has a NetworkPolicy: somebody was able to create one."""
    FLOWS_REACHED = "flows_reached"
    """Probes saw each of the named flows reached."""
    PROBE = "probe"
    """The named probe saw each of its flows reached."""
    MONITORS = "monitors"
    """The student's Uptime Kuma has a monitor for each named probe's URL, and it is up."""
    STEP = "step"
    """The named step holds."""
    NOT_CHECKED = "not_checked"
    """Nothing does; the item's `reason` says why."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """An item of the exercise's own checklist, under the heading `group`."""

    key: str
    title: str
    group: str
    source: CheckSource
    names: tuple[str, ...] = ()
    reason: str = ""


class CriterionMeasure(StrEnum):
    """What earns a share of a criterion's points; the value is the field of the lab file."""

    FLOWS = "flows"
    """Each named flow that is as expected, and that a rule admits if it is open."""
    OBSERVED = "observed"
    """Each named flow that is as expected, also by a probe."""
    STEPS = "steps"
    """Each named step that holds."""
    REACHED = "reached"
    """Each named step that held once, at a known time."""
    KEPT = "kept"
    """Each named step that was reached and still holds."""
    CHECKLIST = "checklist"
    """Each named item of the checklist."""
    WITHOUT = "without"
    """Each named finding code that the policies do not have."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """`points` are spread evenly over `names`, without those that cannot be judged."""

    key: str
    title: str
    points: int
    measure: CriterionMeasure
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RubricArea:
    """A part of the rubric, worth as many points as its criteria."""

    name: str
    criteria: tuple[Criterion, ...]

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.criteria)
