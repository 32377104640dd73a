"""May this endpoint open that connection, and why."""

from netpol.evaluate.matching import find_isolating_policies, selector_matches
from netpol.evaluate.verdict import PolicyGate, decide_connection, decide_gates

__all__ = [
    "PolicyGate",
    "decide_connection",
    "decide_gates",
    "find_isolating_policies",
    "selector_matches",
]
