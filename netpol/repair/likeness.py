"""Which of the solution's policies a student's was meant to be."""

from collections.abc import Sequence

from netpol.parse import Json
from netpol.repair.parts import spec_of
from netpol.repair.structure import count_leaves_apart, list_leaves


def match_solution(policies: Sequence[Json], solution: Sequence[Json]) -> dict[int, Json]:
    """By index of the student's: its namesake, else what is nearly the same, each once."""
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
