"""What changed between two snapshots: which policies came, went or differ, and in which lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum

from dashboard.assess.manifests import render_manifests
from dashboard.models import PolicySet, Snapshot
from dashboard.times.moment import TimeMoment
from netpol.parse import Json

PolicySets = Mapping[str, PolicySet]
"""By their digests."""


class LineSign(StrEnum):
    """How a line of a diff is marked, so that nobody needs to see its colour."""

    ADDED = "+"
    REMOVED = "-"
    SAME = " "
    SKIPPED = "⋯"


@dataclass(frozen=True, slots=True)
class DiffLine:
    sign: LineSign
    text: str


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "unchanged"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """What happened to the policy of this name; `lines` are the diff of its YAML, where asked."""

    name: str
    kind: ChangeKind
    lines: tuple[DiffLine, ...] = ()

    @property
    def verb(self) -> str:
        return "deleted" if self.kind is ChangeKind.REMOVED else str(self.kind)


@dataclass(frozen=True, slots=True)
class SnapshotChange:
    """At `after` a snapshot began, in place of the one that had begun at `before`."""

    before: TimeMoment
    after: TimeMoment
    policies: tuple[PolicyChange, ...]

    @property
    def sentence(self) -> str:
        """With the names of policies between backticks."""
        if not self.policies:
            return "the policies stayed; their pods, or what is around them, changed"
        return ", ".join(f"`{policy.name}` was {policy.verb}" for policy in self.policies)


def list_policy_changes(before: Iterable[Json], after: Iterable[Json]) -> tuple[PolicyChange, ...]:
    """The policies that differ between two canonical sets, by name and without their lines."""
    old = {policy["metadata"]["name"]: policy for policy in before}
    new = {policy["metadata"]["name"]: policy for policy in after}
    return tuple(
        PolicyChange(name, _find_kind(old.get(name), new.get(name)))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    )


def diff_policies(before: Iterable[Json], after: Iterable[Json]) -> list[PolicyChange]:
    """Every policy of two canonical sets, with the lines that differ."""
    old = {manifest.name: manifest.text for manifest in render_manifests(before)}
    new = {manifest.name: manifest.text for manifest in render_manifests(after)}
    return [
        PolicyChange(
            name,
            _find_kind(old.get(name), new.get(name)),
            tuple(_diff_lines(old.get(name, "").splitlines(), new.get(name, "").splitlines())),
        )
        for name in sorted({*old, *new})
    ]


def compare_snapshots(before: Snapshot, after: Snapshot, sets: PolicySets) -> SnapshotChange | None:
    """`None` where `sets` lack one of the two: it was deleted while a page was being read."""
    old, new = before.policy_set_id, after.policy_set_id
    if old == new:
        changes: tuple[PolicyChange, ...] = ()
    elif old in sets and new in sets:
        changes = list_policy_changes(sets[old].manifests, sets[new].manifests)
    else:
        return None
    return SnapshotChange(TimeMoment(before.first_seen), TimeMoment(after.first_seen), changes)


def _find_kind(old: object, new: object) -> ChangeKind:
    if old == new:
        return ChangeKind.SAME
    if old is None:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if new is None else ChangeKind.CHANGED


def _diff_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffLine]:
    # The first three lines name the files and the place, which the page tells better.
    for line in list(unified_diff(old, new, lineterm=""))[3:]:
        match line[0]:
            case "+":
                yield DiffLine(LineSign.ADDED, line[1:])
            case "-":
                yield DiffLine(LineSign.REMOVED, line[1:])
            case "@":
                yield DiffLine(LineSign.SKIPPED, "")
            case _:
                yield DiffLine(LineSign.SAME, line[1:])
