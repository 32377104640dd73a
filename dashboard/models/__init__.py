"""What is stored: a row for each change, never for each look.

Times are UTC and come from the poll or the probe that saw them, not from the row's insertion.
"""

from dashboard.models.diagnosis import MOST_TIERS, Diagnosis, HintOpening, HintSetting
from dashboard.models.draft import Draft
from dashboard.models.heartbeat import Heartbeat
from dashboard.models.monitor import Monitor, MonitorStatus
from dashboard.models.namespace import Namespace
from dashboard.models.observation import Observation, ObservedOutcome, Sign
from dashboard.models.pod_state import PodState
from dashboard.models.probe_turn import ProbeTurn
from dashboard.models.service_state import RouteState, ServiceState
from dashboard.models.snapshot import PolicySet, Snapshot, StepReached

__all__ = [
    "MOST_TIERS",
    "Diagnosis",
    "Draft",
    "Heartbeat",
    "HintOpening",
    "HintSetting",
    "Monitor",
    "MonitorStatus",
    "Namespace",
    "Observation",
    "ObservedOutcome",
    "PodState",
    "PolicySet",
    "ProbeTurn",
    "RouteState",
    "ServiceState",
    "Sign",
    "Snapshot",
    "StepReached",
]
