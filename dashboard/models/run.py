"""Named moments and intervals of the class."""

from django.db import models

LONGEST_NAME = 150


class RunOrigin(models.TextChoices):
    HAND = "hand"
    SESSION = "session"


class Run(models.Model):
    """`ended_at` equals `began_at` for a moment, and is `None` while a lab session goes on."""

    name = models.CharField(max_length=LONGEST_NAME)
    lab = models.CharField(max_length=100)
    origin = models.CharField(max_length=10, choices=RunOrigin, default=RunOrigin.HAND)
    began_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=150, blank=True, default="")
    named_minute = models.DateTimeField(null=True, blank=True)
    """The minute of `began_at` in a run that somebody named; lists tell runs apart by both."""

    class Meta:
        ordering = ["-began_at", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["lab", "name", "named_minute"], name="one_run_per_name_and_minute"
            ),
            models.UniqueConstraint(
                fields=["lab"],
                condition=models.Q(origin="session", ended_at=None),
                name="one_open_session_per_lab",
            ),
            models.UniqueConstraint(
                fields=["lab", "began_at"],
                condition=models.Q(origin="session"),
                name="one_session_per_beginning",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("began_at")),
                name="run_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return self.name
