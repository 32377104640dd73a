"""Whether a flow that the lab wants open worked, was lost, and works again. Pure.

It works where the policies let it through and no probe sees it blocked. It is lost

- when policies close it that a rule of them had opened, once the first step that asks for it was
  reached: what was open only because nothing was isolated is closed on purpose;
- when probes see it fail that they saw reached, and the policies let it through all the time. An
  app that its own policies made unready is none of it, until it was seen to work again.

What cannot be told neither opens an incident nor closes one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.assess.flow_answers import FlowAnswers, adjust_for_plugin
from dashboard.assess.probe_votes import (
    SETTLE,
    ObservedFlow,
    delay_after_change,
    was_probed_between,
)
from dashboard.history.observed_flows import combine_methods
from dashboard.models import Incident, IncidentCause, Observation, ObservedOutcome
from netpol.lab import Flow, Lab
from netpol.model import Outcome, Profile

BY_LOOKS = {IncidentCause.NOT_THE_POLICIES, IncidentCause.OUTAGE}
CLOSED = {Outcome.DENY, Outcome.PARTIAL}
AGAIN = timedelta(minutes=10)
"""What is seen to fail again so soon after it came back is one: an app crashes over and over."""
RECENT = timedelta(minutes=3)
"""For so long the next polls make up for one that was killed before it told what was lost."""


@dataclass(frozen=True, slots=True)
class SnapshotSpan:
    """A snapshot of the namespace, and what its policies come to under the network plugin."""

    key: int
    since: datetime
    until: datetime
    flows: Mapping[str, Outcome]

    def outcome(self, flow: str) -> Outcome:
        return self.flows.get(flow, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class NamespaceHistory:
    """A namespace up to a moment: its states, oldest first and at least one; the looks at each
    flow, newest first, and what they come to at the moment; and its incidents.
    """

    moment: datetime
    profile: Profile
    spans: Sequence[SnapshotSpan]
    observations: Mapping[str, Sequence[Observation]]
    observed: Mapping[str, ObservedFlow]
    incidents: Sequence[Incident]

    @property
    def newest(self) -> SnapshotSpan:
        return self.spans[-1]

    def list_spans_since(self, moment: datetime) -> list[SnapshotSpan]:
        """The states of which a part was after it."""
        return [span for span in self.spans if span.until >= moment]


@dataclass(frozen=True, slots=True)
class LostFlow:
    """`reason` is what a probe said of it, `before` and `after` the states that policies turned."""

    flow: str
    worked_at: datetime
    opened_at: datetime
    reason: str = ""
    closing_spans: tuple[SnapshotSpan, SnapshotSpan] | None = None


def find_closed_flow(history: NamespaceHistory, flow: str) -> LostFlow | None:
    """Lost by what is different in the newest state; why, and whether it counts, is not told."""
    decided = [span for span in history.spans if span.outcome(flow) is not Outcome.UNKNOWN]
    open_ones = [span for span in decided if span.outcome(flow) is Outcome.ALLOW]
    if not open_ones or open_ones[-1] is decided[-1]:
        return None
    before = open_ones[-1]
    after = decided[decided.index(before) + 1]
    if history.moment - after.since > RECENT:
        return None
    return LostFlow(flow, before.until, after.since, closing_spans=(before, after))


def had_failed_before(lost: LostFlow, flow: Flow, history: NamespaceHistory) -> bool:
    """Whether a probe saw already that it did not work while policies let it through."""
    assert lost.closing_spans  # noqa: S101  # narrows for mypy
    before, _ = lost.closing_spans
    begin, end = before.since + SETTLE, before.until
    rows = [
        row
        for row in history.observations.get(flow.name, ())
        if row.first_seen < end and (row.last_seen <= end or was_probed_between(row, begin, end))
    ]
    found = combine_methods(rows, before.since, end)
    return found is not None and _is_failing(flow, before, found, history.profile)


def _is_failing(flow: Flow, span: SnapshotSpan, seen: ObservedFlow, profile: Profile) -> bool:
    outcome = span.outcome(flow.name)
    return FlowAnswers(flow, outcome, seen, adjust_for_plugin(outcome, seen, profile)).is_failing


def is_failing_now(flow: Flow, history: NamespaceHistory) -> bool:
    """Whether the policies let it through and a probe sees that it does not work all the same."""
    seen = history.observed.get(flow.name)
    return seen is not None and _is_failing(flow, history.newest, seen, history.profile)


def list_wanted_flows(lab: Lab) -> list[Flow]:
    return [flow for flow in lab.flows if flow.expected is Outcome.ALLOW]


def find_failing_flows(lab: Lab, history: NamespaceHistory) -> Iterator[LostFlow]:
    """What probes see fail that they saw reached, though nobody's policies closed it."""
    down = {flow.name for flow in list_wanted_flows(lab) if is_failing_now(flow, history)}
    for flow in list_wanted_flows(lab):
        lost = _find_lost_reach(history, flow.name) if flow.name in down else None
        if lost and not _was_hindered(
            history, flow.name, list_needed_flows(lab, flow), down, lost.worked_at
        ):
            yield lost


def _find_lost_reach(history: NamespaceHistory, flow: str) -> LostFlow | None:
    """By the method that decides now. A poll must have seen the policies since it fails: until
    then it may be a change of theirs.
    """
    seen = history.observed[flow]
    if seen.since is None or history.newest.until < seen.since:
        return None
    mine = [
        row
        for row in history.observations.get(flow, ())
        if (row.method, row.vantage) == (seen.method, seen.vantage)
    ]
    worked = [row.last_seen for row in mine if row.outcome == ObservedOutcome.REACHED]
    reached = next((at for at in worked if at < seen.since), None)
    if reached is None:
        return None
    began = [row.first_seen for row in mine if reached < row.first_seen <= seen.since]
    opened = min(began, default=seen.since)
    return LostFlow(flow, max(at for at in worked if at <= opened), opened, seen.reason)


def list_needed_flows(lab: Lab, flow: Flow) -> frozenset[str]:
    """The flows without which a pod at one of its ends turns unready."""
    ends = (lab.find_entity(end) for end in flow.ends)
    return frozenset(need for entity in ends for need in entity.ready_needs) - {flow.name}


def _was_hindered(
    history: NamespaceHistory,
    flow: str,
    needed: frozenset[str],
    down: set[str],
    worked_at: datetime,
) -> bool:
    """Whether something else than itself was in its way at any time since it was seen to work."""
    spans = history.list_spans_since(worked_at)
    return (
        bool(needed & down)
        or any(span.outcome(flow) is not Outcome.ALLOW for span in spans)
        or any(span.outcome(need) in CLOSED for span in spans for need in needed)
        or any(
            each.flow in needed and (each.closed_at is None or each.closed_at >= worked_at)
            for each in history.incidents
        )
    )


def is_known(history: NamespaceHistory, lost: LostFlow) -> bool:
    """Whether there is an incident for it already, or was one that began no earlier."""
    return any(
        each.flow == lost.flow and (each.closed_at is None or each.closed_at >= lost.opened_at)
        for each in history.incidents
    )


def find_continued_incident(history: NamespaceHistory, lost: LostFlow) -> Incident | None:
    """The incident that had only seemed to be over."""
    seemed_over = [
        each
        for each in history.incidents
        if (each.flow, each.cause) == (lost.flow, IncidentCause.NOT_THE_POLICIES)
        and each.closed_at
        and lost.opened_at - each.closed_at <= AGAIN
    ]
    return max(seemed_over, key=lambda each: each.opened_at, default=None)


def find_recovery(history: NamespaceHistory, flow: Flow, incident: Incident) -> datetime | None:
    """Since when, if it does. What policies closed is back when they let it through, unless looks
    since then see it fail; what looks saw fail is back when they reach it.
    """
    if history.newest.outcome(flow.name) is not Outcome.ALLOW or is_failing_now(flow, history):
        return None
    opened_at, seen = incident.opened_at, history.observed.get(flow.name)
    reopened = _find_reopening(history.spans, flow.name, opened_at)
    if seen is None or seen.seen is None or incident.cause not in BY_LOOKS:
        return reopened
    if any(each.outcome is ObservedOutcome.BLOCKED for each in (seen, *seen.others)):
        return None
    if seen.outcome is ObservedOutcome.REACHED and seen.seen > opened_at:
        # Where no probe ever saw it blocked, the policies say when it came back.
        moments = [at for at in (seen.since, reopened) if at and at > opened_at]
        return max(moments, default=seen.seen)
    if reopened and history.moment - reopened >= delay_after_change():
        return reopened  # who looks cannot tell: so the policies do
    return None


def _find_reopening(
    spans: Sequence[SnapshotSpan], flow: str, opened_at: datetime
) -> datetime | None:
    """When the policies let it through again that closed it after `opened_at`; `None` if none did.

    The newest state does let it through.
    """
    closed = [number for number, span in enumerate(spans) if span.outcome(flow) in CLOSED]
    if not closed or spans[closed[-1]].until < opened_at:
        return None
    later = spans[closed[-1] + 1 :]
    return next(span.since for span in later if span.outcome(flow) is Outcome.ALLOW)
