"""What workers say of themselves: heartbeats, and whose turn it is to ask a host."""

from datetime import timedelta

from django.conf import settings
from django.db import models

STOPPED_AFTER = 3
"""After so many rounds without success the work counts as stopped."""
SLOW = timedelta(minutes=5)
"""A poll of a big class may take so long, whatever the period."""


def unread_after() -> timedelta:
    """Return after how long without a poll the state of a namespace is unknown."""
    return max(SLOW, STOPPED_AFTER * timedelta(seconds=settings.POLL_SECONDS))


class Heartbeat(models.Model):
    """One row for each kind of work, overwritten by each attempt.

    `error` is why the newest attempt failed as a whole, empty when it did not. An attempt that
    started after `finished_at` is under way, or was killed.
    """

    work = models.CharField(max_length=20, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.work


class ProbeTurn(models.Model):
    """Only `holder` may ask the host until `free_at`, so two requests are never in flight at once.

    A holder that is still there at `free_at` was killed.
    """

    host = models.CharField(max_length=253, primary_key=True)
    began_at = models.DateTimeField()
    free_at = models.DateTimeField()
    holder = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.host
