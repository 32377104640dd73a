"""Tells open pages which verdicts a poll found changed, while it still records the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from dashboard.assess.assessed_snapshot import AssessedSnapshot
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import Snapshot, StoredAssessment

EVERY = 0.25
"""Seconds: a class takes longer to record than its first student should have to wait."""


@dataclass(frozen=True, slots=True)
class ReplacedSnapshot:
    """From the snapshot that was open, if there was one, to a new state."""

    previous: Snapshot | None
    current: AssessedSnapshot


class VerdictAnnouncer:
    """What was recorded since the last time that pages were told."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._turned: dict[int, ReplacedSnapshot] = {}
        self._told = monotonic()

    def add_change(self, namespace: int, turned: ReplacedSnapshot) -> None:
        self._turned[namespace] = turned
        if monotonic() - self._told > EVERY:
            self.publish_changes()

    def publish_changes(self) -> None:
        publish_news(self._at, list_changes(self._turned))
        self._turned.clear()
        self._told = monotonic()


def list_changes(turned: Mapping[int, ReplacedSnapshot]) -> Iterator[NamespaceNews]:
    before = _load_flows({each.previous.assessment_id for each in turned.values() if each.previous})
    for namespace, each in turned.items():
        known = before.get(each.previous.assessment_id, {}) if each.previous else {}
        now = each.current.summary["flows"]
        flows = {flow: says for flow, says in now.items() if known.get(flow) != says}
        yield NamespaceNews(namespace, flows, each.current.summary["met"])


def _load_flows(assessments: set[str]) -> dict[str, dict[str, str]]:
    rows = StoredAssessment.objects.filter(pk__in=assessments).values_list("pk", "summary")
    return {key: summary["flows"] for key, summary in rows}
