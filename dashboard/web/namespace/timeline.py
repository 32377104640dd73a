"""A namespace's flows over time: what policies said and probes saw, and what turned them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.assess.changes import PolicySets
from dashboard.models import Incident, Observation, Snapshot
from dashboard.web.incidents.page import IncidentGroup, group_incidents, sort_open_first
from dashboard.web.namespace.lanes import (
    MOST_LISTED,
    FlowLane,
    build_spans,
    group_sights,
    list_troubles,
)
from dashboard.web.namespace.sections import (
    DrawnSnapshots,
    SnapshotSection,
    TimelineWindow,
    build_sections,
)
from netpol.lab import Lab

HOURS = (6, 1, 24, 168)
"""What can be drawn at once; unless asked, no more than the first."""
LEAST = timedelta(minutes=10)
MOST_CHANGES = 300
MOST_LOOKS = 1000


@dataclass(frozen=True, slots=True)
class Timeline:
    """`drawn_since` is later than the window's beginning where there were too many changes.

    `met` is how many flows were as the lab wants when it begins and when it ends; `losses` is what
    was broken at any time meanwhile, what lasts before what was mended, each the newest first.
    """

    window: TimelineWindow
    drawn_since: datetime
    sections: tuple[SnapshotSection, ...]
    lanes: tuple[FlowLane, ...]
    met: tuple[int, int]
    losses: tuple[IncidentGroup, ...]
    looks_left_out: bool

    @property
    def changes(self) -> list[SnapshotSection]:
        """Those of which it is known what began them."""
        return [section for section in self.sections if section.change]

    @property
    def listed_changes(self) -> list[SnapshotSection]:
        """The newest."""
        return self.changes[-MOST_LISTED:]

    @property
    def unlisted_changes(self) -> int:
        return len(self.changes) - len(self.listed_changes)

    @property
    def last_turn(self) -> SnapshotSection | None:
        """The newest change that turned any flow."""
        return next((each for each in reversed(self.changes) if each.turned_any), None)

    @property
    def is_cut(self) -> bool:
        return self.drawn_since > self.window.since


@dataclass(frozen=True, slots=True)
class TimelineRecords:
    """Rows, newest first in each; of snapshots more than are drawn, to compare with."""

    snapshots: Sequence[Snapshot]
    sets: PolicySets
    looks: Sequence[Observation]
    incidents: Sequence[Incident]


@dataclass(frozen=True, slots=True)
class NamespaceLifetime:
    """When a namespace was first seen, and when the state that a page shows began."""

    first_seen: datetime
    began: datetime


def choose_window(
    now: datetime, at: datetime | None, life: NamespaceLifetime, span: timedelta
) -> TimelineWindow:
    """To now, or with the moment in the middle; never from before there was anything to see.

    Where nothing changed for longer, the last change stands in the middle.
    """
    pivot = at or now
    if pivot - life.began > span:
        pivot, at = life.began, life.began
    until = min(now, pivot + span / 2) if at else pivot
    since = max(until - span, min(life.first_seen, until - LEAST))
    return TimelineWindow(since, until)


def choose_hours(
    now: datetime, at: datetime | None, life: NamespaceLifetime, begins: Iterable[datetime]
) -> int:
    """The least hours that show every change that the default does, and the moment itself."""
    usual = choose_window(now, at, life, timedelta(hours=HOURS[0]))
    shown = [at or now, *(each for each in begins if usual.since < each <= usual.until)]
    for hours in sorted(each for each in HOURS if each < HOURS[0]):
        found = choose_window(now, at, life, timedelta(hours=hours))
        if all(found.holds(each) for each in shown):
            return hours
    return HOURS[0]


def build_timeline(
    lab: Lab, window: TimelineWindow, recorded: TimelineRecords, name: str
) -> Timeline:
    """`name` is the namespace's."""
    states = DrawnSnapshots(name, recorded.snapshots[::-1], len(recorded.snapshots) <= MOST_CHANGES)
    first = max(states.find_index(window.since), len(states.known) - MOST_CHANGES - 1, 0)
    shown = states.known[first:]
    parts = tuple(build_sections(lab, states, first, recorded.sets, window))
    cut = len(shown) > MOST_CHANGES and shown[0].first_seen > window.since
    seen = group_sights(recorded.looks[:MOST_LOOKS], states, window)
    drawn = list(zip(shown, parts, strict=True))
    return Timeline(
        window,
        shown[0].first_seen if cut else window.since,
        parts,
        tuple(
            FlowLane(
                flow,
                tuple(build_spans(flow, drawn)),
                tuple(seen.get(flow.name, ())),
                tuple(list_troubles(flow, recorded.incidents, name)),
            )
            for flow in lab.flows
        ),
        (count_met(lab, shown[0]), count_met(lab, shown[-1])),
        tuple(sort_open_first(group_incidents(recorded.incidents, window.until).values())),
        len(recorded.looks) > MOST_LOOKS,
    )


def count_met(lab: Lab, state: Snapshot) -> int:
    said = state.summary["flows"]
    return sum(said.get(flow.name) == flow.expected for flow in lab.flows)
