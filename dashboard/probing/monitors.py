"""The monitors of students' Uptime Kumas: which URL each watches, kept and measured."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from dashboard.current import lab
from dashboard.models import Monitor, Namespace
from dashboard.observing import Sighting, record
from dashboard.probes.kuma import KumaAnswer
from dashboard.probes.visits import Visit
from dashboard.probing import kuma
from dashboard.probing.egress import Watched, outlook
from dashboard.probing.kuma import Beat, Said
from dashboard.probing.outside import Outside, outside
from dashboard.probing.questions import probes_of
from netpol.lab import Probe, Reading

VANTAGE = "uptime-kuma"
BACK = timedelta(hours=1)
"""How far back looks from outside are of interest to beats."""

Heard = tuple[Namespace, Probe, Said]


def keep(batch: Sequence[tuple[Namespace, Visit]], now: datetime) -> None:
    """A row for each monitor, and what they prove, in a few queries however many there are."""
    heard = [
        (namespace, probe, kuma.said(look.answer, now))
        for namespace, visit in batch
        for probe in probes_of(namespace)
        if (look := visit.get(probe.name)) and isinstance(look.answer, KumaAnswer)
    ]
    if not heard:
        return
    chosen = _chosen([namespace for namespace, _, _ in heard])
    students = {namespace.student for namespace, _, _ in heard}
    views = outside(students, now - BACK)
    measured = [
        (namespace, probe, said.problem, _watched(namespace, probe, said, chosen, views))
        for namespace, probe, said in heard
    ]
    _store([(namespace, watched) for namespace, _, _, watched in measured], now)
    record(
        sighting
        for namespace, probe, problem, watched in measured
        for sighting in _sightings(namespace, probe, watched, problem, now)
    )


def _chosen(namespaces: Sequence[Namespace]) -> dict[tuple[int, str], str]:
    rows = Monitor.objects.filter(namespace__in=namespaces, chosen=True)
    return {(row.namespace_id, row.name): row.watches for row in rows}


def _watched(
    namespace: Namespace,
    probe: Probe,
    said: Said,
    chosen: Mapping[tuple[int, str], str],
    views: Outside,
) -> list[Watched]:
    watched = []
    for beat in said.beats:
        watches = chosen.get((namespace.pk, beat.name))
        if watches is None:
            watches = watches_by_itself(probe, beat, namespace.student.lower())
        up = views.up(namespace.student, watches, beat.at) if watches and beat.at else None
        watched.append(Watched(beat, watches, up))
    return watched


def watches_by_itself(probe: Probe, beat: Beat, login: str) -> str:
    """The lab's probe that asks what this monitor does: by its URL, else by its name."""
    others = [each for each in lab().probes if each.reading is not Reading.UPTIME_KUMA]
    if beat.url:
        same = (each for each in others if _alike(each.address(login), beat.url))
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


def _store(measured: Sequence[tuple[Namespace, Sequence[Watched]]], now: datetime) -> None:
    rows = [
        Monitor(
            namespace=namespace,
            name=each.beat.name,
            watches=each.watches,
            status=each.beat.status,
            beat_at=each.beat.at,
            last_seen=now,
        )
        for namespace, watched in measured
        for each in {one.beat.name: one for one in watched}.values()
    ]
    Monitor.objects.bulk_create(
        rows,
        batch_size=100,
        update_conflicts=True,
        unique_fields=["namespace", "name"],
        update_fields=["watches", "status", "beat_at", "last_seen"],
    )
    told = [namespace.pk for namespace, watched in measured if watched]
    Monitor.objects.filter(namespace__in=told, last_seen__lt=now, chosen=False).delete()


def _sightings(
    namespace: Namespace, probe: Probe, watched: Sequence[Watched], problem: str, now: datetime
) -> list[Sighting]:
    seen = outlook(watched, problem, now)
    return [
        Sighting(
            namespace.pk,
            probe.flows[role],
            probe.name,
            VANTAGE,
            finding.outcome,
            finding.sign,
            finding.reason,
            None,
            seen.at,
        )
        for role, finding in seen.findings.items()
        if role in probe.flows
    ]
