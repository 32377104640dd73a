"""Reads a class from a Kubernetes API server, and alone talks to one."""

from dashboard.cluster.connection import ClusterError, Connection, Refused, connect
from dashboard.cluster.fetching import fetch

__all__ = ["ClusterError", "Connection", "Refused", "connect", "fetch"]
