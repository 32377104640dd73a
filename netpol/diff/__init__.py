"""What opens and closes between two clusters, on all ports, and which policies are why."""

from netpol.diff.clusters import ClusterComparison, ConnectionChange
from netpol.diff.reasons import ChangeKind

__all__ = ["ChangeKind", "ClusterComparison", "ConnectionChange"]
