"""What was recorded about a snapshot, as the values that it was made from."""

from dashboard.assess.json_columns import load
from dashboard.models import Snapshot
from netpol.assess import SCHEMA, Assessment


def recorded(snapshot: Snapshot) -> Assessment | None:
    """`None` where another version of the dashboard assessed it; the next poll does it anew."""
    stored = snapshot.assessment
    return load(stored.body) if stored.schema == SCHEMA else None
