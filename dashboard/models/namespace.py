"""A student's namespace and whether it can be read."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from dashboard.models.interval import SeenQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class NamespaceQuerySet(SeenQuerySet["Namespace"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """An instructor sees every namespace, a student those that bear their login."""
        if user.is_staff:
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(student__iexact=user.get_username())

    def present(self) -> Self:
        return self.filter(gone_at=None)

    def present_at(self, moment: datetime | None = None) -> Self:
        """The namespaces that existed at a moment, by default now."""
        if moment is None:
            return self.present()
        stays = models.Q(gone_at=None) | models.Q(gone_at__gt=moment)
        return self.filter(stays, first_seen__lte=moment)


class Namespace(models.Model):
    name = models.CharField(max_length=63, unique=True)
    student = models.CharField(max_length=63, db_index=True)
    environment = models.CharField(max_length=63)
    labels = models.JSONField(default=dict)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True, default="")
    """Why the newest poll could not read it; empty when it could."""
    failing_since = models.DateTimeField(null=True, blank=True)

    objects = NamespaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
