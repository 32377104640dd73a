"""The values of an assessment."""

from dataclasses import dataclass

from netpol.model import Outcome, Profile, Verdict

SCHEMA = 3
"""Grows with every change of the shape or the meaning of `Assessment`."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """The outcome where a network plugin deviates from the API's text, and why.

    `remedy` is a manifest (YAML, without a namespace) that makes the plugin do what the policies
    mean; empty where there is none.
    """

    profile: Profile
    outcome: Outcome
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class FlowAssessment:
    """What the policies say of one flow; `verdicts` are the distinct ones of all its pairs of pods.

    `predicted` follows the API's text; `deviations` are the profiles whose outcome differs.
    """

    flow: str
    expected: Outcome
    predicted: Outcome
    verdicts: tuple[Verdict, ...]
    explanation: str
    deviations: tuple[Deviation, ...] = ()

    def outcome_under(self, profile: Profile) -> Outcome:
        """The outcome in a cluster whose network plugin has this profile."""
        found = self.deviation_under(profile)
        return found.outcome if found else self.predicted

    def deviation_under(self, profile: Profile) -> Deviation | None:
        return next((each for each in self.deviations if each.profile is profile), None)

    @property
    def is_met(self) -> bool:
        return self.predicted is self.expected

    @property
    def headline(self) -> str:
        """The explanation's first sentence. Policy names hold no space, so none can end it."""
        sentence, _, rest = self.explanation.partition(". ")
        return f"{sentence}." if rest else sentence


@dataclass(frozen=True, slots=True)
class StepAssessment:
    """`holds` is `None` where it is unknown; `policies` are those that make the step hold."""

    step: str
    holds: bool | None
    evidence: str
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """Equal policies and pods of equal shape give equal assessments, for every student.

    So an assessment holds no name of the student's namespace or of a pod, no address and no number
    of pods. `placeholders` names the entities without a pod.
    """

    lab: str
    flows: tuple[FlowAssessment, ...]
    steps: tuple[StepAssessment, ...]
    placeholders: tuple[str, ...]

    def find_flow(self, name: str) -> FlowAssessment:
        return {flow.flow: flow for flow in self.flows}[name]

    def find_step(self, key: str) -> StepAssessment:
        return {step.step: step for step in self.steps}[key]

    @property
    def flows_met(self) -> int:
        """The number of flows that are as the lab expects."""
        return sum(flow.is_met for flow in self.flows)
