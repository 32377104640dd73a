"""Moments and intervals of the class that have a name."""

from django.db import models

LONGEST_NAME = 150
LONGEST_SCHEDULE = 100
"""Its runs have the day behind its name."""


class RunOrigin(models.TextChoices):
    HAND = "hand"
    SCHEDULE = "schedule"
    SESSION = "session"


class RunSchedule(models.Model):
    """Every week at this time a run begins; without `minutes` it is a moment."""

    name = models.CharField(max_length=LONGEST_SCHEDULE)
    weekday = models.PositiveSmallIntegerField()
    """Monday is 0."""
    time = models.TimeField()
    """In UTC."""
    minutes = models.PositiveSmallIntegerField(default=0)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["weekday", "time", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6), name="a_week_has_seven_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """`ended_at` equals `began_at` where it is a moment, and is `None` while a session goes on."""

    name = models.CharField(max_length=LONGEST_NAME)
    lab = models.CharField(max_length=100)
    origin = models.CharField(max_length=10, choices=RunOrigin, default=RunOrigin.HAND)
    schedule = models.ForeignKey(
        RunSchedule, models.SET_NULL, related_name="runs", null=True, blank=True
    )
    began_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["-began_at", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "schedule", "began_at"],
                condition=models.Q(origin="schedule"),
                name="a_schedule_makes_each_run_once",
            ),
            models.UniqueConstraint(
                fields=["lab"],
                condition=models.Q(origin="session", ended_at=None),
                name="one_session_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["lab", "began_at"],
                condition=models.Q(origin="session"),
                name="a_session_begins_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("began_at")),
                name="a_run_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return self.name
