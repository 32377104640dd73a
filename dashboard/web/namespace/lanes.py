"""A lane of the timeline: what policies said of a flow, what probes saw, and what broke. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.assess.changes import SnapshotChange
from dashboard.assess.fetch_problems import STALE_AFTER
from dashboard.assess.probe_votes import two_rounds
from dashboard.models import Incident, Observation, ObservedOutcome, Snapshot
from dashboard.times.moment import TimeMoment
from dashboard.web.layout.addresses import format_difference_address, format_past_address
from dashboard.web.namespace.sections import DrawnSnapshots, SnapshotSection, TimelineWindow
from netpol.lab import Flow
from netpol.model import Outcome

MOST_LISTED = 20
"""Of each kind that the table lists: turns of a flow, looks at it, changes."""


@dataclass(frozen=True, slots=True)
class PredictionSpan:
    """The policies said the same of a flow for so long. `change` is what began it, if known."""

    since: datetime
    until: datetime
    outcome: Outcome
    change: SnapshotChange | None
    address: str


@dataclass(frozen=True, slots=True)
class ObservationSpan:
    """A probe saw the same of a flow for so long; `address` is the difference around its turn."""

    since: datetime
    until: datetime
    outcome: ObservedOutcome
    method: str
    address: str


@dataclass(frozen=True, slots=True)
class IncidentSpan:
    """A flow that worked no longer did; `row` says by what, and until when."""

    row: Incident
    address: str


@dataclass(frozen=True, slots=True)
class FlowLane:
    flow: Flow
    spans: tuple[PredictionSpan, ...]
    sights: tuple[ObservationSpan, ...]
    troubles: tuple[IncidentSpan, ...]

    @property
    def listed_spans(self) -> tuple[PredictionSpan, ...]:
        """The newest."""
        return self.spans[-MOST_LISTED:]

    @property
    def unlisted_spans(self) -> int:
        return len(self.spans) - len(self.listed_spans)

    @property
    def unlisted_observations(self) -> int:
        return len(self.sights) - len(self.listed_observations)

    @property
    def listed_observations(self) -> tuple[ObservationSpan, ...]:
        return self.sights[-MOST_LISTED:]


def build_spans(
    flow: Flow, drawn: Sequence[tuple[Snapshot, SnapshotSection]]
) -> Iterator[PredictionSpan]:
    """Of states and where they are drawn. Neighbours that say the same are one."""
    span: PredictionSpan | None = None
    for state, section in drawn:
        outcome = Outcome(state.summary["flows"].get(flow.name, Outcome.UNKNOWN))
        until = _known_until(state, section)
        if until < section.since:
            continue
        if span and span.outcome is outcome and span.until == section.since:
            span = PredictionSpan(span.since, until, outcome, span.change, span.address)
            continue
        if span:
            yield span
        span = PredictionSpan(section.since, until, outcome, section.change, section.address)
    if span:
        yield span


def _known_until(state: Snapshot, section: SnapshotSection) -> datetime:
    unread = section.until - state.last_seen > STALE_AFTER
    return min(state.last_seen, section.until) if unread else section.until


def group_sights(
    rows: Iterable[Observation], states: DrawnSnapshots, window: TimelineWindow
) -> dict[str, list[ObservationSpan]]:
    """By flow, of rows that come newest first."""
    sights: dict[str, list[ObservationSpan]] = {}
    newest: dict[tuple[str, str, str], Observation] = {}
    for row in reversed(list(rows)):
        same = row.flow, row.method, row.vantage
        sights.setdefault(row.flow, []).append(
            ObservationSpan(
                max(row.first_seen, window.since),
                min(row.last_seen, window.until),
                ObservedOutcome(row.outcome),
                row.method,
                _find_address(row, newest.get(same), states),
            )
        )
        newest[same] = row
    return sights


def _find_address(row: Observation, earlier: Observation | None, states: DrawnSnapshots) -> str:
    """From what the same probe saw before, or else what policies said before the last change; where
    that is not known, how it was when it looked.
    """
    held = states.find_index(row.first_seen)
    before = TimeMoment(earlier.last_seen) if earlier else states.older_end(held)
    then = TimeMoment(_find_settled_time(row, held, states))
    return (
        format_difference_address(states.name, before, then)
        if before
        else format_past_address(states.name, then)
    )


def _find_settled_time(row: Observation, held: int, states: DrawnSnapshots) -> datetime:
    """When it was seen twice, unless the state changed meanwhile."""
    twice = min(row.last_seen, row.first_seen + two_rounds())
    follows = states.known[held + 1 : held + 2]
    return row.first_seen if follows and follows[0].first_seen <= twice else twice


def list_troubles(flow: Flow, rows: Iterable[Incident], name: str) -> Iterator[IncidentSpan]:
    """`name` is the namespace's."""
    for row in rows:
        if row.flow == flow.name:
            yield IncidentSpan(
                row,
                format_difference_address(
                    name, TimeMoment(row.worked_at), TimeMoment(row.opened_at)
                ),
            )
