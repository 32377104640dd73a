"""Is anybody looking? One row for each kind of work, overwritten each time."""

from django.db import models

MISSED = 3
"""After so many rounds without success the work counts as stopped: one may be slow."""


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
