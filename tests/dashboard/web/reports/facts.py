"""Facts of a namespace as reports take them, without a database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.assess.assessed_snapshot import AssessedSnapshot
from dashboard.assess.flow_answers import FlowAnswers
from dashboard.assess.json_columns import parse_assessment
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.models import ObservedOutcome, ProbeSign
from dashboard.web.reports.facts import ReportFacts
from netpol.assess import SCHEMA, Assessment
from netpol.model import Outcome
from tests import make

UNSEEN = ObservedFlow(ObservedOutcome.UNKNOWN, "no probe covers this flow")
CHECKED = ["default-deny", "dns", "gateway", "app-redis", "kuma", "all-flows"]
REACHED = {key: make.after(60 * minute) for minute, key in enumerate(["baseline", *CHECKED])}


def look(outcome: str = "reached", method: str = "health", **fields: Any) -> ObservedFlow:
    said: dict[str, Any] = {
        "sign": ProbeSign.NONE,
        "vantage": "outside",
        "seen": make.NOON,
        "since": make.NOON,
    }
    reason = fields.pop("reason", f"the probe saw it {outcome}")
    return ObservedFlow(ObservedOutcome(outcome), reason, method=method, **said | fields)


STATES: dict[str, tuple[AssessedSnapshot, Assessment]] = {}


def state_of(key: str, policies: tuple[make.Json, ...]) -> tuple[AssessedSnapshot, Assessment]:
    """Many facts are of the same policies."""
    if key not in STATES:
        state = make.state_of(*policies)
        STATES[key] = state, parse_assessment(state.assessment)
    return STATES[key]


def facts(
    *policies: make.Json,
    observed: Mapping[str, ObservedFlow] | None = None,
    here: Mapping[str, Outcome] | None = None,
    reached: Mapping[str, datetime] | None = None,
    environment: str = "dev",
    **fields: Any,
) -> ReportFacts:
    """With these policies, looked through without a finding, on the lab's stand-ins."""
    state, assessment = state_of(repr(policies), policies)
    snapshot = models.Snapshot(
        first_seen=make.NOON,
        last_seen=make.after(600),
        policy_set=models.PolicySet(digest="p", manifests=state.policies),
        pod_shapes=models.PodShapes(digest="s", shapes=[]),
        assessment=models.StoredAssessment(digest="a", body=state.assessment, schema=SCHEMA),
    )
    looks = dict(observed or {})
    answers = {
        flow.name: FlowAnswers(
            flow,
            predicted := assessment.find_flow(flow.name).predicted,
            looks.get(flow.name, UNSEEN),
            (here or {}).get(flow.name, predicted),
        )
        for flow in active_lab().flows
    }
    namespace = models.Namespace(
        name=f"student-ada-{environment}", student="ada", environment=environment
    )
    given: dict[str, Any] = {
        "snapshot": snapshot,
        "assessment": assessment,
        "answers": answers,
        "reached": REACHED if reached is None else reached,
        "pods": {},
        "monitors": [],
        "findings": [],
    }
    return ReportFacts(namespace, make.after(600), **given | fields)
