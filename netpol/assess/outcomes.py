"""One answer for several pods."""

from collections.abc import Collection

from netpol.model import Outcome


def combine_outcomes(outcomes: Collection[Outcome]) -> Outcome:
    """One answer for several pairs: open if all are, closed if none is, else partial.

    A pair that is not known leaves the answer open only where it could still turn it.
    """
    if {Outcome.ALLOW, Outcome.DENY} <= set(outcomes):
        return Outcome.PARTIAL
    return Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else next(iter(outcomes))
