"""A run, or a moment without a name, as one side of a comparison. Pure: no queries, no clock."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.models import Run
from dashboard.times.durations import format_minutes
from dashboard.times.moment import (
    InvalidMoment,
    NamedMoment,
    TimeMoment,
    format_moment,
    parse_moment,
    refuse_future,
)


@dataclass(frozen=True, slots=True)
class RunSide:
    """`ended` is never ahead: while it is `going`, it is now. `address` is how links name it."""

    address: str
    title: str
    began: datetime
    ended: datetime
    is_ongoing: bool = False

    @property
    def is_moment(self) -> bool:
        return self.began == self.ended

    @property
    def start(self) -> TimeMoment:
        return TimeMoment(self.began)

    @property
    def end(self) -> TimeMoment:
        return TimeMoment(self.ended)

    @property
    def length(self) -> str:
        return "a moment" if self.is_moment else format_minutes(self.ended - self.began)


def build_run_side(run: Run, now: datetime) -> RunSide:
    going = run.ended_at is None or run.ended_at > now
    ended = now if run.ended_at is None else min(run.ended_at, now)
    return RunSide(str(run.pk), run.name, min(run.began_at, now), ended, going)


def parse_side(text: str, now: datetime) -> RunSide:
    """`now`, or a time. Raises `InvalidMoment`."""
    try:
        found = parse_moment(text)
    except InvalidMoment:
        raise InvalidMoment(_explain_sides(text)) from None
    match found:
        case NamedMoment.NOW:
            return RunSide(
                str(NamedMoment.NOW), format_moment(NamedMoment.NOW), now, now, is_ongoing=True
            )
        case TimeMoment(time):
            refuse_future(found, now)
            return RunSide(str(found), format_moment(found), time, time)
    raise InvalidMoment(_explain_sides(text))


def _explain_sides(text: str) -> str:
    return (
        f"“{text[:80]}” is no run and no moment of a class: say the number of a run, now,"
        " or a time like 2026-03-01T14:05:00Z (RFC 3339)."
    )
