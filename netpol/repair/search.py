"""The cheapest draft that does what the lab wants: best first, within bounds."""

from collections.abc import Iterator
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count

from netpol.repair.closing import find_closings
from netpol.repair.draft import (
    DELETED,
    DraftScorer,
    RepairDraft,
    UnmetWant,
    list_differences,
    list_policy_changes,
)
from netpol.repair.hints import ConnectionSide
from netpol.repair.opening import find_openings
from netpol.repair.parts import is_in_namespace
from netpol.repair.structure import apply_changes

STEP = 5
"""The assumed cost of each unmet side, so that the search goes forward."""
MOST_EXPANDED = 250
MOST_AFTER = 8
"""Drafts that are still expanded once one is sufficient."""


def find_best_draft(scorer: DraftScorer) -> RepairDraft | None:
    """The cheapest sufficient draft found within bounds, or `None`."""
    found = _search_drafts(scorer, RepairDraft(scorer.original), float("inf"), MOST_EXPANDED)
    found = found or next(
        (each for each in _list_solution_drafts(scorer) if not scorer.list_unmet(each)), None
    )
    return _shrink_draft(scorer, _find_cheaper(scorer, found)) if found else None


def _list_solution_drafts(scorer: DraftScorer) -> Iterator[RepairDraft]:
    """Drafts for where the search fails: the solution's missing policies added, then the others as
    the solution has them, then nothing else.
    """
    known = list(scorer.counterparts.values())
    missing = tuple(each for each in scorer.solution if all(each is not other for other in known))
    yield RepairDraft(scorer.original, missing)
    mended = tuple(
        apply_changes(original, list_differences(original, scorer.counterparts[index]))
        if index in scorer.counterparts
        else original
        for index, original in enumerate(scorer.original)
    )
    yield RepairDraft(mended, missing)
    alone = tuple(
        each if index in scorer.counterparts else DELETED for index, each in enumerate(mended)
    )
    yield RepairDraft(alone, missing)


def _find_cheaper(scorer: DraftScorer, draft: RepairDraft) -> RepairDraft:
    """Put back each policy in turn as it was written, and search a cheaper draft from there."""
    for index, manifest in enumerate(draft.policies):
        if manifest is not scorer.original[index]:
            start = draft.with_policy(index, scorer.original[index])
            other = _search_drafts(scorer, start, scorer.compute_cost(draft), MOST_AFTER)
            draft = other or draft
    return draft


def _search_drafts(
    scorer: DraftScorer, start: RepairDraft, bound: float, most: int
) -> RepairDraft | None:
    """A sufficient draft that costs less than the bound."""
    order, left, found = count(), most, None
    queue: list[tuple[float, float, int, RepairDraft]] = [
        (0, scorer.compute_cost(start), next(order), start)
    ]
    seen = {_build_key(scorer, start)}
    while queue and left > 0 and not scorer.is_exhausted:
        _, cost, _, draft = heappop(queue)
        if cost >= bound:
            continue
        unmet = scorer.list_unmet(draft)
        if not unmet:
            bound, found, left = cost, draft, min(left, MOST_AFTER)
            continue
        left -= 1
        for each, missing in _list_better(scorer, draft, unmet):
            if (key := _build_key(scorer, each)) not in seen:
                seen.add(key)
                cost = scorer.compute_cost(each)
                heappush(queue, (cost + STEP * missing, cost, next(order), each))
    return found


def _list_better(
    scorer: DraftScorer, draft: RepairDraft, unmet: list[UnmetWant]
) -> Iterator[tuple[RepairDraft, int]]:
    """Drafts that meet the first unmet want or leave fewer of them, and how many they leave."""
    first = unmet[0]
    side = ConnectionSide(scorer, first)
    find_ways = find_openings if first.want.is_open else find_closings
    known = {id(each) for each in draft.all_policies}
    for each in (
        *_move_policies(scorer, draft),
        *_approach_solution(scorer, draft),
        *find_ways(draft, side),
    ):
        if scorer.is_exhausted:
            return
        new = [one for one in each.all_policies if one and id(one) not in known]
        if not all(map(scorer.is_valid, new)):
            continue
        left = scorer.list_unmet(each)
        if first not in left or len(left) < len(unmet):
            yield each, len(left)


def _move_policies(scorer: DraftScorer, draft: RepairDraft) -> Iterator[RepairDraft]:
    """Each policy that names another namespace, moved to this one."""
    namespace = scorer.universe.namespace
    for index, manifest in enumerate(draft.policies):
        if manifest and not is_in_namespace(manifest, namespace):
            metadata = {**manifest["metadata"], "namespace": namespace}
            yield draft.with_policy(index, {**manifest, "metadata": metadata})


def _approach_solution(scorer: DraftScorer, draft: RepairDraft) -> Iterator[RepairDraft]:
    """Each policy that is still as written, brought nearer by one change or by all."""
    for index, counterpart in scorer.counterparts.items():
        original = scorer.original[index]
        if draft.policies[index] is original:
            found = list_differences(original, counterpart)
            for each in [*([one] for one in found), *([found] if len(found) > 1 else [])]:
                yield draft.with_policy(index, apply_changes(original, each))


def _build_key(scorer: DraftScorer, draft: RepairDraft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    dump = scorer.dump_policy
    return tuple(map(dump, draft.policies)), tuple(map(dump, draft.added))


def _shrink_draft(scorer: DraftScorer, draft: RepairDraft) -> RepairDraft:
    """The draft without changes that make no difference to the lab."""
    for index, manifest in enumerate(draft.policies):
        original = scorer.original[index]
        if not manifest or manifest is original:
            continue
        made = list_policy_changes(original, manifest)
        for each in list(made):
            rest = [other for other in made if other is not each]
            way = draft.with_policy(index, apply_changes(original, rest) if rest else original)
            if not scorer.list_unmet(way):
                made, draft = rest, way
    for new in draft.added:
        way = replace(draft, added=tuple(other for other in draft.added if other is not new))
        if not scorer.list_unmet(way):
            draft = way
    return draft
