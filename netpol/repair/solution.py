"""Which of the solution's policies a student's policy was meant to be."""

from collections.abc import Sequence

from netpol.parse import Json
from netpol.repair.parts import spec_of
from netpol.repair.structure import TreeChange, count_leaves_apart, list_changes, list_leaves


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
