"""Is anybody looking? One row for each kind of work, overwritten each time."""

from datetime import timedelta

from django.conf import settings
from django.db import models

STOPPED_AFTER = 3
"""After so many rounds without success the work counts as stopped: one may be slow."""
SLOW = timedelta(minutes=5)
"""A poll of a big class may take so long, however often one is due."""


def unread_after() -> timedelta:
    """After so long without a poll nobody knows what a namespace was like meanwhile."""
    return max(SLOW, STOPPED_AFTER * timedelta(seconds=settings.POLL_SECONDS))


class Heartbeat(models.Model):
    """`error` is why the newest attempt failed as a whole; empty when it did not.

    An attempt that started after `finished_at` is under way, or was killed.
    """

    work = models.CharField(max_length=20, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.work
