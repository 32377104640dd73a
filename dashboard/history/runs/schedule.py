"""When schedules are due. Pure: no queries, no clock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dashboard.models import RunSchedule

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a schedule is due."""

    schedule: RunSchedule
    begins: datetime

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.schedule.minutes)

    @property
    def name(self) -> str:
        return f"{self.schedule.name}, {self.begins:%Y-%m-%d}"


def due(schedules: Iterable[RunSchedule], since: datetime, until: datetime) -> Iterator[Occurrence]:
    """What begins after `since`, and at `until` at the latest."""
    for schedule in schedules:
        begins = _on_or_after(schedule, since)
        while begins <= until:
            if begins > since:
                yield Occurrence(schedule, begins)
            begins += WEEK


def coming(schedule: RunSchedule, now: datetime) -> datetime:
    """The next time that it is due."""
    begins = _on_or_after(schedule, now)
    return begins if begins > now else begins + WEEK


def _on_or_after(schedule: RunSchedule, moment: datetime) -> datetime:
    """Its time on the first such weekday from that day on, perhaps earlier that day."""
    day = moment.astimezone(UTC).date()
    day += DAY * ((schedule.weekday - day.weekday()) % 7)
    return datetime.combine(day, schedule.time, UTC)
