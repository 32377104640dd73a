"""Who is on the roster, whether or not they have a namespace."""

from django.db import models


class Student(models.Model):
    """`login` is as GitHub has it; a namespace is theirs whatever the case of its label."""

    login = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=150, blank=True, default="")
    section = models.CharField(max_length=60, blank=True, default="")
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["login"]

    def __str__(self) -> str:
        return self.name or self.login
