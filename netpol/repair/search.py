"""The cheapest draft that does what the lab wants: best first, within bounds."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count

from netpol.repair.closing import closings
from netpol.repair.draft import DELETED, Bench, Draft, Unmet, changed
from netpol.repair.hints import Sought
from netpol.repair.nearer import differences, likenings, moves
from netpol.repair.opening import openings
from netpol.repair.structure import apply

STEP = 5
"""What one more side to mend is taken to cost, so that the search goes forward."""
MOST_EXPANDED = 250
MOST_AFTER = 8
"""Drafts that are still looked at once there is one that will do."""


def best(bench: Bench) -> Draft | None:
    """`None` where nothing was found within bounds."""
    found = _search(bench, Draft(bench.original), float("inf"), MOST_EXPANDED)
    found = found or next(
        (each for each in _towards_the_solution(bench) if _will_do(bench, each)), None
    )
    return _shrunk(bench, _cheaper(bench, found)) if found else None


def _towards_the_solution(bench: Bench) -> Iterator[Draft]:
    """Where mending leads nowhere: what the student has not, then what they have as the solution
    has it, then nothing besides.
    """
    known = list(bench.meant.values())
    missing = tuple(each for each in bench.solution if all(each is not other for other in known))
    yield Draft(bench.original, missing)
    mended = tuple(
        apply(original, differences(original, bench.meant[index]))
        if index in bench.meant
        else original
        for index, original in enumerate(bench.original)
    )
    yield Draft(mended, missing)
    alone = tuple(each if index in bench.meant else DELETED for index, each in enumerate(mended))
    yield Draft(alone, missing)


def _cheaper(bench: Bench, draft: Draft) -> Draft:
    """Each policy in turn as the student wrote it again: is there a cheaper way without it?"""
    for index, manifest in enumerate(draft.policies):
        if manifest is not bench.original[index]:
            start = draft.with_policy(index, bench.original[index])
            other = _search(bench, start, bench.cost(draft), MOST_AFTER)
            draft = other or draft
    return draft


def _search(bench: Bench, start: Draft, bound: float, most: int) -> Draft | None:
    """Something that will do and costs less than the bound."""
    order, left, found = count(), most, None
    queue: list[tuple[float, float, int, Draft]] = [(0, bench.cost(start), next(order), start)]
    seen = {_key(bench, start)}
    while queue and left > 0 and not bench.is_tired:
        _, cost, _, draft = heappop(queue)
        if cost >= bound:
            continue
        unmet = bench.unmet(bench.effect(draft.all))
        if not unmet:
            bound, found, left = cost, draft, min(left, MOST_AFTER)
            continue
        left -= 1
        for each, missing in _better(bench, draft, unmet):
            if (key := _key(bench, each)) not in seen:
                seen.add(key)
                cost = bench.cost(each)
                heappush(queue, (cost + STEP * missing, cost, next(order), each))
    return found


def _better(bench: Bench, draft: Draft, unmet: list[Unmet]) -> Iterator[tuple[Draft, int]]:
    """Those that mend the first of what is unmet, or leave less of it, and how much they leave."""
    first = unmet[0]
    sought = Sought(bench, first)
    ways: Iterable[Draft] = (
        openings(draft, sought) if first.want.is_open else closings(draft, sought)
    )
    moved = moves(draft, bench.universe.namespace)
    for each in (*moved, *likenings(bench, draft), *ways):
        if bench.is_tired:
            return
        if not _is_valid(bench, each, draft):
            continue
        left = bench.unmet(bench.effect(each.all))
        if first not in left or len(left) < len(unmet):
            yield each, len(left)


def _is_valid(bench: Bench, draft: Draft, before: Draft) -> bool:
    """What an API server would refuse is no way, unless the student wrote it."""
    known = {id(each) for each in before.all}
    return all(not each or id(each) in known or bench.is_valid(each) for each in draft.all)


def _key(bench: Bench, draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(map(bench.text, draft.policies)), tuple(map(bench.text, draft.added))


def _shrunk(bench: Bench, draft: Draft) -> Draft:
    """Without what makes no difference to the lab."""
    for index, manifest in enumerate(draft.policies):
        original = bench.original[index]
        if not manifest or manifest is original:
            continue
        made = changed(original, manifest)
        for each in list(made):
            rest = [other for other in made if other is not each]
            way = draft.with_policy(index, apply(original, rest) if rest else original)
            if _will_do(bench, way):
                made, draft = rest, way
    for new in draft.added:
        way = replace(draft, added=tuple(other for other in draft.added if other is not new))
        if _will_do(bench, way):
            draft = way
    return draft


def _will_do(bench: Bench, draft: Draft) -> bool:
    return not bench.unmet(bench.effect(draft.all))
