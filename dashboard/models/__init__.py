"""The tables: a row for each change, never for each poll. `docs/database.md` lists them.

Times are UTC, and come from the poll or the probe, not from the row's insertion.
"""

from dashboard.models.content import PodShapes, PolicySet, StoredAssessment, SurroundingSet
from dashboard.models.diagnosis import MOST_TIERS, HintOpening, HintSetting, StoredDiagnosis
from dashboard.models.draft import Draft
from dashboard.models.fetch_error import FetchError
from dashboard.models.heartbeat import Heartbeat, ProbeTurn
from dashboard.models.incident import Incident, IncidentCause
from dashboard.models.monitor import Monitor, MonitorStatus
from dashboard.models.namespace import Namespace
from dashboard.models.observation import (
    Observation,
    ObservationKey,
    ObservedOutcome,
    ProbeSign,
)
from dashboard.models.pods_and_routes import PodState, RouteState, ServiceState
from dashboard.models.run import LONGEST_NAME, Run, RunOrigin
from dashboard.models.snapshot import Snapshot
from dashboard.models.steps import StepMark, StepReached
from dashboard.models.student import Student

__all__ = [
    "LONGEST_NAME",
    "MOST_TIERS",
    "Draft",
    "FetchError",
    "Heartbeat",
    "HintOpening",
    "HintSetting",
    "Incident",
    "IncidentCause",
    "Monitor",
    "MonitorStatus",
    "Namespace",
    "Observation",
    "ObservationKey",
    "ObservedOutcome",
    "PodShapes",
    "PodState",
    "PolicySet",
    "ProbeSign",
    "ProbeTurn",
    "RouteState",
    "Run",
    "RunOrigin",
    "ServiceState",
    "Snapshot",
    "StepMark",
    "StepReached",
    "StoredAssessment",
    "StoredDiagnosis",
    "Student",
    "SurroundingSet",
]
