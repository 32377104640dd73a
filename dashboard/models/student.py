"""Who is on the roster, whether or not they have a namespace."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models.functions import Lower

LONGEST = {"name": 150, "section": 60}
"""The most characters of each column."""


class StudentQuerySet(models.QuerySet["Student"]):
    def with_logins(self, logins: Iterable[str]) -> Self:
        """The students with these logins, whatever the case, in one query."""
        keys = {login.lower() for login in logins}
        return self.annotate(key=Lower("login")).filter(key__in=keys)


class Student(models.Model):
    """`login` is as GitHub has it; a namespace is theirs whatever the case of its label."""

    login = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=LONGEST["name"], blank=True, default="")
    section = models.CharField(max_length=LONGEST["section"], blank=True, default="")
    imported_at = models.DateTimeField()

    objects = StudentQuerySet.as_manager()

    class Meta:
        ordering = ["login"]

    def __str__(self) -> str:
        return self.name or self.login
