"""Reads a class from a Kubernetes API server, and alone talks to one."""

from dashboard.collect.cluster.connection import ClusterError, Connection, Refused, connect
from dashboard.collect.cluster.fetching import fetch, fetch_reports

__all__ = ["ClusterError", "Connection", "Refused", "connect", "fetch", "fetch_reports"]
