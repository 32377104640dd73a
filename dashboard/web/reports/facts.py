"""All that is known of one namespace at a moment: what reports are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.assess.changes import SnapshotChange
from dashboard.assess.fetch_problems import FetchProblem
from dashboard.assess.flow_answers import FlowAnswers
from dashboard.assess.namespace_objects import EntityPods
from dashboard.assess.steps import MarkHistory
from dashboard.models import Monitor, Namespace, Snapshot
from netpol.assess import Assessment
from netpol.model import Outcome

StoredFinding = Mapping[str, Any]
"""A finding, as `netpol.json_output` writes it."""
OUTAGE = "the whole class had lost it then"
PLUGIN = "this cluster's network plugin is known to block it, whatever the policies say"
NOT_READ_THEN = "The namespace was not read by then."
OLD = "Another version of the dashboard assessed this state."


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Without a `snapshot` nothing was recorded by then; `assessment` is `None` where another
    version made it.

    `pods` are by the entity that they stand for, `None` where they were not seen then. So is it
    with `monitors`, whose past is not kept, and with `findings` of a state not looked through.
    `outages` are the flows that the whole class had lost.
    """

    namespace: Namespace
    moment: datetime
    snapshot: Snapshot | None = None
    assessment: Assessment | None = None
    answers: Mapping[str, FlowAnswers] = field(default_factory=dict)
    reached: Mapping[str, datetime] = field(default_factory=dict)
    pods: Mapping[str, EntityPods] | None = None
    monitors: Sequence[Monitor] | None = None
    findings: Sequence[StoredFinding] | None = None
    outages: frozenset[str] = frozenset()
    marks: Mapping[str, MarkHistory] = field(default_factory=dict)
    student_name: str = ""
    section: str = ""
    unread: FetchProblem | None = None
    """Why it could not be read at the moment, so that all else is older than it looks."""
    lost: Mapping[str, SnapshotChange] = field(default_factory=dict)
    """By what the steps ended that held once and no longer do, as far as that is known."""

    @property
    def last_seen_at(self) -> datetime | None:
        """When the state was last seen to hold, up to the moment; `None`, too, where of a moment at
        which it could not be read no more is known than that it was no later than `unread.since`.
        """
        if self.snapshot is None:
            return None
        last = min(self.snapshot.last_seen, self.moment)
        return self.unread.find_last_read(last) if self.unread else last

    @property
    def why_unknown(self) -> str:
        """Why the policies say nothing; empty where they do."""
        if self.snapshot is None:
            return NOT_READ_THEN
        return "" if self.assessment else OLD

    @property
    def policies(self) -> Sequence[Any]:
        return self.snapshot.policy_set.manifests if self.snapshot else ()

    def explain_no_fault(self, flow: str) -> str:
        """Why it would be nobody's mistake if this flow did not work; empty where it might be."""
        if flow in self.outages:
            return OUTAGE
        answers = self.answers.get(flow)
        if answers and answers.predicted is Outcome.ALLOW and answers.here is not Outcome.ALLOW:
            return PLUGIN
        return ""
