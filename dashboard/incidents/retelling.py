"""What policies took from a namespace, told anew: after its past was assessed anew.

State by state, as polls tell it (see `recording`). What looks told, and outages, stays: nobody can
look at the past again.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from dashboard.current import lab
from dashboard.incidents.history import BACK, Looks, history, looks_of, spans_of
from dashboard.incidents.losses import by_policies
from dashboard.incidents.recording import told_of
from dashboard.incidents.working import BY_LOOKS, CLOSED, History, Span, wanted, works_again
from dashboard.models import Incident, Observation, Snapshot
from netpol.lab import Flow, Lab
from netpol.model import Outcome

COLUMNS = ("cause", "policies", "reason", "worked_at", "closed_at")


def retell(namespace: int, begin: datetime, left: Collection[int] = ()) -> int:
    """Of what was lost at `begin` or later; the answer is how many incidents are others now.

    `left` are the snapshots of which nothing new is known: what was told of them stays.
    """
    rows = Snapshot.objects.filter(
        Q(last_seen__gte=begin - BACK) | Q(is_open=True), namespace=namespace
    )
    spans = spans_of(rows, settings.CNI_PROFILE)[namespace]
    if not spans:
        return 0
    flows = [flow.name for flow in wanted(lab())]
    known = list(
        Incident.objects.filter(
            Q(closed_at=None) | Q(closed_at__gte=begin - BACK),
            namespace=namespace,
            opened_at__lte=spans[-1].since,
        )
    )
    old = [
        each
        for each in known
        if each.flow in flows
        and each.opened_at >= begin
        and each.cause not in BY_LOOKS
        and not _speaks_of(each, spans, left)
    ]
    replay = _Replay(lab(), namespace, spans, [each for each in known if each not in old])
    for number, span in enumerate(spans):
        replay.step(number, tell=span.since >= begin)
    lasting = {each.flow for each in replay.stay if each.closed_at is None}
    told = [each for each in replay.told if each.closed_at or each.flow not in lasting]
    return _replace(old, told)


def _speaks_of(incident: Incident, spans: Sequence[Span], left: Collection[int]) -> bool:
    begun = [span.since for span in spans]
    held = (bisect_right(begun, at) for at in (incident.worked_at, incident.opened_at))
    return any(place > 0 and spans[place - 1].key in left for place in held)


@dataclass(slots=True)
class _Replay:
    """`stay` are the incidents that are not told anew, `told` those that are."""

    lab: Lab
    namespace: int
    spans: Sequence[Span]
    stay: Sequence[Incident]
    told: list[Incident] = field(default_factory=list)
    before: dict[str, Outcome] = field(default_factory=dict)
    """What each flow came to when that was last known."""
    looks: Looks | None = None
    """Read where they are needed first: most namespaces lost nothing."""

    def step(self, number: int, *, tell: bool) -> None:
        """What one state took, and what was back in it."""
        span = self.spans[number]
        lost = any(
            span.outcome(flow.name) in CLOSED and self.before.get(flow.name) is Outcome.ALLOW
            for flow in wanted(self.lab)
        )
        if lost and tell:
            found = by_policies(self.lab, {self.namespace: self._history(span.since)})
            self.told += [told_of(each) for each in found]
        for incident in self.told:
            if incident.closed_at is None and span.outcome(incident.flow) is Outcome.ALLOW:
                incident.closed_at = self._over(number, incident)
        known = {flow: says for flow, says in span.flows.items() if says is not Outcome.UNKNOWN}
        self.before |= known

    def _over(self, number: int, incident: Incident) -> datetime | None:
        """At the beginning of the state, or once a look at the flow no longer sees it fail."""
        flow = self.lab.flow(incident.flow)
        for moment in self._moments(number, flow):
            if over := works_again(self._history(moment), flow, incident):
                return over
        return None

    def _moments(self, number: int, flow: Flow) -> Iterator[datetime]:
        begin = self.spans[number].since
        end = self.spans[number + 1].since if number + 1 < len(self.spans) else None
        yield begin
        rows = self._looks().get(flow.name, ())
        seen = sorted({at for row in rows for at in (row.first_seen, row.last_seen)})
        for at in seen[bisect_right(seen, begin) :]:
            if end and at >= end:
                return
            yield at

    def _history(self, at: datetime) -> History:
        known = [each for each in (*self.stay, *self.told) if each.opened_at <= at]
        return history(self.lab, at, settings.CNI_PROFILE, self.spans, self._looks(), known)

    def _looks(self) -> Looks:
        if self.looks is None:
            begin = self.spans[0].since - BACK
            rows = Observation.objects.filter(namespace=self.namespace, last_seen__gte=begin)
            self.looks = looks_of(lab(), rows)[self.namespace]
        return self.looks


def _replace(old: Sequence[Incident], told: Sequence[Incident]) -> int:
    """What is told as before is not touched: a poll may close it just now."""
    known = {(each.flow, each.opened_at): each for each in old}
    again = {(each.flow, each.opened_at): each for each in told}
    gone = [known[key].pk for key in known.keys() - again.keys()]
    changed = [
        (known[key].pk, columns)
        for key in known.keys() & again.keys()
        if (columns := _columns(again[key])) != _columns(known[key])
    ]
    Incident.objects.filter(pk__in=gone).delete()
    for key, columns in changed:
        Incident.objects.filter(pk=key).update(**columns)
    new = [again[key] for key in sorted(again.keys() - known.keys())]
    Incident.objects.bulk_create(new, ignore_conflicts=True)
    return len(gone) + len(changed) + len(new)


def _columns(incident: Incident) -> dict[str, object]:
    return {column: getattr(incident, column) for column in COLUMNS}
