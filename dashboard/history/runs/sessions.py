"""Finds lab sessions: times at which many students change their policies.

It begins when at least three namespaces, or a tenth of the class if that is more, changed their
policies within 15 minutes, with the first of those changes. It ends with the last change of such
activity, once 45 minutes went by without any. Pure: no queries, no clock.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

WITHIN = timedelta(minutes=15)
QUIET = timedelta(minutes=45)
FEWEST = 3
BACK = QUIET + WITHIN
"""How far back the changes tell whether a session that went on at a moment is still the same."""


@dataclass(frozen=True, slots=True)
class PolicyInterval:
    """The policies of a namespace over an interval."""

    namespace: int
    policies: str
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, order=True)
class PolicySetChange:
    at: datetime
    namespace: int


@dataclass(frozen=True, slots=True)
class LabSession:
    """`active` is the last change of its activity so far."""

    began: datetime
    active: datetime

    def is_over(self, now: datetime) -> bool:
        return now - self.active > QUIET

    @property
    def name(self) -> str:
        return f"Lab session, {self.began:%Y-%m-%d %H:%M}"


def count_required(students: int) -> int:
    """How many students have to change something for it to be a session of the class."""
    return max(FEWEST, -(-students // 10))


def find_policy_changes(states: Iterable[PolicyInterval]) -> Iterator[PolicySetChange]:
    """Yield when policies changed. A change during a gap in polling has no time."""
    ordered = sorted(states, key=lambda held: (held.namespace, held.first_seen))
    for before, after in pairwise(ordered):
        if (
            before.namespace == after.namespace
            and before.policies != after.policies
            and after.first_seen - before.last_seen <= WITHIN
        ):
            yield PolicySetChange(after.first_seen, after.namespace)


def resume_session(began: datetime, since: datetime) -> LabSession:
    """A session that was still going on at `since`."""
    return LabSession(began, max(began, since - QUIET))


def find_sessions(
    changed: Iterable[PolicySetChange], least: int, since: datetime, going: LabSession | None = None
) -> list[LabSession]:
    """Those that begin to show after `since`, behind the one that was `going` on by then.

    What shows earlier was told by an earlier look, or deleted by somebody since.
    """
    found = [going] if going else []
    recent: deque[PolicySetChange] = deque()
    active: Counter[int] = Counter()
    for change in sorted(changed):
        recent.append(change)
        active[change.namespace] += 1
        while change.at - recent[0].at > WITHIN:
            gone = recent.popleft().namespace
            active[gone] -= 1
            if not active[gone]:
                del active[gone]
        if len(active) < least:
            continue
        if found and not found[-1].is_over(change.at):
            found[-1] = replace(found[-1], active=max(found[-1].active, change.at))
        elif change.at > since:
            found.append(LabSession(recent[0].at, change.at))
    return found
