"""The monitors of students' Uptime Kumas: which URL each watches, stored and measured."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from dashboard.active_lab import active_lab
from dashboard.collect.http.hosts import ProbeAnswers
from dashboard.collect.methods.probe_result import REACHED
from dashboard.collect.methods.uptime_kuma.egress import judge_egress
from dashboard.collect.methods.uptime_kuma.pages import KumaMonitor, MonitorList, parse_monitors
from dashboard.history.observations import record_observations
from dashboard.models import Monitor, Namespace, Observation, ObservationKey
from netpol.lab import Probe, ProbeReading, ProbeRole

VANTAGE = "uptime-kuma"
LOOK_BACK = timedelta(hours=1)
"""How far back observations from outside matter to beats."""
ROLE_OF_STATUS = {ProbeReading.APP_HEALTH: ProbeRole.APP, ProbeReading.APP_VISITS: ProbeRole.REDIS}
"""The role whose flow is reached exactly where the URL answers with 200, as a monitor asks."""

KumaListing = tuple[Namespace, Probe, MonitorList]
OutsideObservations = Mapping[tuple[str, str], list[Observation]]
"""From outside, by student and probe."""


def record_monitors(batch: Sequence[tuple[Namespace, ProbeAnswers]], now: datetime) -> set[int]:
    """Store each monitor and what they prove, in a few queries however many there are.

    Returns what `record_observations` does.
    """
    listings = read_monitors(batch, now)
    if not listings:
        return set()
    _store_monitors(listings, now)
    return record_observations(
        observation for each in listings for observation in egress_observations(each, now)
    )


def read_monitors(
    batch: Sequence[tuple[Namespace, ProbeAnswers]], now: datetime
) -> list[KumaListing]:
    """The monitors of every Uptime Kuma that was asked, compared with the view from outside."""
    listings = [
        (namespace, probe, parse_monitors(answer, now))
        for namespace, answers in batch
        for probe in active_lab().probes
        if probe.reading is ProbeReading.UPTIME_KUMA and (answer := answers.get(probe.name))
    ]
    if not listings:
        return []
    rows = Monitor.objects.filter(
        namespace__in=[namespace.pk for namespace, *_ in listings], chosen=True
    )
    choices = {(row.namespace_id, row.name): row.watches for row in rows}
    students = {namespace.student for namespace, *_ in listings}
    outside = _fetch_outside_observations(students, now - LOOK_BACK)
    return [
        (namespace, probe, _compare_with_outside(namespace, probe, listing, choices, outside))
        for namespace, probe, listing in listings
    ]


def _compare_with_outside(
    namespace: Namespace,
    probe: Probe,
    listing: MonitorList,
    choices: Mapping[tuple[int, str], str],
    outside: OutsideObservations,
) -> MonitorList:
    compared = []
    for monitor in listing.monitors:
        watches = choices.get((namespace.pk, monitor.name))
        if watches is None:
            watches = guess_watched_probe(probe, monitor, namespace.student.lower())
        observed = outside.get((namespace.student, watches), ())
        is_up = _was_up(observed, monitor.at) if watches and monitor.at else None
        compared.append(replace(monitor, watches=watches, is_up=is_up))
    return replace(listing, monitors=tuple(compared))


def _fetch_outside_observations(students: Collection[str], since: datetime) -> OutsideObservations:
    """In one query, whichever namespace of a student a URL belongs to."""
    flows = {
        probe.name: probe.flows.get(ROLE_OF_STATUS[probe.reading], "")
        for probe in active_lab().probes
        if probe.reading in ROLE_OF_STATUS
    }
    rows = Observation.objects.filter(
        namespace__in=Namespace.objects.present().filter(student__in=students),
        method__in=flows,
        vantage=settings.PROBE_VANTAGE,
        last_seen__gte=since,
    ).select_related("namespace")
    groups: dict[tuple[str, str], list[Observation]] = {}
    for row in rows:
        if row.flow == flows[row.method]:
            groups.setdefault((row.namespace.student, row.method), []).append(row)
    return groups


def _was_up(rows: Sequence[Observation], at: datetime) -> bool | None:
    """`None` where nobody looked around that time, or observations differ."""
    near = timedelta(seconds=1.5 * settings.PROBE_SECONDS)
    outcomes = {
        row.outcome == REACHED
        for row in rows
        if row.first_seen - near <= at <= row.last_seen + near
    }
    return outcomes.pop() if len(outcomes) == 1 else None


def guess_watched_probe(probe: Probe, monitor: KumaMonitor, login: str) -> str:
    """The lab's probe that asks what this monitor does: by its URL, else by its name."""
    others = [each for each in active_lab().probes if each.reading is not ProbeReading.UPTIME_KUMA]
    if monitor.url:
        urls = {_normalize_url(each.url_for(login)): each.name for each in others}
        return urls.get(_normalize_url(monitor.url), "")
    if monitor.name in probe.monitors:
        return probe.monitors[monitor.name]
    words = set(re.findall(r"[a-z0-9]+", monitor.name.lower()))
    fitting = [
        each.name
        for each in others
        if {each.environment, each.url.rstrip("/").rpartition("/")[2].lower()} <= words
    ]
    return fitting[0] if len(fitting) == 1 else ""


def _normalize_url(url: str) -> str:
    return url.rstrip("/").lower()


def _store_monitors(listings: Sequence[KumaListing], now: datetime) -> None:
    rows = [
        Monitor(
            namespace=namespace,
            name=monitor.name,
            watches=monitor.watches,
            status=monitor.status,
            beat_at=monitor.at,
            last_seen=now,
        )
        for namespace, _, listing in listings
        for monitor in {each.name: each for each in listing.monitors}.values()
    ]
    Monitor.objects.bulk_create(
        rows,
        batch_size=100,
        update_conflicts=True,
        unique_fields=["namespace", "name"],
        update_fields=["status", "beat_at", "last_seen"],
    )
    # A choice that an instructor makes meanwhile stays.
    guesses = {(row.namespace_id, row.name): row.watches for row in rows}
    keys = [namespace.pk for namespace, *_ in listings]
    for row in Monitor.objects.filter(namespace__in=keys, chosen=False):
        watches = guesses.get((row.namespace_id, row.name), row.watches)
        if watches != row.watches:
            Monitor.objects.filter(pk=row.pk, chosen=False).update(watches=watches)
    listed = [namespace.pk for namespace, _, listing in listings if listing.monitors]
    Monitor.objects.filter(namespace__in=listed, last_seen__lt=now, chosen=False).delete()


def egress_observations(listing: KumaListing, now: datetime) -> list[Observation]:
    """Of the flows that are Uptime Kuma's own way out."""
    namespace, probe, monitors = listing
    at, results = judge_egress(monitors, now)
    return [
        result.to_observation(
            ObservationKey(namespace.pk, probe.flows[role], probe.name, VANTAGE), at
        )
        for role, result in results.items()
        if role in probe.flows
    ]
