"""Steps that held and were lost: by what, since when, and when they were reached again. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.assess.changes import Sets, StateChange, state_change
from dashboard.models import Snapshot
from netpol.lab import Lab, Step


@dataclass(frozen=True, slots=True)
class Lapse:
    """A step held in the one state and not in the other. `again` is when it next did; `None`
    while it does not.
    """

    step: str
    held: Snapshot
    lost: Snapshot
    again: datetime | None


def lapses(snapshots: Sequence[Snapshot]) -> list[Lapse]:
    """The snapshots come newest first. Where it cannot be told, a step is neither lost nor back."""
    states = [(snapshot, snapshot.summary["steps"]) for snapshot in reversed(snapshots)]
    steps = states[-1][1] if states else ()
    return [lapse for step in steps for lapse in _of_step(step, states)]


def _of_step(
    step: str, states: Iterable[tuple[Snapshot, Mapping[str, bool | None]]]
) -> Iterator[Lapse]:
    held = lost = None
    for snapshot, steps in states:
        holds = steps.get(step)
        if holds:
            if held and lost:
                yield Lapse(step, held, lost, snapshot.first_seen)
            held, lost = snapshot, None
        elif holds is False and held:
            lost = lost or snapshot
    if held and lost:
        yield Lapse(step, held, lost, None)


def losses(found: Iterable[Lapse], sets: Sets) -> dict[str, StateChange]:
    """By the keys of steps that held once and do not in the newest state: what ended them last."""
    return {
        each.step: change
        for each in found
        if not each.again and (change := state_change(each.held, each.lost, sets))
    }


@dataclass(frozen=True, slots=True)
class Setback:
    """A change that ended steps which had held; `left` are those of them that do not hold yet.

    `again` is when the last of the others did; `None` while any is left.
    """

    change: StateChange
    steps: tuple[Step, ...]
    left: tuple[Step, ...]
    again: datetime | None
    moment: datetime

    @property
    def since(self) -> datetime:
        return self.change.after.time

    @property
    def lasted(self) -> timedelta:
        """Until all were reached again, or so far."""
        return (self.again or self.moment) - self.since


def setbacks(lab: Lab, found: Iterable[Lapse], sets: Sets, moment: datetime) -> list[Setback]:
    """Of the steps that are to last, the newest first: those with something left before others."""
    by_change: defaultdict[tuple[datetime, datetime], dict[str, Lapse]] = defaultdict(dict)
    for each in found:
        by_change[each.lost.first_seen, each.held.first_seen][each.step] = each
    told = [
        setback
        for _, lost in sorted(by_change.items(), reverse=True)
        if (setback := _setback(lab, lost, sets, moment))
    ]
    return sorted(told, key=lambda each: each.again is not None)


def _setback(lab: Lab, lost: dict[str, Lapse], sets: Sets, moment: datetime) -> Setback | None:
    steps = tuple(step for step in lab.steps if step.is_lasting and step.key in lost)
    if not steps:
        return None
    first = lost[steps[0].key]
    change = state_change(first.held, first.lost, sets)
    if change is None:
        return None
    left = tuple(step for step in steps if not lost[step.key].again)
    back = [again for step in steps if (again := lost[step.key].again)]
    return Setback(change, steps, left, None if left else max(back), moment)
