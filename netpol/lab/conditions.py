"""What a lab file asks for: by which a step is recognised, the checklist and the rubric."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class PodsReady:
    """Each of these entities has pods, and all of them are ready."""

    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PoliciesExist:
    """The namespace has a NetworkPolicy: somebody was able to create one."""


@dataclass(frozen=True, slots=True)
class FlowsReached:
    """Probes saw each of these flows reached."""

    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProbeSucceeds:
    """This probe saw each of its flows reached."""

    probe: str


@dataclass(frozen=True, slots=True)
class MonitorsUp:
    """The student's Uptime Kuma has a monitor for each of these probes' URLs, and it is up."""

    probes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepHolds:
    step: str


CheckCondition = PodsReady | PoliciesExist | FlowsReached | ProbeSucceeds | MonitorsUp | StepHolds
CheckSource = CheckCondition | NotChecked


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """An item of the exercise's own checklist, under the heading `group`."""

    key: str
    title: str
    group: str
    source: CheckSource


@dataclass(frozen=True, slots=True)
class StepsHold:
    """A share for each of these steps that holds."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepsReached:
    """A share for each of these steps that held once, at a known time."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepsKept:
    """A share for each of these steps that was reached and still holds."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowsObserved:
    """A share for each of these flows that is as expected, by a probe, too."""

    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChecksPass:
    """A share for each of these items of the checklist."""

    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingsAbsent:
    """A share for each of these finding codes that the policies do not have."""

    codes: tuple[str, ...]


CriterionMeasure = (
    FlowsAsExpected
    | StepsHold
    | StepsReached
    | StepsKept
    | FlowsObserved
    | ChecksPass
    | FindingsAbsent
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """`points` are spread evenly over what `measure` names, but what cannot be judged."""

    key: str
    title: str
    points: int
    measure: CriterionMeasure


@dataclass(frozen=True, slots=True)
class RubricArea:
    """A part of the rubric, worth as many points as its criteria."""

    name: str
    criteria: tuple[Criterion, ...]

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.criteria)
