"""Decides whether an incident of many is an outage: the cluster's fault, not theirs. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.assess.probe_votes import result_lifetime
from dashboard.models import IncidentCause

AT_ONCE = timedelta(minutes=1)
SPREAD = timedelta(minutes=10)
"""Two losses further apart than this do not belong to one outage."""
FEWEST = 5
SHARE = 4
"""One in so many namespaces, at least, in which the flow had worked."""
NOT_THEIRS = (
    IncidentCause.NOT_THE_POLICIES,
    IncidentCause.SURROUNDINGS_CHANGED,
    IncidentCause.OUTAGE,
)
"""A change of their own policies or pods is never an outage, however many make it at once."""


@dataclass(frozen=True, slots=True)
class OutageLoss:
    """A namespace lost the flow at some time between these two, as far as anybody looked."""

    namespace: int
    worked_at: datetime
    opened_at: datetime

    @property
    def earliest(self) -> datetime:
        """Who was not looked at for long may have lost it at any time: that is no coincidence."""
        return max(self.worked_at, self.opened_at - result_lifetime())


def pick_simultaneous(losses: Sequence[OutageLoss]) -> list[OutageLoss]:
    """The largest group of losses that may have happened within one minute."""
    if not losses:
        return []
    starts = sorted(loss.earliest - AT_ONCE for loss in losses)
    ends = sorted(loss.opened_at for loss in losses)
    # A minute that begins at `start` touches all that began before it and had not ended.
    start = max(starts, key=lambda at: bisect_right(starts, at) - bisect_left(ends, at))
    return [loss for loss in losses if loss.earliest - AT_ONCE <= start <= loss.opened_at]


def is_outage(losses: Sequence[OutageLoss], worked_for: int) -> bool:
    """`worked_for` counts the namespaces in which the flow had worked."""
    lost = len({loss.namespace for loss in losses})
    return lost >= FEWEST and lost * SHARE >= worked_for
