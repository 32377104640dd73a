"""Drafts of a namespace's policies: what they leave unmet, and what they cost."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from netpol import parse
from netpol.model import Direction
from netpol.parse import InvalidManifestError, Json
from netpol.repair.parts import rules_of, spec_of
from netpol.repair.structure import (
    Path,
    TreeChange,
    count_apart,
    count_leaves_apart,
    count_named_leaves,
    list_changes,
    list_leaves,
)
from netpol.repair.universe import ConnectionUniverse, FlowWant, PolicyEffect

T = TypeVar("T")
DELETED: Json = {}
"""Stands in the place of a deleted policy."""
DELETION, NEW, STRAY = 0.9, 1, 5.5
"""Costs in leaf values: of deleting a policy without a counterpart, of a new policy besides its
leaves, and of each leaf by which a policy strays from its counterpart.
"""
MOST_READ = 1_500_000
"""Characters of policies, as JSON, that a search reads; what students write takes half at most."""


@dataclass(frozen=True, slots=True)
class RepairDraft:
    """`policies` stand in the places of the student's; `added` are new."""

    policies: tuple[Json, ...] = field(hash=False)
    added: tuple[Json, ...] = field(default=(), hash=False)

    def with_policy(self, index: int, manifest: Json) -> "RepairDraft":
        policies = (*self.policies[:index], manifest, *self.policies[index + 1 :])
        return replace(self, policies=policies)

    def with_new(self, manifest: Json) -> "RepairDraft":
        return replace(self, added=(*self.added, manifest))

    @property
    def all_policies(self) -> tuple[Json, ...]:
        return (*self.policies, *self.added)


@dataclass(frozen=True, slots=True)
class UnmetWant:
    """A want that does not hold. Of an open one the `direction` is the side that blocks it."""

    want: FlowWant
    direction: Direction


@dataclass(slots=True)
class DraftScorer:
    """Computes what drafts leave unmet and what they cost, and remembers it by policy."""

    universe: ConnectionUniverse
    original: tuple[Json, ...]
    solution: tuple[Json, ...]
    counterparts: Mapping[int, Json]
    permitted: tuple[int, ...] = ()
    _read: int = 0
    _effects: dict[str, PolicyEffect | None] = field(default_factory=dict)
    _seen: dict[int, tuple[Json, PolicyEffect | None]] = field(default_factory=dict)
    _texts: dict[int, tuple[Json, str]] = field(default_factory=dict)
    _leaves: dict[int, tuple[Json, Counter[tuple[Path, str]]]] = field(default_factory=dict)
    _costs: dict[tuple[int, str], float] = field(default_factory=dict)

    @classmethod
    def from_policies(
        cls, universe: ConnectionUniverse, original: Sequence[Json], solution: Sequence[Json]
    ) -> "DraftScorer":
        """A scorer that permits what passes already, in the solution, or by the lab's flows."""
        meant = match_solution(original, solution)
        scorer = cls(universe, tuple(original), tuple(solution), meant)
        before = universe.mask_connections(scorer.find_effect(original))
        reference = universe.mask_connections(scorer.find_effect(solution))
        permitted = [one | other for one, other in zip(before, reference, strict=True)]
        size = len(universe.subjects)
        for want in universe.wants:
            if want.is_open and want.source < size:
                permitted[want.source] |= universe.mask_pair(want.destination, want.port)
            elif want.is_open:
                permitted[size + want.destination] |= universe.mask_pair(want.source, want.port)
        scorer.permitted = tuple(permitted)
        return scorer

    def find_effect(self, manifests: Iterable[Json]) -> PolicyEffect:
        """The effect of all these policies; one that an API server would refuse has none."""
        effects = (self._find_policy_effect(each) for each in manifests if each)
        return self.universe.join_effects(each for each in effects if each)

    def _find_policy_effect(self, manifest: Json) -> PolicyEffect | None:
        """Remembered by identity: most policies of a draft are those of the draft before it."""
        return _remember(self._seen, manifest, self._compute_effect)

    def _compute_effect(self, manifest: Json) -> PolicyEffect | None:
        key = self.dump_policy(manifest)
        self._read += len(key)
        if key not in self._effects:
            try:
                policy = parse.parse_policy(manifest, namespace=self.universe.namespace)
                self._effects[key] = self.universe.find_effect(policy)
            except InvalidManifestError:
                self._effects[key] = None
        return self._effects[key]

    def dump_policy(self, manifest: Json) -> str:
        """The same text for the same policy, remembered: most are those of the draft before."""
        return _remember(self._texts, manifest, lambda each: json.dumps(each, sort_keys=True))

    @property
    def is_exhausted(self) -> bool:
        """Whether enough was read: large policies have many drafts, and each takes long."""
        return self._read > MOST_READ

    def is_valid(self, manifest: Json) -> bool:
        return self._find_policy_effect(manifest) is not None

    def list_unmet(self, draft: RepairDraft) -> list[UnmetWant]:
        """Each closed side of what should be open, what should be closed, and one connection that
        passes though nobody wants it and it did not pass before.
        """
        effect, universe = self.find_effect(draft.all_policies), self.universe
        blocked = [
            UnmetWant(want, direction)
            for want in universe.wants
            if want.is_open
            for direction in (Direction.EGRESS, Direction.INGRESS)
            if not universe.is_admitted(effect, direction, want)
        ]
        passing = [
            want for want in universe.wants if not want.is_open and self.can_pass(effect, want)
        ]
        masks = zip(universe.mask_connections(effect), self.permitted, strict=True)
        for row, (mask, permitted) in enumerate(masks):
            if beyond := mask & ~permitted:
                passing.append(universe.find_connection(row, beyond))
                break
        return [*blocked, *(UnmetWant(want, Direction.EGRESS) for want in passing)]

    def can_pass(self, effect: PolicyEffect, want: FlowWant) -> bool:
        return all(self.universe.is_admitted(effect, direction, want) for direction in Direction)

    def compute_cost(self, draft: RepairDraft) -> float:
        """How many leaf values differ from what the student wrote; more where a policy strays from
        what it was meant to be.
        """
        cost = sum(self._find_policy_cost(index, each) for index, each in enumerate(draft.policies))
        return cost + sum(len(list_leaves(each.get("spec"))) + NEW for each in draft.added)

    def _find_policy_cost(self, index: int, manifest: Json) -> float:
        if manifest is self.original[index]:
            return 0
        key = index, self.dump_policy(manifest)
        if key not in self._costs:
            self._costs[key] = self._compute_policy_cost(index, manifest)
        return self._costs[key]

    def _compute_policy_cost(self, index: int, manifest: Json) -> float:
        original, meant = self.original[index], self.counterparts.get(index)
        if not manifest and meant is None:
            return DELETION
        size = sum(each.size for each in list_policy_changes(original, manifest))
        if meant is None:
            # Each direction that has rules now and had none before.
            new = [
                each
                for each in Direction
                if rules_of(manifest, each) and not rules_of(original, each)
            ]
            return size + STRAY * len(new)
        before, after, aim = (
            _remember(self._leaves, each, lambda each: count_named_leaves(spec_of(each)))
            for each in (original, manifest, meant)
        )
        strayed = (after - before - aim).total() + ((before & aim) - after).total()
        return size + STRAY * strayed + count_apart(after, aim) / 100


def _remember(store: dict[int, tuple[Json, T]], manifest: Json, make: Callable[[Json], T]) -> T:
    """The result of `make`, stored by the policy's identity; the store keeps the policy alive."""
    known = store.get(id(manifest))
    if known is None or known[0] is not manifest:
        known = store[id(manifest)] = manifest, make(manifest)
    return known[1]


def list_policy_changes(original: Json, manifest: Json) -> list[TreeChange]:
    """The changes of one policy's spec and of the namespace that it names; a deletion is one
    change with the empty path.
    """
    if not manifest:
        return [TreeChange((), original, None, ())]
    compared: list[Json] = []
    for each in (original, manifest):
        metadata = each.get("metadata")
        place = metadata.get("namespace") if isinstance(metadata, dict) else None
        named = {"metadata": {"namespace": place}} if place else {}
        compared.append({"spec": each.get("spec") or {}, **named})
    return list_changes(compared[0], compared[1])


def match_solution(policies: Sequence[Json], solution: Sequence[Json]) -> dict[int, Json]:
    """By index of the student's policy: its namesake, or else one that is nearly the same."""
    by_name = {each["metadata"]["name"]: each for each in solution}
    found = {
        index: by_name[each["metadata"]["name"]]
        for index, each in enumerate(policies)
        if each and each["metadata"]["name"] in by_name
    }
    free = [each for each in solution if all(each is not other for other in found.values())]
    distances = sorted(
        (count_leaves_apart(spec_of(each), spec_of(other)), index, number)
        for index, each in enumerate(policies)
        if each and index not in found
        for number, other in enumerate(free)
    )
    taken: set[int] = set()
    for distance, index, number in distances:
        alike = distance * 3 <= len(list_leaves(spec_of(free[number])))
        if alike and index not in found and number not in taken:
            found[index] = free[number]
            taken.add(number)
    return found


def list_differences(manifest: Json, counterpart: Json) -> list[TreeChange]:
    """The changes that turn one policy's spec into the other's."""
    return list_changes({"spec": spec_of(manifest)}, {"spec": spec_of(counterpart)})
