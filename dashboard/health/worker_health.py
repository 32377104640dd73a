"""What the heartbeats of polls and probes say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from dashboard.models import Heartbeat
from dashboard.models.heartbeat import STOPPED_AFTER

LONG_BREAK = timedelta(minutes=10)
"""A round that begins so long after the last success may be the first after a restart: if no
round ever ends, the worker counts as stopped after that.
"""
PERIODS = {"poll": settings.POLL_SECONDS, "probe": settings.PROBE_SECONDS}


@dataclass(frozen=True, slots=True)
class WorkerHealth:
    """One kind of work; `started` is `None` if it never began.

    It `is_late` if nothing succeeded for long, unless it `is_starting`: the first round, or the
    first after a long break, is under way.
    """

    work: str
    period: timedelta
    started: datetime | None
    finished: datetime | None
    succeeded: datetime | None
    error: str
    is_late: bool
    is_starting: bool
    detail: dict[str, Any]

    @property
    def title(self) -> str:
        return {"poll": "Polling", "probe": "Probing"}[self.work]

    @property
    def is_running(self) -> bool:
        """A round has begun and not ended yet."""
        return self.started is not None and (self.finished is None or self.finished < self.started)


def list_worker_health(now: datetime) -> tuple[WorkerHealth, ...]:
    """Polls, then probes, even if they never ran."""
    beats = {beat.work: beat for beat in Heartbeat.objects.filter(work__in=PERIODS)}
    return tuple(
        assess_worker(work, timedelta(seconds=seconds), beats.get(work), now)
        for work, seconds in PERIODS.items()
    )


def assess_worker(
    work: str, period: timedelta, beat: Heartbeat | None, now: datetime
) -> WorkerHealth:
    if beat is None:
        return WorkerHealth(work, period, None, None, None, "", True, False, {})
    overdue = beat.succeeded_at is None or now - beat.succeeded_at > STOPPED_AFTER * period
    starting = overdue and not beat.error and _is_first_round(beat, period, now)
    return WorkerHealth(
        work,
        period,
        beat.started_at,
        beat.finished_at,
        beat.succeeded_at,
        beat.error,
        overdue and not starting,
        starting,
        beat.detail,
    )


def _is_first_round(beat: Heartbeat, period: timedelta, now: datetime) -> bool:
    """The round under way began lately, and it is the first or soon follows a success."""
    began, ended = beat.started_at, beat.finished_at
    if now - began > STOPPED_AFTER * period or (ended and ended >= began):
        return False
    known = beat.succeeded_at
    return ended is None if known is None else began - known <= LONG_BREAK
