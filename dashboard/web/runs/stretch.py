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
class Stretch:
    """`ended` is never ahead: while it is `going`, it is now. `address` is how links name it."""

    address: str
    title: str
    began: datetime
    ended: datetime
    going: bool = False

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


def of_run(run: Run, now: datetime) -> Stretch:
    going = run.ended_at is None or run.ended_at > now
    ended = now if run.ended_at is None else min(run.ended_at, now)
    return Stretch(str(run.pk), run.name, min(run.began_at, now), ended, going)


def of_text(text: str, now: datetime) -> Stretch:
    """`now`, or a time. Raises `InvalidMoment`."""
    try:
        found = parse_moment(text)
    except InvalidMoment:
        raise InvalidMoment(_hint(text)) from None
    match found:
        case NamedMoment.NOW:
            return Stretch(
                str(NamedMoment.NOW), format_moment(NamedMoment.NOW), now, now, going=True
            )
        case TimeMoment(time):
            refuse_future(found, now)
            return Stretch(str(found), format_moment(found), time, time)
    raise InvalidMoment(_hint(text))


def _hint(text: str) -> str:
    return (
        f"“{text[:80]}” is no run and no moment of a class: say the number of a run, now,"
        " or a time like 2026-03-01T14:05:00Z (RFC 3339)."
    )
