"""What began a state: which policies came, went or changed against the state before. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard.assess.manifests import Change
from dashboard.models import PolicySet, Snapshot
from dashboard.times.moment import TimeMoment
from netpol.parse import Json

Sets = Mapping[str, PolicySet]
"""By their digests."""
WORDS = {Change.ADDED: "added", Change.REMOVED: "deleted", Change.CHANGED: "changed"}


@dataclass(frozen=True, slots=True)
class PolicyChange:
    name: str
    change: Change

    @property
    def word(self) -> str:
        return WORDS[self.change]


@dataclass(frozen=True, slots=True)
class StateChange:
    """At `after` a state began, in place of the one that had begun at `before`."""

    before: TimeMoment
    after: TimeMoment
    policies: tuple[PolicyChange, ...]

    @property
    def sentence(self) -> str:
        """With the names of policies between backticks."""
        if not self.policies:
            return "the policies stayed; their pods, or what is around them, changed"
        return ", ".join(f"`{each.name}` was {each.word}" for each in self.policies)


def policy_changes(before: Iterable[Json], after: Iterable[Json]) -> tuple[PolicyChange, ...]:
    """Of two canonical sets, by name; what stayed is left out."""
    then = {policy["metadata"]["name"]: policy for policy in before}
    now = {policy["metadata"]["name"]: policy for policy in after}
    return tuple(
        PolicyChange(name, _change(then.get(name), now.get(name)))
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    )


def _change(old: Json | None, new: Json | None) -> Change:
    if old is None:
        return Change.ADDED
    return Change.REMOVED if new is None else Change.CHANGED


def state_change(before: Snapshot, after: Snapshot, sets: Sets) -> StateChange | None:
    """`None` where `sets` lack one of the two, which were pruned while a page was being read."""
    then, now = before.policy_set_id, after.policy_set_id
    if then == now:
        changes: tuple[PolicyChange, ...] = ()
    elif then in sets and now in sets:
        changes = policy_changes(sets[then].manifests, sets[now].manifests)
    else:
        return None
    return StateChange(TimeMoment(before.first_seen), TimeMoment(after.first_seen), changes)
