"""The states that a namespace was in, newest first, and what each changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from dashboard.assess.changes import PolicySets, SnapshotChange, compare_snapshots
from dashboard.assess.transitions import FlowTransition, list_transitions
from dashboard.models import Snapshot
from dashboard.times.moment import TimeMoment
from netpol.lab import Lab


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A state; `opened`, `closed` and `unclear` are the flows that it changed, against `before`.

    Without a `before` nothing older is known. `change` names the policies, where they were given.
    """

    since: datetime
    until: datetime
    is_open: bool
    met: int
    total: int
    before: TimeMoment | None = None
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    new_policies: bool = False
    change: SnapshotChange | None = None

    @property
    def moment(self) -> TimeMoment:
        return TimeMoment(self.since)

    @property
    def changed_flows(self) -> list[tuple[str, tuple[str, ...]]]:
        """The flows that changed, under the word for it."""
        words = (
            ("opened", self.opened),
            ("closed", self.closed),
            ("became or ceased to be unclear", self.unclear),
        )
        return [(word, flows) for word, flows in words if flows]


def build_history(
    lab: Lab, snapshots: Sequence[Snapshot], sets: PolicySets | None = None, *, is_first: bool
) -> list[HistoryRow]:
    """Each state against the one before it; they come newest first.

    The last is a row only where it `is_first` of all; otherwise it is there to compare with.
    """
    rows = [_build_row(lab, after, before, sets) for after, before in pairwise(snapshots)]
    return [*rows, _build_row(lab, snapshots[-1])] if snapshots and is_first else rows


def _build_row(
    lab: Lab, snapshot: Snapshot, before: Snapshot | None = None, sets: PolicySets | None = None
) -> HistoryRow:
    flows = list_transitions(lab, before.summary, snapshot.summary) if before else []
    return HistoryRow(
        since=snapshot.first_seen,
        until=snapshot.last_seen,
        is_open=snapshot.is_open,
        met=snapshot.summary["met"],
        total=snapshot.summary["total"],
        before=TimeMoment(before.first_seen) if before else None,
        opened=_list_flows(flows, FlowTransition.OPENED),
        closed=_list_flows(flows, FlowTransition.CLOSED),
        unclear=_list_flows(flows, FlowTransition.UNCLEAR),
        new_policies=before is not None and snapshot.policy_set_id != before.policy_set_id,
        change=compare_snapshots(before, snapshot, sets) if before and sets is not None else None,
    )


def _list_flows(
    flows: Sequence[tuple[str, FlowTransition]], way: FlowTransition
) -> tuple[str, ...]:
    return tuple(flow for flow, turned in flows if turned is way)
