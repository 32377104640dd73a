"""A namespace's policies while they are being mended, and how far they are from what is wanted."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from netpol import parse
from netpol.model import Direction
from netpol.parse import InvalidManifestError, Json
from netpol.repair.likeness import counterparts
from netpol.repair.parts import rules_of, spec_of
from netpol.repair.structure import Change, Path, apart, changes, leaves, named_leaves
from netpol.repair.universe import Effect, Universe, Want

T = TypeVar("T")
DELETED: Json = {}
"""In the place of a policy that goes."""
DELETION, NEW, STRAY = 0.9, 1, 5.5
"""What it costs, in leaf values, to delete a policy that the solution knows nothing like; what a
new policy costs besides its leaves; and each leaf by which a policy strays from its counterpart.
"""


MOST_READ = 1_500_000
"""Characters of policies, as JSON, that a search reads; what students write takes half at most."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`policies` stand in the places of the student's; `added` are new."""

    policies: tuple[Json, ...] = field(hash=False)
    added: tuple[Json, ...] = field(default=(), hash=False)

    def with_policy(self, index: int, manifest: Json) -> "Draft":
        policies = (*self.policies[:index], manifest, *self.policies[index + 1 :])
        return replace(self, policies=policies)

    def with_new(self, manifest: Json) -> "Draft":
        return replace(self, added=(*self.added, manifest))

    @property
    def all(self) -> tuple[Json, ...]:
        return (*self.policies, *self.added)


@dataclass(frozen=True, slots=True)
class Unmet:
    """A want that does not hold. Of an open one the `direction` is the side that blocks it."""

    want: Want
    direction: Direction


@dataclass(slots=True)
class Bench:
    """Weighs drafts. What it has once found out about a policy it keeps."""

    universe: Universe
    original: tuple[Json, ...]
    solution: tuple[Json, ...]
    meant: Mapping[int, Json]
    permitted: tuple[int, ...] = ()
    _read: int = 0
    _effects: dict[str, Effect | None] = field(default_factory=dict)
    _seen: dict[int, tuple[Json, Effect | None]] = field(default_factory=dict)
    _texts: dict[int, tuple[Json, str]] = field(default_factory=dict)
    _leaves: dict[int, tuple[Json, Counter[tuple[Path, str]]]] = field(default_factory=dict)
    _costs: dict[tuple[int, str], float] = field(default_factory=dict)

    @classmethod
    def of(cls, universe: Universe, original: Sequence[Json], solution: Sequence[Json]) -> "Bench":
        """What passes already, what the solution lets pass and what the lab wants may pass."""
        meant = counterparts(original, solution)
        bench = cls(universe, tuple(original), tuple(solution), meant)
        before = universe.connections(bench.effect(original))
        reference = universe.connections(bench.effect(solution))
        wanted = bench._wanted()
        bench.permitted = tuple(
            one | other | third for one, other, third in zip(before, reference, wanted, strict=True)
        )
        return bench

    def _wanted(self) -> tuple[int, ...]:
        size = len(self.universe.subjects)
        masks = [0] * (2 * size)
        for want in self.universe.wants:
            if want.is_open and want.source < size:
                masks[want.source] |= self.universe.bit(want.destination, want.port)
            elif want.is_open:
                masks[size + want.destination] |= self.universe.bit(want.source, want.port)
        return tuple(masks)

    def effect(self, manifests: Iterable[Json]) -> Effect:
        """Those that an API server would refuse have none."""
        effects = (self._effect(each) for each in manifests if each)
        return self.universe.together(each for each in effects if each)

    def _effect(self, manifest: Json) -> Effect | None:
        """By identity first: most policies of a draft are those of the draft before it."""
        return _once(self._seen, manifest, self._effect_of)

    def _effect_of(self, manifest: Json) -> Effect | None:
        key = self.text(manifest)
        self._read += len(key)
        if key not in self._effects:
            try:
                policy = parse.parse_policy(manifest, namespace=self.universe.namespace)
                self._effects[key] = self.universe.effect(policy)
            except InvalidManifestError:
                self._effects[key] = None
        return self._effects[key]

    def text(self, manifest: Json) -> str:
        """The same for the same policy. Most are those of the draft before, so each is written
        but once.
        """
        return _once(self._texts, manifest, _text)

    @property
    def is_tired(self) -> bool:
        """Whether enough was read: of large policies there are many drafts, and each takes long."""
        return self._read > MOST_READ

    def is_valid(self, manifest: Json) -> bool:
        return self._effect(manifest) is not None

    def unmet(self, effect: Effect) -> list[Unmet]:
        """Each closed side of what should be open, what should be closed, and one of those that
        pass though nobody asked for it and they did not before.
        """
        return [*self._blocked(effect), *self._open(effect), *self._overstepped(effect)]

    def _blocked(self, effect: Effect) -> Iterator[Unmet]:
        for want in self.universe.wants:
            if want.is_open:
                for direction in (Direction.EGRESS, Direction.INGRESS):
                    if not self.universe.admits(effect, direction, want):
                        yield Unmet(want, direction)

    def _open(self, effect: Effect) -> Iterator[Unmet]:
        for want in self.universe.wants:
            if not want.is_open and self.passes(effect, want):
                yield Unmet(want, Direction.EGRESS)

    def passes(self, effect: Effect, want: Want) -> bool:
        return all(self.universe.admits(effect, direction, want) for direction in Direction)

    def _overstepped(self, effect: Effect) -> Iterator[Unmet]:
        masks = zip(self.universe.connections(effect), self.permitted, strict=True)
        for row, (mask, permitted) in enumerate(masks):
            if beyond := mask & ~permitted:
                yield Unmet(self.universe.connection(row, beyond), Direction.EGRESS)
                return

    def cost(self, draft: Draft) -> float:
        """How many leaf values differ from what the student wrote; more where a policy comes to
        mean something else than it was meant to.
        """
        cost = sum(self._cost(index, each) for index, each in enumerate(draft.policies))
        return cost + sum(len(leaves(each.get("spec"))) + NEW for each in draft.added)

    def _cost(self, index: int, manifest: Json) -> float:
        if manifest is self.original[index]:
            return 0
        key = index, self.text(manifest)
        if key not in self._costs:
            self._costs[key] = self._weighed(index, manifest)
        return self._costs[key]

    def _weighed(self, index: int, manifest: Json) -> float:
        original, meant = self.original[index], self.meant.get(index)
        if not manifest and meant is None:
            return DELETION
        size = sum(each.size for each in changed(original, manifest))
        if meant is None:
            return size + STRAY * _turned(original, manifest)
        before, after, aim = map(self._leaves_of, (original, manifest, meant))
        strayed = (after - before - aim).total() + ((before & aim) - after).total()
        return size + STRAY * strayed + apart(after, aim) / 100

    def _leaves_of(self, manifest: Json) -> Counter[tuple[Path, str]]:
        return _once(self._leaves, manifest, lambda each: named_leaves(spec_of(each)))


def _once(store: dict[int, tuple[Json, T]], manifest: Json, make: Callable[[Json], T]) -> T:
    """What is found out about a policy, by its identity; the store keeps the policy alive."""
    known = store.get(id(manifest))
    if known is None or known[0] is not manifest:
        known = store[id(manifest)] = manifest, make(manifest)
    return known[1]


def _text(manifest: Json) -> str:
    return json.dumps(manifest, sort_keys=True)


def _turned(original: Json, manifest: Json) -> int:
    """Of how many directions it comes to speak in which it said nothing before."""
    return sum(
        bool(rules_of(manifest, each)) and not rules_of(original, each) for each in Direction
    )


def changed(original: Json, manifest: Json) -> list[Change]:
    """Of a policy that is deleted one change, with the empty path."""
    if not manifest:
        return [Change((), original, None, ())]
    return changes(_kept(original), _kept(manifest))


def _kept(manifest: Json) -> Mapping[str, Any]:
    """What counts of a policy: its spec, and the namespace that it says it is in."""
    metadata = manifest.get("metadata")
    place = metadata.get("namespace") if isinstance(metadata, dict) else None
    kept: dict[str, Any] = {"spec": manifest.get("spec") or {}}
    return kept | ({"metadata": {"namespace": place}} if place else {})
