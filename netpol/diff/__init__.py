"""What opens and closes between two clusters or two assessments, and because of which policies."""

from netpol.diff.clusters import ClusterComparison, ConnectionChange
from netpol.diff.reasons import ConnectionChangeKind

__all__ = ["ClusterComparison", "ConnectionChange", "ConnectionChangeKind"]
