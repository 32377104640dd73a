"""Readings as they come one after the other, and the snapshots that are kept of them."""

from dataclasses import replace

from django.utils import timezone

from dashboard.cluster_reading import NamespaceFetchError, NamespaceReading
from dashboard.collect.poll import record_reading
from dashboard.history.snapshots import RecordedPoll
from dashboard.models import Snapshot
from tests import make

DENY = make.policy()


def see(*namespaces: NamespaceReading | NamespaceFetchError, seconds: float = 0) -> RecordedPoll:
    return record_reading(make.cluster_reading(*namespaces, seconds=seconds))


def see_now(*namespaces: NamespaceReading | NamespaceFetchError) -> RecordedPoll:
    return record_reading(replace(make.cluster_reading(*namespaces), at=timezone.now()))


def intervals(student: str = "ada") -> list[tuple[int, int, int, bool]]:
    """Of each snapshot, oldest first: its policies, from when to when, and whether it is open."""
    return [
        (
            len(snapshot.policy_set.manifests),
            int((snapshot.first_seen - make.NOON).total_seconds()),
            int((snapshot.last_seen - make.NOON).total_seconds()),
            snapshot.is_open,
        )
        for snapshot in Snapshot.objects.filter(namespace__student=student).order_by("first_seen")
    ]
