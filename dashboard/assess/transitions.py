"""Which way a flow turned from one state to another."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from netpol.diff.assessments import OPENNESS
from netpol.lab import Lab
from netpol.model import Outcome


class FlowTransition(StrEnum):
    """Those that a reader looks for come first."""

    OPENED = "opened"
    CLOSED = "closed"
    UNCLEAR = "unclear"
    UNCHANGED = "unchanged"


def classify_transition(before: Outcome, after: Outcome) -> FlowTransition:
    """Partly open counts as half; what was or is not known has no direction."""
    if before is after:
        return FlowTransition.UNCHANGED
    if Outcome.UNKNOWN in (before, after):
        return FlowTransition.UNCLEAR
    return FlowTransition.OPENED if OPENNESS[after] > OPENNESS[before] else FlowTransition.CLOSED


def list_transitions(
    lab: Lab, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[str, FlowTransition]]:
    """Of two summaries, each flow that both know, in the lab's order: JSON keeps none."""
    then, now = before["flows"], after["flows"]
    both = [flow.name for flow in lab.flows if flow.name in then and flow.name in now]
    return [(flow, classify_transition(Outcome(then[flow]), Outcome(now[flow]))) for flow in both]
