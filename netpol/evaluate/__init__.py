"""May this endpoint open that connection, and why.

decide     one connection, with the reasons of both ends
isolating  the policies that isolate a pod in one direction
matches    whether a selector selects labels
verdict    `decide`, for many connections: from the `Gate` of each end
"""

from netpol.evaluate.selection import find_isolating_policies, selector_matches
from netpol.evaluate.verdict import PolicyGate, decide_connection, decide_gates

__all__ = [
    "PolicyGate",
    "decide_connection",
    "decide_gates",
    "find_isolating_policies",
    "selector_matches",
]
