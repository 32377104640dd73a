"""What is stored: a row for each change, never for each look.

Times are UTC and come from the poll or the probe that saw them, not from the row's insertion.
"""

from dashboard.models.heartbeat import Heartbeat
from dashboard.models.namespace import Namespace
from dashboard.models.observation import Observation, ObservedOutcome
from dashboard.models.pod_state import PodState
from dashboard.models.snapshot import PolicySet, Snapshot, StepReached

__all__ = [
    "Heartbeat",
    "Namespace",
    "Observation",
    "ObservedOutcome",
    "PodState",
    "PolicySet",
    "Snapshot",
    "StepReached",
]
