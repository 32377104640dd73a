"""Which way a flow turned from one state to another."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from netpol.diff.assessments import OPENNESS
from netpol.lab import Lab
from netpol.model import Outcome


class Turn(StrEnum):
    """Those that a reader looks for come first."""

    OPENED = "opened"
    CLOSED = "closed"
    UNCLEAR = "unclear"
    UNCHANGED = "unchanged"


def turn(before: Outcome, after: Outcome) -> Turn:
    """Partly open counts as half; what was or is not known has no direction."""
    if before is after:
        return Turn.UNCHANGED
    if Outcome.UNKNOWN in (before, after):
        return Turn.UNCLEAR
    return Turn.OPENED if OPENNESS[after] > OPENNESS[before] else Turn.CLOSED


def turns(lab: Lab, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Turn]]:
    """Of two summaries, each flow that both know, in the lab's order: JSON keeps none."""
    then, now = before["flows"], after["flows"]
    both = [flow.name for flow in lab.flows if flow.name in then and flow.name in now]
    return [(flow, turn(Outcome(then[flow]), Outcome(now[flow]))) for flow in both]
