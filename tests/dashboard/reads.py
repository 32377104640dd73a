"""Two students' namespaces, read and taken apart for a test."""

from dashboard.active_lab import active_lab
from dashboard.cluster_reading import ClusterReading, NamespaceFetchError, NamespaceReading
from dashboard.collect.cluster import ClusterConnection, fetch_class

ADA, BOB = "student-ada-dev", "student-bob-dev"


def read(connection: ClusterConnection) -> ClusterReading:
    return fetch_class(connection, active_lab())


def readings(reading: ClusterReading) -> dict[str, NamespaceReading]:
    return {
        one.namespace.name: one for one in reading.namespaces if isinstance(one, NamespaceReading)
    }


def failures(reading: ClusterReading) -> dict[str, str]:
    return {
        one.namespace.name: one.reason
        for one in reading.namespaces
        if isinstance(one, NamespaceFetchError)
    }
