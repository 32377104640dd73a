"""What policies took from a namespace, told anew: after its past was assessed anew.

State by state, as polls tell it (see `recording`). What looks told, and outages, stays: nobody can
look at the past again. What is told costs as much for a state however many there are.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from django.conf import settings
from django.db.models import Q

from dashboard.active_lab import active_lab
from dashboard.history.incidents.flow_histories import BACK, build_history, load_observations
from dashboard.history.incidents.policy_losses import ContentsOf, PolicyLoss, find_policy_losses
from dashboard.history.incidents.recording import build_incident
from dashboard.history.incidents.working_flows import (
    BY_LOOKS,
    CLOSED,
    RECENT,
    NamespaceHistory,
    SnapshotSpan,
    find_recovery,
    list_wanted_flows,
)
from dashboard.models import Incident, Observation
from netpol.lab import Flow, Lab
from netpol.model import Outcome

COLUMNS = ("cause", "policies", "reason", "worked_at", "closed_at")
Looks = Mapping[str, Sequence[Sequence[Observation]]]
"""By flow those of each method from each vantage, oldest first."""


@dataclass(frozen=True, slots=True)
class Past:
    """A namespace as it is assessed now, kept already or not: its states, oldest first, when each
    step was first reached, and what the states refer to.
    """

    namespace: int
    spans: Sequence[SnapshotSpan]
    reached: Mapping[str, datetime]
    contents: ContentsOf


@dataclass(frozen=True, slots=True)
class Retold:
    """How what is kept differs from what is told now."""

    gone: Sequence[Incident]
    changed: Sequence[tuple[Incident, Mapping[str, object]]]
    new: Sequence[Incident]

    def __len__(self) -> int:
        return len(self.gone) + len(self.changed) + len(self.new)

    def keep(self) -> None:
        """What is told as before is not touched, nor what a poll has closed meanwhile."""
        Incident.objects.filter(pk__in=[each.pk for each in self.gone]).delete()
        for each, columns in self.changed:
            as_read = Incident.objects.filter(pk=each.pk, closed_at=each.closed_at)
            as_read.update(**columns)
        Incident.objects.bulk_create(self.new, ignore_conflicts=True)


def retell(past: Past, begin: datetime, left: Collection[int] = ()) -> Retold:
    """Of what was lost at `begin` or later. Nothing is written.

    `left` are the snapshots of which nothing new is known: what was told of them stays.
    """
    spans = [span for span in past.spans if span.until >= begin - BACK or span is past.spans[-1]]
    flows = [flow.name for flow in list_wanted_flows(active_lab())]
    known = list(
        Incident.objects.filter(
            Q(closed_at=None) | Q(closed_at__gte=begin - BACK),
            namespace=past.namespace,
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
    anew = {each.pk for each in old}
    replay = _Replay(active_lab(), past, spans, [each for each in known if each.pk not in anew])
    for number, span in enumerate(spans):
        replay.step(number, tell=span.since >= begin)
    lasting = {each.flow for each in replay.stay if each.closed_at is None}
    told = [each for each in replay.told if each.closed_at or each.flow not in lasting]
    return _compared(old, told)


def _speaks_of(incident: Incident, spans: Sequence[SnapshotSpan], left: Collection[int]) -> bool:
    held = (bisect_right(spans, at, key=_began) for at in (incident.worked_at, incident.opened_at))
    return any(place > 0 and spans[place - 1].key in left for place in held)


def _began(span: SnapshotSpan) -> datetime:
    return span.since


def _begun(look: Observation) -> datetime:
    return look.first_seen


@dataclass(slots=True)
class _Replay:
    """`stay` are the incidents that are not told anew, `told` those that are, and `newest` the last
    of these of each flow. States go by their numbers.
    """

    lab: Lab
    past: Past
    spans: Sequence[SnapshotSpan]
    stay: Sequence[Incident]
    told: list[Incident] = field(default_factory=list)
    newest: dict[str, Incident] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    """The last state in which it is known what a flow came to."""
    closed: dict[str, int] = field(default_factory=dict)
    """The last one in which policies closed it."""
    turns: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The last one that let it through, and the one that then closed it."""
    looks: Looks | None = None
    """Read where they are needed first: most namespaces lost nothing."""

    def step(self, number: int, *, tell: bool) -> None:
        """What one state took, and what was back in it."""
        span = self.spans[number]
        if self._turned(number) and tell:
            for each in self._lost(number):
                incident = build_incident(each)
                self.told.append(incident)
                self.newest[incident.flow] = incident
        for incident in self.newest.values():
            if incident.closed_at is None and span.outcome(incident.flow) is Outcome.ALLOW:
                incident.closed_at = self._over(number, incident)

    def _turned(self, number: int) -> bool:
        """Whether this state closes a flow that the one before let through."""
        turned = False
        for flow in (each.name for each in list_wanted_flows(self.lab)):
            outcome = self.spans[number].outcome(flow)
            if outcome is Outcome.UNKNOWN:
                continue
            if outcome in CLOSED:
                before = self.known.get(flow)
                if before is not None and self.spans[before].outcome(flow) is Outcome.ALLOW:
                    self.turns[flow] = before, number
                    turned = True
                self.closed[flow] = number
            self.known[flow] = number
        return turned

    def _lost(self, number: int) -> list[PolicyLoss]:
        """Nothing is read of what was before the states between which something turned lately."""
        at = self.spans[number].since
        lately = {
            flow: before
            for flow, (before, after) in self.turns.items()
            if at - self.spans[after].since <= RECENT
        }
        first = min(lately.values())
        past = self._history(at, self.spans[first : number + 1], lately, self.spans[first].since)
        mine = self.past.namespace
        reached = {(mine, step): at for step, at in self.past.reached.items()}
        return find_policy_losses(
            self.lab, {mine: past}, reached=lambda _: reached, contents=self.past.contents
        )

    def _over(self, number: int, incident: Incident) -> datetime | None:
        """At the beginning of the state, or once a look at the flow no longer sees it fail."""
        flow = self.lab.find_flow(incident.flow)
        spans = self.spans[self.closed[flow.name] : number + 1]
        for moment in self._moments(number, flow):
            past = self._history(moment, spans, [flow.name], spans[-1].since)
            if over := find_recovery(past, flow, incident):
                return over
        return None

    def _moments(self, number: int, flow: Flow) -> Iterator[datetime]:
        begin = self.spans[number].since
        end = self.spans[number + 1].since if number + 1 < len(self.spans) else None
        yield begin
        rows = self._looks(flow.name, begin, end)
        seen = {at for row in rows for at in (row.first_seen, row.last_seen)}
        yield from sorted(at for at in seen if at > begin and (end is None or at < end))

    def _history(
        self, at: datetime, spans: Sequence[SnapshotSpan], flows: Iterable[str], since: datetime
    ) -> NamespaceHistory:
        looks = {flow: self._looks(flow, since, at)[::-1] for flow in flows}
        told = (*self.stay, *self.newest.values())
        known = [each for each in told if each.opened_at <= at]
        return build_history(self.lab, at, settings.CNI_PROFILE, spans, looks, known)

    def _looks(self, flow: str, since: datetime, until: datetime | None) -> list[Observation]:
        """What began in between, and the one before that of each method, which may last."""
        if self.looks is None:
            self.looks = self._read()
        return list(
            chain.from_iterable(_between(rows, since, until) for rows in self.looks.get(flow, ()))
        )

    def _read(self) -> Looks:
        begin = self.spans[0].since - BACK
        rows = Observation.objects.filter(namespace=self.past.namespace, last_seen__gte=begin)
        return {
            flow: _by_method(newest_first)
            for flow, newest_first in load_observations(active_lab(), rows)[
                self.past.namespace
            ].items()
        }


def _by_method(newest_first: Sequence[Observation]) -> list[list[Observation]]:
    found: defaultdict[tuple[str, str], list[Observation]] = defaultdict(list)
    for row in reversed(newest_first):
        found[row.method, row.vantage].append(row)
    return list(found.values())


def _between(
    rows: Sequence[Observation], since: datetime, until: datetime | None
) -> Sequence[Observation]:
    first = max(bisect_left(rows, since, key=_begun) - 1, 0)
    return rows[first : bisect_right(rows, until, key=_begun) if until else None]


def _compared(old: Sequence[Incident], told: Sequence[Incident]) -> Retold:
    known = {(each.flow, each.opened_at): each for each in old}
    again = {(each.flow, each.opened_at): each for each in told}
    return Retold(
        [known[key] for key in known.keys() - again.keys()],
        [
            (known[key], columns)
            for key in known.keys() & again.keys()
            if (columns := _columns(again[key])) != _columns(known[key])
        ],
        [again[key] for key in sorted(again.keys() - known.keys())],
    )


def _columns(incident: Incident) -> dict[str, object]:
    return {column: getattr(incident, column) for column in COLUMNS}
