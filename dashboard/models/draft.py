"""Policies that somebody thinks about, kept because they said so."""

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models

from dashboard.models.namespace import Namespace

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class DraftQuerySet(models.QuerySet["Draft"]):
    def listed_for(self, user: "User | AnonymousUser") -> Self:
        """An instructor is shown everybody's, a student their own."""
        return self if user.is_staff else self.filter(by=user.get_username())


class Draft(models.Model):
    """`text` is YAML as it was written; `replaces` is whether it stands for all that is there.

    Its key is what its address says; nobody can guess one, and an address is how it is shared.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="drafts")
    text = models.TextField()
    replaces = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"draft of {self.at:%Y-%m-%d %H:%M} UTC by {self.by}"
