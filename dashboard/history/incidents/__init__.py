"""Incidents: flows that the lab wants open, that worked and no longer did.

Decided from what polls and probes have recorded, right after they did, where something changed.
"""

from dashboard.history.incidents.recording import after_looks, after_poll
from dashboard.history.incidents.retelling import Past, retell

__all__ = ["Past", "after_looks", "after_poll", "retell"]
