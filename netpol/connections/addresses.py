"""Addresses as ranges of numbers, and the ipBlocks that contain an address."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from netpol.model import IPAddress, IPBlock

LAST = {4: 2**32 - 1, 6: 2**128 - 1}
"""The last address of each family; the first is 0."""


@dataclass(frozen=True, slots=True, order=True)
class AddressRange:
    """Addresses `first` to `last` of one family, both included, as numbers."""

    family: int
    first: int
    last: int

    @property
    def first_address(self) -> IPAddress:
        return self._to_address(self.first)

    def __contains__(self, address: IPAddress) -> bool:
        return self.family == address.version and self.first <= int(address) <= self.last

    def contains_range(self, other: "AddressRange") -> bool:
        return self.family == other.family and self.first <= other.first and other.last <= self.last

    def __str__(self) -> str:
        return f"{self.first_address}-{self._to_address(self.last)}"

    def _to_address(self, number: int) -> IPAddress:
        return IPv4Address(number) if self.family == 4 else IPv6Address(number)


def join_ranges(ranges: Iterable[AddressRange]) -> Iterator[AddressRange]:
    """Join adjacent ranges; they have to come in order."""
    last: AddressRange | None = None
    for each in ranges:
        if last and last.family == each.family and last.last + 1 == each.first:
            last = AddressRange(last.family, last.first, each.last)
            continue
        if last:
            yield last
        last = each
    if last:
        yield last


FAMILIES = tuple(AddressRange(family, 0, last) for family, last in LAST.items())
"""Every address there is."""


def list_block_ranges(block: IPBlock) -> list[AddressRange]:
    """The addresses of `cidr` outside every `except`, in order."""
    family = block.cidr.version
    parts = sorted(
        (int(part.network_address), int(part.broadcast_address))
        for part in block.excluded
        if part.version == family
    )
    first, last = int(block.cidr.network_address), int(block.cidr.broadcast_address)
    found = []
    for start, end in parts:
        if first < start <= last:
            found.append(AddressRange(family, first, start - 1))
        first = max(first, end + 1)
    if first <= last:
        found.append(AddressRange(family, first, last))
    return found


@dataclass(frozen=True, slots=True)
class BlockIndex:
    """The blocks that contain an address, as one bit for each block in its order.

    For each family: where what holds an address changes, and what holds it from there on.
    """

    starts: Mapping[int, Sequence[int]]
    holders: Mapping[int, Sequence[int]]

    @classmethod
    def from_blocks(cls, blocks: Iterable[IPBlock]) -> "BlockIndex":
        changes: dict[int, dict[int, int]] = {family: {0: 0} for family in LAST}
        for number, block in enumerate(blocks):
            for part in list_block_ranges(block):
                at = changes[part.family]
                for place in (part.first, part.last + 1):
                    at[place] = at.get(place, 0) ^ 1 << number
        starts, holders = {}, {}
        for family, at in changes.items():
            starts[family] = sorted(at)
            now, held = 0, []
            for place in starts[family]:
                now ^= at[place]
                held.append(now)
            holders[family] = held
        return cls(starts, holders)

    def find_blocks(self, address: IPAddress) -> int:
        """The blocks that contain it: "matches addresses in `cidr` and in none of `except`"."""
        family = address.version
        return self.holders[family][bisect_right(self.starts[family], int(address)) - 1]

    def split_addresses(self) -> Iterator[tuple[AddressRange, int]]:
        """All addresses, in ranges that no block splits, each with the blocks that contain it."""
        for family, starts in self.starts.items():
            ends = (*starts[1:], LAST[family] + 1)
            for first, end, held in zip(starts, ends, self.holders[family], strict=True):
                if first < end:
                    yield AddressRange(family, first, end - 1), held
