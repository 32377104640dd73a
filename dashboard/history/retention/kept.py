"""What pruning leaves alone: runs, incidents, and the moments that evidence speaks of."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dashboard.history.retention.rule import Spans
from dashboard.models import Draft, HintOpening, Incident, Run, StepMark, StepReached

AROUND = timedelta(minutes=10)
"""What was seen so long before and after a moment may be what it is judged by."""
FOREVER = datetime.max.replace(tzinfo=UTC)
Span = tuple[datetime, datetime]
Kept = dict[int | None, list[Span]]
"""By namespace; under `None` what is so for all of them."""


def kept_of() -> Kept:
    spans: defaultdict[int | None, list[Span]] = defaultdict(list)
    for began, ended in Run.objects.values_list("began_at", "ended_at"):
        spans[None].append(_wide(began, ended or FOREVER))
    for namespace, begin, end in _of_namespaces():
        spans[namespace].append(_wide(begin, end))
    return dict(spans)


def spans(kept: Kept, namespace: int) -> Spans:
    return Spans([*kept.get(None, ()), *kept.get(namespace, ())])


def _of_namespaces() -> Iterator[tuple[int, datetime, datetime]]:
    incidents = Incident.objects.values_list("namespace", "worked_at", "opened_at", "closed_at")
    for namespace, worked, opened, closed in incidents:
        yield namespace, min(worked, opened), max(worked, opened)
        if closed:
            yield namespace, closed, closed
    for model in (StepReached, StepMark, HintOpening, Draft):
        for namespace, at in model.objects.values_list("namespace", "at"):
            yield namespace, at, at
    for namespace, taken_back in StepMark.objects.values_list("namespace", "taken_back_at"):
        if taken_back:
            yield namespace, taken_back, taken_back


def _wide(begin: datetime, end: datetime) -> Span:
    return begin - AROUND, end if end == FOREVER else end + AROUND
