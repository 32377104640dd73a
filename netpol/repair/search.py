"""The cheapest draft that does what the lab wants: best first, within bounds."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count

from netpol.repair.closing import find_closings
from netpol.repair.draft import DELETED, DraftScorer, RepairDraft, UnmetWant, list_policy_changes
from netpol.repair.hints import ConnectionSide
from netpol.repair.nearer import approach_solution, list_differences, move_policies
from netpol.repair.opening import find_openings
from netpol.repair.structure import apply_changes

STEP = 5
"""What one more side to mend is taken to cost, so that the search goes forward."""
MOST_EXPANDED = 250
MOST_AFTER = 8
"""Drafts that are still looked at once there is one that will do."""


def find_best_draft(scorer: DraftScorer) -> RepairDraft | None:
    """`None` where nothing was found within bounds."""
    found = _search_drafts(scorer, RepairDraft(scorer.original), float("inf"), MOST_EXPANDED)
    found = found or next(
        (each for each in _list_solution_drafts(scorer) if _is_sufficient(scorer, each)), None
    )
    return _shrink_draft(scorer, _find_cheaper(scorer, found)) if found else None


def _list_solution_drafts(scorer: DraftScorer) -> Iterator[RepairDraft]:
    """Where mending leads nowhere: what the student has not, then what they have as the solution
    has it, then nothing besides.
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
    """Each policy in turn as the student wrote it again: is there a cheaper way without it?"""
    for index, manifest in enumerate(draft.policies):
        if manifest is not scorer.original[index]:
            start = draft.with_policy(index, scorer.original[index])
            other = _search_drafts(scorer, start, scorer.compute_cost(draft), MOST_AFTER)
            draft = other or draft
    return draft


def _search_drafts(
    scorer: DraftScorer, start: RepairDraft, bound: float, most: int
) -> RepairDraft | None:
    """Something that will do and costs less than the bound."""
    order, left, found = count(), most, None
    queue: list[tuple[float, float, int, RepairDraft]] = [
        (0, scorer.compute_cost(start), next(order), start)
    ]
    seen = {_build_key(scorer, start)}
    while queue and left > 0 and not scorer.is_exhausted:
        _, cost, _, draft = heappop(queue)
        if cost >= bound:
            continue
        unmet = scorer.list_unmet(scorer.find_effect(draft.all_policies))
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
    """Those that mend the first of what is unmet, or leave less of it, and how much they leave."""
    first = unmet[0]
    side = ConnectionSide(scorer, first)
    ways: Iterable[RepairDraft] = (
        find_openings(draft, side) if first.want.is_open else find_closings(draft, side)
    )
    moved = move_policies(draft, scorer.universe.namespace)
    for each in (*moved, *approach_solution(scorer, draft), *ways):
        if scorer.is_exhausted:
            return
        if not _is_valid(scorer, each, draft):
            continue
        left = scorer.list_unmet(scorer.find_effect(each.all_policies))
        if first not in left or len(left) < len(unmet):
            yield each, len(left)


def _is_valid(scorer: DraftScorer, draft: RepairDraft, before: RepairDraft) -> bool:
    """What an API server would refuse is no way, unless the student wrote it."""
    known = {id(each) for each in before.all_policies}
    return all(
        not each or id(each) in known or scorer.is_valid(each) for each in draft.all_policies
    )


def _build_key(scorer: DraftScorer, draft: RepairDraft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(map(scorer.dump_policy, draft.policies)), tuple(
        map(scorer.dump_policy, draft.added)
    )


def _shrink_draft(scorer: DraftScorer, draft: RepairDraft) -> RepairDraft:
    """Without what makes no difference to the lab."""
    for index, manifest in enumerate(draft.policies):
        original = scorer.original[index]
        if not manifest or manifest is original:
            continue
        made = list_policy_changes(original, manifest)
        for each in list(made):
            rest = [other for other in made if other is not each]
            way = draft.with_policy(index, apply_changes(original, rest) if rest else original)
            if _is_sufficient(scorer, way):
                made, draft = rest, way
    for new in draft.added:
        way = replace(draft, added=tuple(other for other in draft.added if other is not new))
        if _is_sufficient(scorer, way):
            draft = way
    return draft


def _is_sufficient(scorer: DraftScorer, draft: RepairDraft) -> bool:
    return not scorer.list_unmet(scorer.find_effect(draft.all_policies))
