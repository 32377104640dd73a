"""The cheapest draft that does what the lab wants: best first, within bounds."""

import json
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import count

from netpol.repair.closing import closings
from netpol.repair.draft import Bench, Draft, Unmet, changed
from netpol.repair.hints import Sought
from netpol.repair.nearer import likenings, moves
from netpol.repair.opening import openings
from netpol.repair.structure import apply

STEP = 5
"""What one more side to mend is taken to cost, so that the search goes forward."""
MOST_EXPANDED = 250
MOST_AFTER = 25
"""Drafts that are still looked at once there is one that will do."""


def best(bench: Bench) -> Draft | None:
    """`None` where nothing was found within bounds."""
    start = Draft(bench.original)
    order, left = count(), MOST_EXPANDED
    queue: list[tuple[float, float, int, Draft]] = [(0, 0, next(order), start)]
    seen, found = {_key(start)}, None
    while queue and left > 0:
        _, cost, _, draft = heappop(queue)
        if found and cost >= found[0]:
            continue
        unmet = bench.unmet(bench.effect(draft.all))
        if not unmet:
            found = cost, draft
            left = min(left, MOST_AFTER)
            continue
        left -= 1
        for each in _better(bench, draft, unmet):
            if (key := _key(each)) not in seen:
                seen.add(key)
                missing = len(bench.unmet(bench.effect(each.all)))
                cost = bench.cost(each)
                heappush(queue, (cost + STEP * missing, cost, next(order), each))
    return _shrunk(bench, found[1]) if found else None


def _better(bench: Bench, draft: Draft, unmet: list[Unmet]) -> Iterator[Draft]:
    """Those that mend the first of what is unmet, or bring a policy nearer to the solution's."""
    first = unmet[0]
    sought = Sought(bench, first)
    ways: Iterable[Draft] = (
        openings(draft, sought) if first.want.is_open else closings(draft, sought)
    )
    moved = moves(draft, bench.universe.namespace)
    for each in (*moved, *likenings(bench, draft), *ways):
        if not _is_valid(bench, each, draft):
            continue
        left = bench.unmet(bench.effect(each.all))
        if first not in left or len(left) < len(unmet):
            yield each


def _is_valid(bench: Bench, draft: Draft, before: Draft) -> bool:
    """What an API server would refuse is no way, unless the student wrote it."""
    known = {id(each) for each in before.all}
    return all(not each or id(each) in known or bench.is_valid(each) for each in draft.all)


def _key(draft: Draft) -> str:
    return json.dumps([draft.policies, draft.added], sort_keys=True)


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
    return draft


def _will_do(bench: Bench, draft: Draft) -> bool:
    return not bench.unmet(bench.effect(draft.all))
