"""What a lab file says of being done: a checklist, and a rubric that spreads a hundred points."""

from dataclasses import dataclass

from netpol.lab.detectors import FlowsAsExpected, NotChecked

RUBRIC_POINTS = 100
"""The points of a rubric."""


@dataclass(frozen=True, slots=True)
class PodsReady:
    """Each of these entities has pods, and all of them are ready."""

    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PoliciesExist:
    """Somebody was able to create a NetworkPolicy."""


@dataclass(frozen=True, slots=True)
class FlowsReached:
    """Probes saw each of these flows reached."""

    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProbeSucceeds:
    """The answer of this probe shows each of its flows reached."""

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
    """A share for each of these steps that was reached and not lost again."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowsObserved:
    """A share for each of these flows that is as expected, and that a probe saw so."""

    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChecksPass:
    """A share for each of these items of the checklist."""

    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingsAbsent:
    """A share for each of these codes of findings that is not found."""

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
    """`points` are spread evenly over what `measure` names; what cannot be judged takes its own."""

    key: str
    title: str
    points: int
    measure: CriterionMeasure


@dataclass(frozen=True, slots=True)
class RubricArea:
    """A part of the rubric; its weight is that of its criteria."""

    name: str
    criteria: tuple[Criterion, ...]

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.criteria)
