"""Sets of ports of all protocols as bits: one for each range that no policy splits."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from netpol.model import PortRange, Protocol

_END = 65536


@dataclass(frozen=True, slots=True)
class PortSpace:
    """`parts` are the ranges that bits stand for, the first for the lowest bit.

    They cover every port of every protocol once, in the order of protocols and ports.
    """

    parts: tuple[PortRange, ...]
    starts: Mapping[Protocol, tuple[int, ...]]
    offsets: Mapping[Protocol, int]

    @classmethod
    def from_ranges(cls, told_apart: Iterable[PortRange]) -> "PortSpace":
        """The coarsest space in which each of these ranges is a set."""
        bounds = {protocol: {1} for protocol in Protocol}
        for port in told_apart:
            bounds[port.protocol] |= {port.first, port.last + 1}
        starts = {
            protocol: tuple(sorted(each for each in found if each < _END))
            for protocol, found in bounds.items()
        }
        parts: list[PortRange] = []
        offsets = {}
        for protocol, firsts in starts.items():
            offsets[protocol] = len(parts)
            ends = (*firsts[1:], _END)
            parts += (
                PortRange(protocol, first, end - 1) for first, end in zip(firsts, ends, strict=True)
            )
        return cls(tuple(parts), starts, offsets)

    @property
    def all_ports(self) -> int:
        """All ports of all protocols."""
        return (1 << len(self.parts)) - 1

    def mask_range(self, port: PortRange) -> int:
        """The range as bits; it has to be one of the ranges that the space was built from."""
        starts, offset = self.starts[port.protocol], self.offsets[port.protocol]
        first, end = bisect_right(starts, port.first) - 1, bisect_left(starts, port.last + 1)
        return (1 << offset + end) - (1 << offset + first)

    def mask_port(self, port: int, protocol: Protocol) -> int:
        """The bit of the range that contains this port."""
        place = bisect_right(self.starts[protocol], port) - 1
        return 1 << self.offsets[protocol] + place

    def list_ranges(self, mask: int) -> tuple[PortRange, ...]:
        """The bits as the fewest ranges, in the order of protocols and ports."""
        found = []
        for start, end in _find_runs(mask):
            for protocol, offset in self.offsets.items():
                first, stop = max(start, offset), min(end, offset + len(self.starts[protocol]))
                if first < stop:
                    part = PortRange(protocol, self.parts[first].first, self.parts[stop - 1].last)
                    found.append(part)
        return tuple(found)

    def list_parts(self, mask: int) -> Iterator[PortRange]:
        """The parts that the bits stand for."""
        return (part for start, end in _find_runs(mask) for part in self.parts[start:end])


def _find_runs(mask: int) -> Iterator[tuple[int, int]]:
    """The start and end of each run of set bits, found without a look at every bit."""
    digits = f"{mask:b}"[::-1] + "0"
    start = digits.find("1")
    while start >= 0:
        end = digits.find("0", start)
        yield start, end
        start = digits.find("1", end)
