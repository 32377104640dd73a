"""May this endpoint open that connection, and why.

decide     one connection, with the reasons of both ends
isolating  the policies that isolate a pod in one direction
matches    whether a selector selects labels
verdict    `decide`, for many connections: from the `Gate` of each end
"""

from netpol.evaluate.selection import isolating, matches
from netpol.evaluate.verdict import Gate, decide, verdict

__all__ = ["Gate", "decide", "isolating", "matches", "verdict"]
