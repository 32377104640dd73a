"""The monitors of students' Uptime Kumas: which URL each watches, kept and measured."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.active_lab import active_lab
from dashboard.collect.probes.kuma import KumaAnswer
from dashboard.collect.probes.visits import Visit
from dashboard.collect.probing import kuma
from dashboard.collect.probing.egress import Watched, outlook
from dashboard.collect.probing.kuma import Beat, Said
from dashboard.collect.probing.outside import Outside, outside
from dashboard.collect.probing.questions import probes_of
from dashboard.history.observations import Sighting, record
from dashboard.models import Monitor, Namespace
from netpol.lab import Probe, ProbeReading

VANTAGE = "uptime-kuma"
BACK = timedelta(hours=1)
"""How far back looks from outside are of interest to beats."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one Uptime Kuma said, and which URL each of its monitors watches."""

    namespace: Namespace
    probe: Probe
    problem: str
    watched: tuple[Watched, ...]


def keep(batch: Sequence[tuple[Namespace, Visit]], now: datetime) -> set[int]:
    """A row for each monitor, and what they prove, in a few queries however many there are.

    The answer is as that of `observing.record`.
    """
    found = heard(batch, now)
    if not found:
        return set()
    _store(found, now)
    return record(sighting for each in found for sighting in sightings(each, now))


def heard(batch: Sequence[tuple[Namespace, Visit]], now: datetime) -> list[Heard]:
    """Of every Uptime Kuma that was asked, measured by what was seen from outside."""
    told = [
        (namespace, probe, kuma.said(look.answer, now))
        for namespace, visit in batch
        for probe in probes_of(namespace)
        if (look := visit.get(probe.name)) and isinstance(look.answer, KumaAnswer)
    ]
    if not told:
        return []
    chosen = _chosen([namespace.pk for namespace, _, _ in told])
    views = outside({namespace.student for namespace, _, _ in told}, now - BACK)
    return [
        Heard(namespace, probe, said.problem, _watched(namespace, probe, said, chosen, views))
        for namespace, probe, said in told
    ]


def _chosen(namespaces: Sequence[int]) -> dict[tuple[int, str], str]:
    rows = Monitor.objects.filter(namespace__in=namespaces, chosen=True)
    return {(row.namespace_id, row.name): row.watches for row in rows}


def _watched(
    namespace: Namespace,
    probe: Probe,
    said: Said,
    chosen: Mapping[tuple[int, str], str],
    views: Outside,
) -> tuple[Watched, ...]:
    watched = []
    for beat in said.beats:
        watches = chosen.get((namespace.pk, beat.name))
        if watches is None:
            watches = watches_by_itself(probe, beat, namespace.student.lower())
        up = views.up(namespace.student, watches, beat.at) if watches and beat.at else None
        watched.append(Watched(beat, watches, up))
    return tuple(watched)


def watches_by_itself(probe: Probe, beat: Beat, login: str) -> str:
    """The lab's probe that asks what this monitor does: by its URL, else by its name."""
    others = [each for each in active_lab().probes if each.reading is not ProbeReading.UPTIME_KUMA]
    if beat.url:
        same = (each for each in others if _alike(each.url_for(login), beat.url))
        return next((each.name for each in same), "")
    if beat.name in probe.monitors:
        return probe.monitors[beat.name]
    words = set(re.findall(r"[a-z0-9]+", beat.name.lower()))
    fitting = [each.name for each in others if _words(each) <= words]
    return fitting[0] if len(fitting) == 1 else ""


def _alike(url: str, other: str) -> bool:
    return url.rstrip("/").lower() == other.rstrip("/").lower()


def _words(probe: Probe) -> set[str]:
    return {probe.environment, probe.url.rstrip("/").rpartition("/")[2].lower()}


def _store(found: Sequence[Heard], now: datetime) -> None:
    rows = [
        Monitor(
            namespace=each.namespace,
            name=watched.beat.name,
            watches=watched.watches,
            status=watched.beat.status,
            beat_at=watched.beat.at,
            last_seen=now,
        )
        for each in found
        for watched in {one.beat.name: one for one in each.watched}.values()
    ]
    Monitor.objects.bulk_create(
        rows,
        batch_size=100,
        update_conflicts=True,
        unique_fields=["namespace", "name"],
        update_fields=["status", "beat_at", "last_seen"],
    )
    # What an instructor chose meanwhile stays.
    meant = {(row.namespace_id, row.name): row.watches for row in rows}
    keys = [each.namespace.pk for each in found]
    for row in Monitor.objects.filter(namespace__in=keys, chosen=False):
        watches = meant.get((row.namespace_id, row.name), row.watches)
        if watches != row.watches:
            Monitor.objects.filter(pk=row.pk, chosen=False).update(watches=watches)
    told = [each.namespace.pk for each in found if each.watched]
    Monitor.objects.filter(namespace__in=told, last_seen__lt=now, chosen=False).delete()


def sightings(found: Heard, now: datetime) -> list[Sighting]:
    """Of the flows that are Uptime Kuma's own way out."""
    seen = outlook(found.watched, found.problem, now)
    return [
        Sighting(
            found.namespace.pk,
            found.probe.flows[role],
            found.probe.name,
            VANTAGE,
            finding.outcome,
            finding.sign,
            finding.reason,
            None,
            seen.at,
        )
        for role, finding in seen.findings.items()
        if role in found.probe.flows
    ]
