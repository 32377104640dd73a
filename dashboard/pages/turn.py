"""Which way a flow turned from one state to another."""

from enum import StrEnum

from netpol.difference import OPENNESS
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
