"""What is stored: a row for each change, never for each look.

Times are UTC and come from the poll or the probe that saw them, not from the row's insertion.
"""

from dashboard.models.content import PodShapes, PolicySet, StoredAssessment, SurroundingSet
from dashboard.models.diagnosis import MOST_TIERS, Diagnosis, HintOpening, HintSetting
from dashboard.models.draft import Draft
from dashboard.models.heartbeat import Heartbeat
from dashboard.models.incident import Incident, IncidentCause
from dashboard.models.monitor import Monitor, MonitorStatus
from dashboard.models.namespace import Namespace
from dashboard.models.observation import Observation, ObservedOutcome, Sign
from dashboard.models.pod_state import PodState
from dashboard.models.probe_turn import ProbeTurn
from dashboard.models.read_failure import ReadFailure
from dashboard.models.run import LONGEST_NAME, LONGEST_SCHEDULE, Run, RunOrigin, RunSchedule
from dashboard.models.service_state import RouteState, ServiceState
from dashboard.models.snapshot import Snapshot, StepReached
from dashboard.models.step_mark import StepMark
from dashboard.models.student import Student

__all__ = [
    "LONGEST_NAME",
    "LONGEST_SCHEDULE",
    "MOST_TIERS",
    "Diagnosis",
    "Draft",
    "Heartbeat",
    "HintOpening",
    "HintSetting",
    "Incident",
    "IncidentCause",
    "Monitor",
    "MonitorStatus",
    "Namespace",
    "Observation",
    "ObservedOutcome",
    "PodShapes",
    "PodState",
    "PolicySet",
    "ProbeTurn",
    "ReadFailure",
    "RouteState",
    "Run",
    "RunOrigin",
    "RunSchedule",
    "ServiceState",
    "Sign",
    "Snapshot",
    "StepMark",
    "StepReached",
    "StoredAssessment",
    "Student",
    "SurroundingSet",
]
