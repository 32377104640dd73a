"""Is anybody looking? What the heartbeats of polls and probes say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from dashboard.models import Heartbeat
from dashboard.models.heartbeat import MISSED

PERIODS = {"poll": settings.POLL_SECONDS, "probe": settings.PROBE_SECONDS}


@dataclass(frozen=True, slots=True)
class Pulse:
    """One kind of work: `started` is `None` where it never began."""

    work: str
    period: timedelta
    started: datetime | None
    finished: datetime | None
    succeeded: datetime | None
    error: str
    late: bool
    detail: dict[str, Any]

    @property
    def noun(self) -> str:
        return {"poll": "Polling", "probe": "Probing"}[self.work]

    @property
    def running(self) -> bool:
        """A round has begun and not ended yet."""
        return self.started is not None and (self.finished is None or self.finished < self.started)


def pulses(now: datetime) -> tuple[Pulse, ...]:
    """Polls, then probes, whether they ever ran or not."""
    beats = {beat.work: beat for beat in Heartbeat.objects.filter(work__in=PERIODS)}
    return tuple(
        pulse(work, timedelta(seconds=seconds), beats.get(work), now)
        for work, seconds in PERIODS.items()
    )


def pulse(work: str, period: timedelta, beat: Heartbeat | None, now: datetime) -> Pulse:
    if beat is None:
        return Pulse(work, period, None, None, None, "", True, {})
    late = beat.succeeded_at is None or now - beat.succeeded_at > MISSED * period
    return Pulse(
        work,
        period,
        beat.started_at,
        beat.finished_at,
        beat.succeeded_at,
        beat.error,
        late,
        beat.detail,
    )
