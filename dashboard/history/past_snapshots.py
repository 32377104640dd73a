"""States of the past as they were kept: what they were recorded from."""

from datetime import datetime

from dashboard.active_lab import active_lab
from dashboard.assess import json_columns as stored
from dashboard.cluster_reading import Surroundings
from dashboard.models import Namespace, Snapshot
from dashboard.models.snapshot import SnapshotQuerySet
from netpol.assess import SCHEMA

BATCH = 50
"""States that are read at once with all that they refer to."""


def list_snapshots_since(namespace: Namespace, since: datetime | None) -> SnapshotQuerySet:
    """The states of a namespace that held at `since` or later, oldest first."""
    rows = Snapshot.objects.filter(namespace=namespace)
    if since:
        held = rows.begun_by(since).values_list("first_seen", flat=True).first()
        rows = rows.filter(first_seen__gte=held or since)
    return rows.order_by("first_seen")


def load_surroundings_of(row: Snapshot, namespace: str) -> Surroundings:
    if row.surroundings is None:
        return Surroundings()
    return stored.load_surroundings(row.surroundings.content, namespace)


def lacks_surroundings(row: Snapshot) -> bool:
    """Recorded before surroundings were kept, and the assessment leans on them or cannot say."""
    if row.surroundings_id is not None:
        return False
    if row.assessment.schema != SCHEMA:
        return True
    assumed = row.assessment.body["placeholders"]
    elsewhere = (
        each for each in active_lab().entities if each.selector and not each.is_student_entity
    )
    seen = any(each.name not in assumed for each in elsewhere)
    return seen or "unknown" in row.summary["flows"].values()
