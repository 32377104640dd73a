"""Runs and schedules as they are listed. Pure: no queries, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.history.runs.schedule import coming
from dashboard.models import Run, RunOrigin, RunSchedule
from dashboard.times.durations import to_the_minute
from dashboard.web.runs.standing import Stood
from dashboard.web.runs.stretch import Stretch


@dataclass(frozen=True, slots=True)
class RunRow:
    """`stood` is `None` where nobody was read by the end."""

    run: Run
    stretch: Stretch
    stood: Stood | None

    @property
    def by(self) -> str:
        match RunOrigin(self.run.origin):
            case RunOrigin.HAND:
                return f"by hand, {self.run.by}" if self.run.by else "by hand"
            case RunOrigin.SCHEDULE:
                return "by schedule"
            case RunOrigin.SESSION:
                return "found: many changed their policies"


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    schedule: RunSchedule
    next: datetime

    @property
    def day(self) -> str:
        return f"{self.next:%A}"

    @property
    def length(self) -> str:
        minutes = self.schedule.minutes
        return to_the_minute(timedelta(minutes=minutes)) if minutes else "a moment"


def run_rows(
    runs: Iterable[Run], stretches: Iterable[Stretch], stood: Mapping[str, Stood | None]
) -> list[RunRow]:
    return [
        RunRow(run, stretch, stood[stretch.address])
        for run, stretch in zip(runs, stretches, strict=True)
    ]


def schedule_rows(schedules: Iterable[RunSchedule], now: datetime) -> list[ScheduleRow]:
    return [ScheduleRow(schedule, coming(schedule, now)) for schedule in schedules]
