"""Incidents: flows that the lab wants open, that worked and no longer did.

Decided from what polls and probes have recorded, right after they did, where something changed.
"""

from dashboard.history.incidents.recording import record_after_poll, record_after_probes
from dashboard.history.incidents.retelling import Past, retell

__all__ = ["Past", "record_after_poll", "record_after_probes", "retell"]
