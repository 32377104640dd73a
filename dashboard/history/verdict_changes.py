"""Tells open pages which verdicts a poll found changed, while it still records the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from dashboard.assess.snapshot_content import State
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import Snapshot, StoredAssessment

EVERY = 0.25
"""Seconds: a class takes longer to record than its first student should have to wait."""


@dataclass(frozen=True, slots=True)
class Turned:
    """From the snapshot that was open, if there was one, to a new state."""

    over: Snapshot | None
    state: State


class News:
    """What was recorded since the last time that pages were told."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._turned: dict[int, Turned] = {}
        self._told = monotonic()

    def add(self, namespace: int, turned: Turned) -> None:
        self._turned[namespace] = turned
        if monotonic() - self._told > EVERY:
            self.tell()

    def tell(self) -> None:
        publish_news(self._at, changes(self._turned))
        self._turned.clear()
        self._told = monotonic()


def changes(turned: Mapping[int, Turned]) -> Iterator[NamespaceNews]:
    before = _flows({each.over.assessment_id for each in turned.values() if each.over})
    for namespace, each in turned.items():
        known = before.get(each.over.assessment_id, {}) if each.over else {}
        now = each.state.summary["flows"]
        flows = {flow: says for flow, says in now.items() if known.get(flow) != says}
        yield NamespaceNews(namespace, flows, each.state.summary["met"])


def _flows(assessments: set[str]) -> dict[str, dict[str, str]]:
    rows = StoredAssessment.objects.filter(pk__in=assessments).values_list("pk", "summary")
    return {key: summary["flows"] for key, summary in rows}
