"""Sets of small numbers as the bits of one integer, and an index of labels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netpol.model import LabelRequirement, Operator, Selector

_SPARSE = 64


def build_mask(numbers: Iterable[int]) -> int:
    """The set of these numbers."""
    listed = list(numbers)
    if len(listed) == 1:
        return 1 << listed[0]
    held = bytearray(max(listed, default=0) // 8 + 1)
    for number in listed:
        held[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(held, "little")


def list_numbers(mask: int) -> Iterator[int]:
    """The numbers of the set, in order."""
    if mask.bit_count() <= _SPARSE:
        while mask:
            lowest = mask & -mask
            yield lowest.bit_length() - 1
            mask ^= lowest
        return
    text = f"{mask:b}"[::-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)


@dataclass(frozen=True, slots=True)
class LabelIndex:
    """The things that have a label, as bits, for the keys that selectors name."""

    everything: int
    having: Mapping[str, int]
    with_value: Mapping[tuple[str, str], int]

    @classmethod
    def from_labels(
        cls, labelled: Sequence[tuple[Mapping[str, str], int]], keys: Iterable[str]
    ) -> "LabelIndex":
        """An index of labels, each with the set of things that have them."""
        everything = 0
        having: dict[str, int] = dict.fromkeys(keys, 0)
        with_value: dict[tuple[str, str], int] = {}
        for labels, mask in labelled:
            everything |= mask
            for key in having.keys() & labels.keys():
                having[key] |= mask
                pair = key, labels[key]
                with_value[pair] = with_value.get(pair, 0) | mask
        return cls(everything, having, with_value)

    def find_matching(self, selector: Selector) -> int:
        """What `selector_matches` accepts: "an empty label selector matches all objects"."""
        found = self.everything
        for requirement in selector.requirements:
            match requirement.operator:
                case Operator.IN:
                    found &= self._match_values(requirement)
                case Operator.NOT_IN:
                    found &= ~self._match_values(requirement)
                case Operator.EXISTS:
                    found &= self.having[requirement.key]
                case Operator.DOES_NOT_EXIST:
                    found &= ~self.having[requirement.key]
        return found

    def _match_values(self, requirement: LabelRequirement) -> int:
        found = 0
        for value in requirement.values:
            found |= self.with_value.get((requirement.key, value), 0)
        return found
