"""Two students' namespaces, read and taken apart for a test."""

from dashboard.active_lab import active_lab
from dashboard.collect.cluster import Connection, fetch
from dashboard.reading import ClusterReading, NamespaceFailure, NamespaceReading

ADA, BOB = "student-ada-dev", "student-bob-dev"


def read(connection: Connection) -> ClusterReading:
    return fetch(connection, active_lab())


def readings(reading: ClusterReading) -> dict[str, NamespaceReading]:
    return {
        one.namespace.name: one for one in reading.namespaces if isinstance(one, NamespaceReading)
    }


def failures(reading: ClusterReading) -> dict[str, str]:
    return {
        one.namespace.name: one.reason
        for one in reading.namespaces
        if isinstance(one, NamespaceFailure)
    }
