"""How pods fare, as intervals: a new row where a pod looks different from before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from dashboard.models import PodState
from dashboard.polling.intervals import BATCH, close, extend
from dashboard.reading import PodReading


@dataclass(frozen=True, slots=True)
class _Look:
    phase: str
    ready: bool
    restarts: int
    addresses: list[str]


def record_pods(at: datetime, pods: Mapping[int, Sequence[PodReading]]) -> None:
    """`pods` are all that there are now, by the key of their namespace."""
    looks = {
        (namespace, reading.pod.name): _look(reading)
        for namespace, readings in pods.items()
        for reading in readings
    }
    same, over = [], []
    for row in PodState.objects.filter(is_open=True):
        key = (row.namespace_id, row.pod)
        kept = _Look(row.phase, row.ready, row.restarts, row.addresses)
        if row.last_seen >= at or looks.get(key) == kept:
            looks.pop(key, None)
            same.append(row.pk)
        elif row.namespace_id in pods:
            over.append(row.pk)
    extend(PodState.objects.all(), same, at)
    if over or looks:
        _replace(at, over, looks)


def _look(reading: PodReading) -> _Look:
    addresses = [str(address) for address in reading.pod.addresses]
    return _Look(reading.phase, reading.ready, reading.restarts, addresses)


def _replace(at: datetime, over: Sequence[int], looks: Mapping[tuple[int, str], _Look]) -> None:
    """Of two polls at once the constraint takes the rows of one."""
    rows = [
        PodState(namespace_id=namespace, pod=pod, first_seen=at, last_seen=at, **asdict(look))
        for (namespace, pod), look in looks.items()
    ]
    with transaction.atomic():
        close(PodState.objects.all(), over, at)
        PodState.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
