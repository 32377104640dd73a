"""From a story to the policies that a namespace holds at any moment."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, cycle
from typing import Protocol, TypeVar

from demo.classroom.manifests import drops_lists, name
from demo.classroom.stories import Act


@dataclass(frozen=True, slots=True)
class Kept:
    """A policy as the API server keeps it: the manifest it came from, and its history."""

    manifest: str
    created: datetime
    changed: datetime
    generation: int = 1


@dataclass(frozen=True, slots=True)
class Revision:
    """What a namespace holds from `since` on, by the policies' names."""

    since: datetime
    policies: Mapping[str, Kept] = field(hash=False)

    @property
    def manifests(self) -> frozenset[str]:
        return frozenset(kept.manifest for kept in self.policies.values())


Timeline = tuple[Revision, ...]


class Dated(Protocol):
    @property
    def since(self) -> datetime: ...


Holding = TypeVar("Holding", bound=Dated)


def timeline(
    acts: tuple[Act, ...], again: tuple[Act, ...], begins: datetime, ends: datetime, pace: float
) -> Timeline:
    """The revisions of a namespace. A slow student's `pace` is above 1."""
    # Every namespace was there, without a policy, long before anybody looked.
    revisions = [Revision(datetime.min.replace(tzinfo=begins.tzinfo), {})]
    for moment, act in _dated(chain(acts, cycle(again)), begins, pace):
        if moment > ends:
            break
        revisions.append(Revision(moment, _after(act, revisions[-1].policies, moment)))
    return tuple(revisions)


def at(states: Sequence[Holding], moment: datetime) -> Holding:
    """The one of these that holds at a moment; the first has held for ever."""
    return states[bisect_right(states, moment, key=lambda state: state.since) - 1]


def _dated(acts: Iterable[Act], moment: datetime, pace: float) -> Iterator[tuple[datetime, Act]]:
    for act in acts:
        moment += timedelta(minutes=act.minutes * pace)
        yield moment, act


def _after(act: Act, before: Mapping[str, Kept], moment: datetime) -> dict[str, Kept]:
    after = {policy: kept for policy, kept in before.items() if policy not in act.delete}
    for manifest in act.apply:
        after[name(manifest)] = _applied(manifest, after.get(name(manifest)), moment)
    return after


def _applied(manifest: str, before: Kept | None, moment: datetime) -> Kept:
    if before is None:
        return Kept(manifest, created=moment, changed=moment)
    if before.manifest == manifest and not drops_lists(manifest):
        return before
    return replace(before, manifest=manifest, changed=moment, generation=before.generation + 1)
