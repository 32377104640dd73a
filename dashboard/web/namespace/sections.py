"""The states that a timeline shows, and the difference around what began each. Pure."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.assess.changes import PolicySets, SnapshotChange, compare_snapshots
from dashboard.assess.transitions import FlowTransition, list_transitions
from dashboard.models import Snapshot
from dashboard.times.moment import Moment, NamedMoment, TimeMoment
from dashboard.web.layout.addresses import format_difference_address, format_past_address
from netpol.lab import Lab

NAMED = 4
"""Of the flows that a change turned so many are named."""
SHOWN_FIRST = (FlowTransition.CLOSED, FlowTransition.OPENED, FlowTransition.UNCLEAR)


@dataclass(frozen=True, slots=True)
class TimelineWindow:
    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment <= self.until


@dataclass(frozen=True, slots=True)
class SnapshotSection:
    """A state until the next one began, as far as the window shows it.

    `change` began it and turned flows; it is `None` where that was before the window, or where
    nothing older is known. `address` is that of the difference around its beginning.
    """

    since: datetime
    until: datetime
    change: SnapshotChange | None
    turned: tuple[tuple[str, FlowTransition], ...]
    address: str

    def which(self, way: FlowTransition) -> list[str]:
        return [flow for flow, turned in self.turned if turned is way]

    @property
    def turned_any(self) -> bool:
        return any(self.which(way) for way in SHOWN_FIRST)

    @property
    def effect(self) -> str:
        """Which flows it turned."""
        ways = [(way, self.which(way)) for way in SHOWN_FIRST]
        return (
            "; ".join(f"{way} {format_some(flows)}" for way, flows in ways if flows)
            or "no flow turned"
        )


def format_some(flows: Sequence[str]) -> str:
    left = len(flows) - NAMED
    return ", ".join(flows[:NAMED]) + (f" and {left} more" if left > 0 else "")


@dataclass(frozen=True, slots=True)
class DrawnSnapshots:
    """Of the namespace called `name`, oldest first; `is_whole` where none is older than these."""

    name: str
    known: Sequence[Snapshot]
    is_whole: bool

    def find_previous(self, index: int) -> Snapshot | None:
        return self.known[index - 1] if index > 0 else None

    def find_index(self, moment: datetime) -> int:
        """The index of the one that held then, -1 for what was before them all."""
        return bisect_right(self.known, moment, key=lambda state: state.first_seen) - 1

    def older_end(self, index: int) -> Moment | None:
        """What stood in place of a state before it began: before the first of all, no policy."""
        before = self.find_previous(index)
        if before:
            return TimeMoment(before.first_seen)
        return NamedMoment.BASELINE if self.is_whole else None

    def around(self, index: int) -> str:
        """The address of the difference around its beginning, or else of how it was then."""
        began, older = TimeMoment(self.known[index].first_seen), self.older_end(index)
        return (
            format_difference_address(self.name, older, began)
            if older
            else format_past_address(self.name, began)
        )


def build_sections(
    lab: Lab, states: DrawnSnapshots, first: int, sets: PolicySets, window: TimelineWindow
) -> Iterator[SnapshotSection]:
    """Of each state from the `first` one on."""
    for index in range(first, len(states.known)):
        state, before = states.known[index], states.find_previous(index)
        last = index + 1 == len(states.known)
        end = window.until if last else states.known[index + 1].first_seen
        is_new = before is not None and state.first_seen > window.since
        yield SnapshotSection(
            max(state.first_seen, window.since),
            min(end, window.until),
            compare_snapshots(before, state, sets) if before and is_new else None,
            tuple(list_transitions(lab, before.summary, state.summary))
            if before and is_new
            else (),
            states.around(index),
        )
