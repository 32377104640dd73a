"""Policies that somebody tries, and chose to keep."""

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models

from dashboard.models.namespace import Namespace

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class DraftQuerySet(models.QuerySet["Draft"]):
    def listed_for(self, user: "User | AnonymousUser") -> Self:
        """Everybody's for an instructor, their own for a student."""
        return self if user.is_staff else self.filter(by=user.get_username())


class Draft(models.Model):
    """`text` is the YAML as written; `replaces` is whether it replaces all policies.

    The key is part of its address: nobody can guess it, and the address is how a draft is shared.
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
