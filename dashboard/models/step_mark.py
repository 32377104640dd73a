"""What an instructor says of a step that the dashboard does not check."""

from django.db import models

from dashboard.models.namespace import Namespace


class StepMark(models.Model):
    """The step is done, by the word of `by`. Taking it back deletes the row."""

    namespace = models.ForeignKey(Namespace, models.CASCADE, related_name="step_marks")
    step = models.CharField(max_length=63)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "step"], name="a_step_is_marked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.step} by {self.by}"
