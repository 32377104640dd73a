"""The changes that a page can be replayed over, and where among them it stands. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dashboard.pages.moment import At

STOPS = 200
"""Of more changes only so many are stops, evenly chosen; the links still lead to every one."""


@dataclass(frozen=True, slots=True)
class Slider:
    """`stops` are moments as an address names them, oldest first; the last is now, and empty.

    `index` is that of the stop at which the page stands. `previous` and `next` are the changes
    beside it; a `next` of `None` is now. `address` is the page's own without a moment.
    """

    stops: tuple[str, ...] = field(repr=False)
    index: int
    at: At | None
    previous: At | None
    next: At | None
    changes: int
    address: str
    playing: bool

    @property
    def last(self) -> int:
        return len(self.stops) - 1

    @property
    def first_address(self) -> str:
        """Where a replay from the beginning starts."""
        return self._to(self.stops[0], play="1")

    @property
    def previous_address(self) -> str:
        return self._to(str(self.previous or ""))

    @property
    def next_address(self) -> str:
        return self._to(str(self.next or ""))

    @property
    def here_address(self) -> str:
        """This page, without going on by itself."""
        return self._to(str(self.at or ""))

    @property
    def onward_address(self) -> str:
        """The next page of a replay; the last of all is now, and goes on no further."""
        stop = self.stops[min(self.index + 1, self.last)]
        return self._to(stop, play="1" if stop else "")

    @property
    def play_address(self) -> str:
        return self.onward_address if self.at and self.index < self.last else self.first_address

    def _to(self, at: str, play: str = "") -> str:
        given = [f"{name}={value}" for name, value in (("at", at), ("play", play)) if value]
        join = "&" if "?" in self.address else "?"
        return self.address + (join + "&".join(given) if given else "")


def slider(
    times: Sequence[datetime], at: At | None, address: str, *, playing: bool = False
) -> Slider | None:
    """`times` are when states began, oldest first: each is a stop but the newest, which is now.

    `None` where there is nothing to replay.
    """
    if len(times) < 2:
        return None
    earlier, now = times[:-1], times[-1]
    moment = at.time if at else now
    stops = thinned(earlier)
    at_end = moment >= now
    return Slider(
        stops=(*(str(At(stop)) for stop in stops), ""),
        index=len(stops) if at_end else max(bisect_right(stops, moment) - 1, 0),
        at=at,
        previous=_at(times[: bisect_left(times, moment)][-1:]),
        next=_at(earlier[bisect_right(earlier, moment) :][:1]),
        changes=len(times),
        address=address,
        playing=playing and at is not None,
    )


def _at(times: Sequence[datetime]) -> At | None:
    return At(times[0]) if times else None


def thinned(times: Sequence[datetime], most: int = STOPS) -> list[datetime]:
    """At most so many, the first and the last among them."""
    if len(times) <= most:
        return list(times)
    apart = (len(times) - 1) / (most - 1)
    return [times[round(number * apart)] for number in range(most)]
