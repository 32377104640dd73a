"""Policies that somebody thinks about, kept because they said so."""

from django.db import models

from dashboard.models.namespace import Namespace


class Draft(models.Model):
    """`text` is YAML as it was written; `replaces` is whether it stands for all that is there."""

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="drafts")
    text = models.TextField()
    replaces = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"draft {self.pk}"
