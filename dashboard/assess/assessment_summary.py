"""An assessment in brief, shared by all namespaces with the same assessment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from netpol.lab import Flow, FlowsAsExpected, Lab, NoPolicySelects, NotChecked, Step
from netpol.model import Outcome, Profile

NO_SUMMARY: dict[str, Any] = {"flows": {}, "steps": {}, "step": "", "blocker": ""}
"""The summary of a namespace that was never read."""


@dataclass(frozen=True, slots=True, eq=False)
class AssessmentSummary:
    """`predicted` is by the API's text, `here` under this cluster's network plugin, each by flow.

    `step` is the one to do next; `None` when all that can be checked hold. `failing` are the flows
    that are not as the lab wants them though the steps up to that one ask for them.
    """

    predicted: Mapping[str, Outcome]
    predicted_here: Mapping[str, Outcome]
    holds: Mapping[str, bool | None]
    step: Step | None
    blocker: str
    met: int
    failing_flows: tuple[Flow, ...]
    has_begun: bool

    @property
    def flow_count(self) -> int:
        return len(self.predicted)

    @property
    def unmet_count(self) -> int:
        return self.flow_count - self.met


def parse_summary(lab: Lab, summary: Mapping[str, Any], profile: Profile) -> AssessmentSummary:
    """Read a stored summary for every flow of the lab, also those that it does not know."""
    flows = order_flows(lab)
    stored = summary["flows"]
    predicted = {flow.name: Outcome(stored.get(flow.name, Outcome.UNKNOWN)) for flow in flows}
    deviations = summary.get("deviations", {}).get(profile, {})
    here = {flow: Outcome(deviations.get(flow, outcome)) for flow, outcome in predicted.items()}
    holds = summary["steps"]
    step = next((step for step in list_checked_steps(lab) if not holds.get(step.key)), None)
    asked = find_due_flows(lab, step)
    unmet = [flow for flow in flows if predicted[flow.name] is not flow.expected]
    return AssessmentSummary(
        predicted,
        here,
        holds,
        step,
        summary["blocker"],
        len(flows) - len(unmet),
        tuple(flow for flow in unmet if flow.name in asked),
        any(holds.get(step.key) for step in list_checked_steps(lab))
        or not _is_at_baseline(lab, holds),
    )


def order_flows(lab: Lab) -> list[Flow]:
    """Flows to allow come first, so that a finished row is one block of each colour."""
    return sorted(lab.flows, key=lambda flow: flow.expected is not Outcome.ALLOW)


def list_checked_steps(lab: Lab) -> list[Step]:
    """The steps that last to the end of the lab and that policies can show."""
    return [
        step for step in lab.steps if step.is_lasting and not isinstance(step.detector, NotChecked)
    ]


def find_due_flows(lab: Lab, at: Step | None) -> frozenset[str]:
    """The flows that should be right at a step: those of this step and of all before it."""
    steps = list_checked_steps(lab)
    until = steps.index(at) + 1 if at else len(steps)
    return frozenset(
        flow
        for step in steps[:until]
        if isinstance(step.detector, FlowsAsExpected)
        for flow in step.detector.flows
    )


def find_asking_step(lab: Lab, flows: Iterable[str]) -> str:
    """The key of the first step that asks for one of the flows; empty where none does."""
    for step in lab.steps:
        asked = step.detector.flows if isinstance(step.detector, FlowsAsExpected) else ()
        if not set(asked).isdisjoint(flows):
            return step.key
    return ""


def _is_at_baseline(lab: Lab, holds: Mapping[str, bool | None]) -> bool:
    return any(
        holds.get(step.key) for step in lab.steps if isinstance(step.detector, NoPolicySelects)
    )
