"""Fetches a class from a Kubernetes API server. Only this package talks to one."""

from dashboard.collect.cluster.connection import (
    ClusterConnection,
    ClusterError,
    ClusterRefusal,
    open_connection,
)
from dashboard.collect.cluster.fetch import fetch_class, fetch_prober_reports

__all__ = [
    "ClusterConnection",
    "ClusterError",
    "ClusterRefusal",
    "fetch_class",
    "fetch_prober_reports",
    "open_connection",
]
