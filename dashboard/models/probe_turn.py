"""Whose turn it is to ask a host: two requests to one URL are never in flight."""

from django.db import models


class ProbeTurn(models.Model):
    """Until `free_at` the host belongs to `holder`, who was killed if it ever gets that late."""

    host = models.CharField(max_length=253, primary_key=True)
    began_at = models.DateTimeField()
    free_at = models.DateTimeField()
    holder = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.host
