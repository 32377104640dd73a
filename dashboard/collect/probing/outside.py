"""Was a URL up when somebody else said it was down? By what probes from outside saw."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from dashboard.active_lab import active_lab
from dashboard.models import Namespace, Observation, ObservedOutcome
from netpol.lab import Probe, ProbeReading, ProbeRole

TELLING = {ProbeReading.APP_HEALTH: ProbeRole.APP, ProbeReading.APP_VISITS: ProbeRole.REDIS}
"""The role whose flow is reached exactly where the URL answers with 200, as a monitor asks."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What was seen of the URLs of some students: by login and probe."""

    seen: Mapping[tuple[str, str], list[Observation]] = field(hash=False)

    def up(self, student: str, probe: str, at: datetime) -> bool | None:
        """`None` where nobody looked around that time, or looks differ."""
        near = timedelta(seconds=1.5 * settings.PROBE_SECONDS)
        outcomes = {
            row.outcome == ObservedOutcome.REACHED
            for row in self.seen.get((student, probe), ())
            if row.first_seen - near <= at <= row.last_seen + near
        }
        return outcomes.pop() if len(outcomes) == 1 else None


def outside(students: Collection[str], since: datetime) -> Outside:
    """In one query, whichever namespace of a student a URL belongs to."""
    telling = {
        probe.name: _flow(probe) for probe in active_lab().probes if probe.reading in TELLING
    }
    rows = Observation.objects.filter(
        namespace__in=Namespace.objects.present().filter(student__in=students),
        method__in=telling,
        vantage=settings.PROBE_VANTAGE,
        last_seen__gte=since,
    ).select_related("namespace")
    return Outside(_grouped(row for row in rows if row.flow == telling[row.method]))


def _flow(probe: Probe) -> str:
    return probe.flows.get(TELLING[probe.reading], "")


def _grouped(rows: Iterable[Observation]) -> dict[tuple[str, str], list[Observation]]:
    groups: dict[tuple[str, str], list[Observation]] = {}
    for row in rows:
        groups.setdefault((row.namespace.student, row.method), []).append(row)
    return groups
