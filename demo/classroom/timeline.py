"""From a story to the policies that a namespace holds at any moment."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, cycle
from typing import Protocol, TypeVar

from demo.classroom.manifests import has_empty_list, policy_name
from demo.classroom.stories import StoryAct


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy as the API server keeps it: the manifest it came from, and its history."""

    manifest: str
    created: datetime
    changed: datetime
    generation: int = 1


@dataclass(frozen=True, slots=True)
class PolicyRevision:
    """What a namespace holds from `since` on, by the policies' names."""

    since: datetime
    policies: Mapping[str, StoredPolicy] = field(hash=False)

    @property
    def manifest_keys(self) -> frozenset[str]:
        return frozenset(kept.manifest for kept in self.policies.values())


Timeline = tuple[PolicyRevision, ...]


class DatedState(Protocol):
    @property
    def since(self) -> datetime: ...


Holding = TypeVar("Holding", bound=DatedState)


def build_timeline(
    acts: tuple[StoryAct, ...],
    again: tuple[StoryAct, ...],
    begins: datetime,
    ends: datetime,
    pace: float,
) -> Timeline:
    """The revisions of a namespace. A slow student's `pace` is above 1."""
    # Every namespace was there, without a policy, long before anybody looked.
    revisions = [PolicyRevision(datetime.min.replace(tzinfo=begins.tzinfo), {})]
    for moment, act in _schedule_acts(chain(acts, cycle(again)), begins, pace):
        if moment > ends:
            break
        revisions.append(PolicyRevision(moment, _apply_act(act, revisions[-1].policies, moment)))
    return tuple(revisions)


def state_at(states: Sequence[Holding], moment: datetime) -> Holding:
    """The one of these that holds at a moment; the first has held for ever."""
    return states[bisect_right(states, moment, key=lambda state: state.since) - 1]


def _schedule_acts(
    acts: Iterable[StoryAct], moment: datetime, pace: float
) -> Iterator[tuple[datetime, StoryAct]]:
    for act in acts:
        moment += timedelta(minutes=act.minutes * pace)
        yield moment, act


def _apply_act(
    act: StoryAct, before: Mapping[str, StoredPolicy], moment: datetime
) -> dict[str, StoredPolicy]:
    after = {policy: kept for policy, kept in before.items() if policy not in act.delete}
    for manifest in act.apply:
        after[policy_name(manifest)] = _apply_manifest(
            manifest, after.get(policy_name(manifest)), moment
        )
    return after


def _apply_manifest(manifest: str, before: StoredPolicy | None, moment: datetime) -> StoredPolicy:
    if before is None:
        return StoredPolicy(manifest, created=moment, changed=moment)
    if before.manifest == manifest and not has_empty_list(manifest):
        return before
    return replace(before, manifest=manifest, changed=moment, generation=before.generation + 1)
