"""Steps that held and were lost: by what, since when, and when they were reached again. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.assess.changes import PolicySets, SnapshotChange, compare_snapshots
from dashboard.models import Snapshot
from netpol.lab import Lab, Step


@dataclass(frozen=True, slots=True)
class StepRegression:
    """A step held in the one state and not in the other. `again` is when it next did; `None`
    while it does not.
    """

    step: str
    before: Snapshot
    after: Snapshot
    regained_at: datetime | None


def find_regressions(snapshots: Sequence[Snapshot]) -> list[StepRegression]:
    """The snapshots come newest first. Where it cannot be told, a step is neither lost nor back."""
    states = [(snapshot, snapshot.summary["steps"]) for snapshot in reversed(snapshots)]
    steps = states[-1][1] if states else ()
    return [lapse for step in steps for lapse in _find_step_regressions(step, states)]


def _find_step_regressions(
    step: str, states: Iterable[tuple[Snapshot, Mapping[str, bool | None]]]
) -> Iterator[StepRegression]:
    held = lost = None
    for snapshot, steps in states:
        holds = steps.get(step)
        if holds:
            if held and lost:
                yield StepRegression(step, held, lost, snapshot.first_seen)
            held, lost = snapshot, None
        elif holds is False and held:
            lost = lost or snapshot
    if held and lost:
        yield StepRegression(step, held, lost, None)


def find_ending_changes(
    found: Iterable[StepRegression], sets: PolicySets
) -> dict[str, SnapshotChange]:
    """By the keys of steps that held once and do not in the newest state: what ended them last."""
    return {
        each.step: change
        for each in found
        if not each.regained_at and (change := compare_snapshots(each.before, each.after, sets))
    }


@dataclass(frozen=True, slots=True)
class RegressionGroup:
    """A change that ended steps which had held; `left` are those of them that do not hold yet.

    `again` is when the last of the others did; `None` while any is left.
    """

    change: SnapshotChange
    steps: tuple[Step, ...]
    open_steps: tuple[Step, ...]
    regained_at: datetime | None
    moment: datetime

    @property
    def since(self) -> datetime:
        return self.change.after.time

    @property
    def duration(self) -> timedelta:
        """Until all were reached again, or so far."""
        return (self.regained_at or self.moment) - self.since


def group_regressions(
    lab: Lab, found: Iterable[StepRegression], sets: PolicySets, moment: datetime
) -> list[RegressionGroup]:
    """Of the steps that are to last, the newest first: those with something left before others."""
    by_change: defaultdict[tuple[datetime, datetime], dict[str, StepRegression]] = defaultdict(dict)
    for each in found:
        by_change[each.after.first_seen, each.before.first_seen][each.step] = each
    told = [
        setback
        for _, lost in sorted(by_change.items(), reverse=True)
        if (setback := _build_group(lab, lost, sets, moment))
    ]
    return sorted(told, key=lambda each: each.regained_at is not None)


def _build_group(
    lab: Lab, lost: dict[str, StepRegression], sets: PolicySets, moment: datetime
) -> RegressionGroup | None:
    steps = tuple(step for step in lab.steps if step.is_lasting and step.key in lost)
    if not steps:
        return None
    first = lost[steps[0].key]
    change = compare_snapshots(first.before, first.after, sets)
    if change is None:
        return None
    left = tuple(step for step in steps if not lost[step.key].regained_at)
    back = [again for step in steps if (again := lost[step.key].regained_at)]
    return RegressionGroup(change, steps, left, None if left else max(back), moment)
