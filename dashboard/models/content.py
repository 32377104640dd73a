"""What many snapshots share, each stored once under the digest of its content.

Contents recur: a class that does one lab passes through the same few hundred.
"""

from django.db import models

from dashboard.models.fields import CompressedJSON


class Content(models.Model):
    digest = models.CharField(max_length=64, primary_key=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.digest[:12]


class PolicySet(Content):
    """Canonical policies, in the order of the list."""

    manifests = CompressedJSON()


class PodShapes(Content):
    """The distinct shapes of a namespace's pods, by `dump_shapes` of `assess.json_columns`."""

    shapes = models.JSONField()


class SurroundingSet(Content):
    """What decides verdicts from outside the namespace, by `dump_surroundings` there."""

    content = models.JSONField()


class StoredAssessment(Content):
    """`summary` is what a list of many snapshots shows: see `assess.assessed_snapshot`."""

    body = CompressedJSON()
    summary = models.JSONField()
    schema = models.PositiveSmallIntegerField()
