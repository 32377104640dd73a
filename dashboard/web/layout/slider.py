"""The states that a page can be replayed over, and where among them it stands. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dashboard.times.moment import TimeMoment, format_time

STOPS = 200
"""Of more states only so many are stops, evenly chosen; the links still lead to every one."""


@dataclass(frozen=True, slots=True)
class Slider:
    """`stops` are moments as an address names them, each with the change that it is a stop of,
    oldest first; the last is now, and empty.

    `index` is that of the stop at which the page stands, `began` the change that it shows, unless
    it is now or nothing was known then. `previous` and `next` are the states beside it; a `next` of
    `None` is now. `address` is the page's own without a moment. Where it `is_part`, there are more
    states than its `changes`, which are the nearest.
    """

    stops: tuple[tuple[str, str], ...] = field(repr=False)
    index: int
    at: TimeMoment | None
    began: TimeMoment | None
    previous: TimeMoment | None
    next: TimeMoment | None
    changes: int
    address: str
    playing: bool
    is_part: bool = False

    @property
    def last_index(self) -> int:
        return len(self.stops) - 1

    @property
    def position_text(self) -> str:
        """Where it stands, as slider.js says it of another stop."""
        if self.at is None:
            return "now"
        if self.began is None:
            return f"{format_time(self.at.time)}, before the first state"
        began, shown = format_time(self.began.time), format_time(self.at.time)
        if began == shown:
            return f"change of {began}"
        same_day = self.began.time.date() == self.at.time.date()
        return f"change of {began}, as it stood at {f'{self.at.time:%T}' if same_day else shown}"

    @property
    def has_delayed_stops(self) -> bool:
        """Stops are later than their changes."""
        return any(shown != began for shown, began in self.stops)

    @property
    def first_address(self) -> str:
        """Where a replay from the beginning starts."""
        return self._address_at(self.stops[0][0], play="1")

    @property
    def previous_address(self) -> str:
        return self._address_at(str(self.previous or ""))

    @property
    def next_address(self) -> str:
        return self._address_at(str(self.next or ""))

    @property
    def here_address(self) -> str:
        """This page, without going on by itself."""
        return self._address_at(str(self.at or ""))

    @property
    def onward_address(self) -> str:
        """The next page of a replay; the last of all is now, and goes on no further."""
        stop, _ = self.stops[min(self.index + 1, self.last_index)]
        return self._address_at(stop, play="1" if stop else "")

    @property
    def has_more_to_play(self) -> bool:
        return self.at is not None and self.index < self.last_index

    @property
    def play_address(self) -> str:
        return self.onward_address if self.has_more_to_play else self.first_address

    @property
    def play_label(self) -> str:
        return "Play" if self.has_more_to_play else "Play from the start"

    @property
    def stop_words(self) -> str:
        """What the stops are."""
        if self.has_delayed_stops:
            return (
                "Each stop is a change, as it stood once probes had looked at it, "
                "or when it was last so."
            )
        return "Each stop is a time at which somebody's namespace changed."

    def _address_at(self, at: str, play: str = "") -> str:
        given = [f"{name}={value}" for name, value in (("at", at), ("play", play)) if value]
        join = "&" if "?" in self.address else "?"
        return self.address + (join + "&".join(given) if given else "")


def build_slider(
    states: Sequence[tuple[datetime, datetime]],
    at: TimeMoment | None,
    address: str,
    *,
    playing: bool = False,
    is_part: bool = False,
) -> Slider | None:
    """Of each state when it began and the moment to show it at, oldest first; the newest is shown
    as it is now. `None` where there is nothing to replay.
    """
    if len(states) < 2:
        return None
    begins = [began for began, _ in states]
    held = bisect_right(begins, at.time) - 1 if at else len(states) - 1
    stops = pick_evenly(range(len(states) - 1))
    return Slider(
        stops=(*(_format_stop(*states[each]) for each in stops), ("", "")),
        index=_find_stop(stops, held, len(states) - 1),
        at=at,
        began=TimeMoment(begins[held]) if at and held >= 0 else None,
        previous=TimeMoment(states[held - 1][1]) if held > 0 else None,
        next=TimeMoment(states[held + 1][1]) if held + 1 < len(states) - 1 else None,
        changes=len(states),
        address=address,
        playing=playing and at is not None,
        is_part=is_part,
    )


def _format_stop(began: datetime, shown: datetime) -> tuple[str, str]:
    return str(TimeMoment(shown)), str(TimeMoment(began))


def _find_stop(stops: Sequence[int], held: int, newest: int) -> int:
    """Of the stop at the state that held, or at the one before it that is a stop."""
    return len(stops) if held == newest else max(bisect_right(stops, held) - 1, 0)


def pick_evenly(states: Sequence[int], most: int = STOPS) -> list[int]:
    """At most so many, the first and the last among them."""
    if len(states) <= most:
        return list(states)
    apart = (len(states) - 1) / (most - 1)
    return [states[round(number * apart)] for number in range(most)]
