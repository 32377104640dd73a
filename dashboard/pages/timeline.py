"""A namespace's flows over time: what policies said and probes saw, and what turned them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from dashboard.models import Incident, Observation, ObservedOutcome, Snapshot
from dashboard.pages.addresses import as_it_was, difference
from dashboard.pages.changes import Sets, StateChange, state_change
from dashboard.pages.moment import At
from netpol.lab import Flow, Lab
from netpol.model import Outcome

HOURS = (6, 1, 24, 168)
"""What can be drawn at once; the first is the default."""
LEAST = timedelta(minutes=10)
MOST_CHANGES = 300
MOST_LOOKS = 1000
MOST_LISTED = 20
"""Of each kind that the table lists: turns of a flow, looks at it, changes of policies."""
UNREAD = timedelta(minutes=5)
"""Where a state was seen no more for longer than this before the next one, nobody knows."""


@dataclass(frozen=True, slots=True)
class Window:
    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment <= self.until


@dataclass(frozen=True, slots=True)
class Span:
    """The policies said the same of a flow for so long. `change` is what began it, if known."""

    since: datetime
    until: datetime
    outcome: Outcome
    change: StateChange | None
    address: str


@dataclass(frozen=True, slots=True)
class Sight:
    """A probe saw the same of a flow for so long."""

    since: datetime
    until: datetime
    outcome: ObservedOutcome
    method: str
    address: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A flow that worked no longer did; `row` says by what, and until when."""

    row: Incident
    address: str


@dataclass(frozen=True, slots=True)
class Lane:
    flow: Flow
    spans: tuple[Span, ...]
    sights: tuple[Sight, ...]
    troubles: tuple[Trouble, ...]

    @property
    def listed(self) -> tuple[Span, ...]:
        """The newest."""
        return self.spans[-MOST_LISTED:]

    @property
    def unlisted(self) -> int:
        return len(self.spans) - len(self.listed)

    @property
    def unlisted_sights(self) -> int:
        return len(self.sights) - len(self.listed_sights)

    @property
    def listed_sights(self) -> tuple[Sight, ...]:
        return self.sights[-MOST_LISTED:]


@dataclass(frozen=True, slots=True)
class PolicyTurn:
    """A change of policies, with the address of the difference around it."""

    change: StateChange
    address: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """`drawn_since` is later than the window's beginning where there were too many changes."""

    window: Window
    drawn_since: datetime
    lanes: tuple[Lane, ...]
    policies: tuple[PolicyTurn, ...]
    looks_left_out: bool

    @property
    def listed_policies(self) -> tuple[PolicyTurn, ...]:
        """The newest."""
        return self.policies[-MOST_LISTED:]

    @property
    def unlisted_policies(self) -> int:
        return len(self.policies) - len(self.listed_policies)

    @property
    def is_cut(self) -> bool:
        return self.drawn_since > self.window.since


@dataclass(frozen=True, slots=True)
class Recorded:
    """Rows, newest first in each; `snapshots` are one more than are drawn, to compare with."""

    snapshots: Sequence[Snapshot]
    sets: Sets
    looks: Sequence[Observation]
    incidents: Sequence[Incident]


@dataclass(frozen=True, slots=True)
class Life:
    """When a namespace was first seen, and when the state that a page shows began."""

    first_seen: datetime
    began: datetime


def window(now: datetime, at: datetime | None, life: Life, span: timedelta) -> Window:
    """To now, or with the moment in the middle; never from before there was anything to see.

    Where nothing changed for longer, the last change stands in the middle.
    """
    pivot = at or now
    if pivot - life.began > span:
        pivot, at = life.began, life.began
    until = min(now, pivot + span / 2) if at else pivot
    since = max(until - span, min(life.first_seen, until - LEAST))
    return Window(since, until)


def timeline(lab: Lab, window: Window, recorded: Recorded, name: str) -> Timeline:
    """`name` is the namespace's."""
    shown = recorded.snapshots[:MOST_CHANGES]
    began = [snapshot for snapshot in shown if snapshot.first_seen > window.since]
    states = list(reversed(recorded.snapshots[: len(began) + 1]))
    changes = {
        after.pk: state_change(before, after, recorded.sets) for before, after in pairwise(states)
    }
    cut = len(began) == MOST_CHANGES and len(states) > MOST_CHANGES
    looks = _looks(recorded.looks[:MOST_LOOKS], window, name)
    return Timeline(
        window,
        states[0].first_seen if cut else window.since,
        tuple(
            Lane(
                flow,
                tuple(_spans(flow, states, changes, window, name)),
                tuple(looks.get(flow.name, ())),
                tuple(_troubles(flow, recorded.incidents, name)),
            )
            for flow in lab.flows
        ),
        tuple(PolicyTurn(each, around(name, each)) for each in changes.values() if each.policies),
        len(recorded.looks) > MOST_LOOKS,
    )


def around(name: str, change: StateChange) -> str:
    return difference(name, change.before, change.after)


def _spans(
    flow: Flow,
    states: Sequence[Snapshot],
    changes: Mapping[int, StateChange],
    window: Window,
    name: str,
) -> Iterator[Span]:
    """Neighbours that say the same are one."""
    span: Span | None = None
    for state, follows in zip(states, [*states[1:], None], strict=True):
        outcome = Outcome(state.summary["flows"].get(flow.name, Outcome.UNKNOWN))
        since, until = max(state.first_seen, window.since), _end(state, follows, window)
        if until < since:
            continue
        if span and span.outcome is outcome and span.until == since:
            span = Span(span.since, until, outcome, span.change, span.address)
            continue
        if span:
            yield span
        change = changes.get(state.pk)
        address = around(name, change) if change else as_it_was(name, At(state.first_seen))
        span = Span(since, until, outcome, change, address)
    if span:
        yield span


def _end(state: Snapshot, follows: Snapshot | None, window: Window) -> datetime:
    end = follows.first_seen if follows else window.until
    known = state.last_seen if end - state.last_seen > UNREAD else end
    return min(known, window.until)


def _looks(rows: Iterable[Observation], window: Window, name: str) -> dict[str, list[Sight]]:
    sights: dict[str, list[Sight]] = {}
    for row in reversed(list(rows)):
        sights.setdefault(row.flow, []).append(
            Sight(
                max(row.first_seen, window.since),
                min(row.last_seen, window.until),
                ObservedOutcome(row.outcome),
                row.method,
                as_it_was(name, At(row.first_seen)),
            )
        )
    return sights


def _troubles(flow: Flow, rows: Iterable[Incident], name: str) -> Iterator[Trouble]:
    for row in rows:
        if row.flow == flow.name:
            yield Trouble(row, difference(name, At(row.worked_at), At(row.opened_at)))
