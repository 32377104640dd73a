"""One round of probes: fetch the students' URLs, read what the answers prove, record it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from dashboard.current import lab
from dashboard.models import Heartbeat, Namespace, Observation, ObservedOutcome
from dashboard.probes.answers import Answer, Cause, Failure, Result
from dashboard.probes.get import Reach
from dashboard.probes.visits import Visit, fetch
from dashboard.probing import observations
from netpol.lab import Probe

WORK = "probe"
CHUNK = 25
"""Namespaces in one task, all waited for at once; few enough that workers share a class."""

LOGIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
"""One DNS label. A student's label is free text, and this is all of it that enters a URL."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look at one moment says of one flow."""

    namespace_id: int
    flow: str
    method: str
    outcome: ObservedOutcome
    reason: str
    latency_ms: int | None
    at: datetime

    @property
    def key(self) -> tuple[int, str, str]:
        return self.namespace_id, self.flow, self.method


def begin(now: datetime) -> list[list[str]]:
    """The namespaces that a round has to look at, in chunks, the longest unseen first.

    Chunks of slow students outlast a round, and the last of their queue expire. In an order that
    stays the same the last would always be the same students, whom nobody would ever look at.
    """
    environments = {probe.environment for probe in lab().probes}
    seen = Observation.objects.filter(
        namespace=OuterRef("pk"), vantage=settings.PROBE_VANTAGE, is_open=True
    ).order_by("-last_seen")
    present = (
        Namespace.objects.present()
        .filter(environment__in=environments)
        .annotate(seen=Subquery(seen.values("last_seen")[:1]))
        .order_by(F("seen").asc(nulls_first=True), "name")
    )
    names = list(present.values_list("name", flat=True))
    Heartbeat.objects.update_or_create(work=WORK, defaults={"started_at": now})
    if not names:
        _finished(now)
    return [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]


def probe(names: Sequence[str], now: Callable[[], datetime] = timezone.now) -> None:
    """Look once at each of these namespaces and keep what was seen."""
    try:
        namespaces = Namespace.objects.present().filter(name__in=names)
        record(look(namespaces, reach(), now), settings.PROBE_VANTAGE)
    except Exception as error:
        _finished(now(), f"{type(error).__name__}: {error}")
        raise
    _finished(now())


def reach() -> Reach:
    gateway = settings.PROBE_GATEWAY or ""
    if gateway and urlsplit(gateway).scheme not in {"http", "https"}:
        raise ImproperlyConfigured(f"PROBE_GATEWAY={gateway}: a URL is needed, https://{gateway}")
    return Reach(gateway, tuple(settings.PROBE_ALLOWED_NETWORKS), at_once=CHUNK)


def look(
    namespaces: Iterable[Namespace], how: Reach, now: Callable[[], datetime]
) -> list[Sighting]:
    """What the lab's probes show of these namespaces' flows."""
    asked = [(namespace, addresses(namespace)) for namespace in namespaces]
    visits = fetch([tuple(urls.values()) for _, urls in asked if urls], how, now)
    nowhere = Visit(now(), {})
    return [
        sighting
        for namespace, urls in asked
        for sighting in sightings(namespace, urls, visits.get(tuple(urls.values()), nowhere))
    ]


def addresses(namespace: Namespace) -> dict[str, str]:
    """The URL for each probe of this namespace; none where its student cannot be a host's name."""
    if not LOGIN.fullmatch(namespace.student):
        return {}
    login = namespace.student.lower()
    return {probe.name: probe.address(login) for probe in _probes_of(namespace)}


def _probes_of(namespace: Namespace) -> list[Probe]:
    return [probe for probe in lab().probes if probe.environment == namespace.environment]


def sightings(namespace: Namespace, urls: dict[str, str], visit: Visit) -> Iterator[Sighting]:
    """What one visit shows of a namespace, by all probes that its environment has."""
    for method in _probes_of(namespace):
        result: Result = Failure(Cause.NO_ADDRESS)
        if method.name in urls:
            result = visit.results[urls[method.name]]
        findings = observations.read(method.reading, result)
        for role, flow in method.flows.items():
            finding = findings[role]
            yield Sighting(
                namespace.pk,
                flow,
                method.name,
                finding.outcome,
                finding.reason,
                round(result.seconds * 1000) if isinstance(result, Answer) else None,
                visit.at,
            )


@transaction.atomic
def record(sightings: Iterable[Sighting], vantage: str) -> None:
    """Extend what looks as before, end what does not and begin it anew.

    A sighting that is not newer than what is known of its flow is dropped. Two workers that
    begin the same interval are told apart by `one_open_observation_per_flow_method_and_vantage`.
    """
    newest = {sighting.key: sighting for sighting in sightings}
    known = {
        (row.namespace_id, row.flow, row.method): row
        for row in Observation.objects.select_for_update()
        .filter(namespace__in={key[0] for key in newest}, vantage=vantage, is_open=True)
        .order_by("pk")
    }
    extended, ended, begun = [], [], []
    for key, sighting in sorted(newest.items()):  # one order, so that workers never deadlock
        row = known.get(key)
        if row and sighting.at <= row.last_seen:
            continue
        if row and (row.outcome, row.reason) == (sighting.outcome, sighting.reason):
            row.last_seen, row.latency_ms = sighting.at, sighting.latency_ms
            extended.append(row)
            continue
        if row:
            ended.append(row.pk)
        begun.append(_interval(sighting, vantage))
    Observation.objects.bulk_update(extended, ["last_seen", "latency_ms"])
    Observation.objects.filter(pk__in=ended).update(is_open=False)
    Observation.objects.bulk_create(begun, ignore_conflicts=True)


def _interval(sighting: Sighting, vantage: str) -> Observation:
    return Observation(
        namespace_id=sighting.namespace_id,
        flow=sighting.flow,
        method=sighting.method,
        vantage=vantage,
        outcome=sighting.outcome,
        reason=sighting.reason[:300],
        latency_ms=sighting.latency_ms,
        first_seen=sighting.at,
        last_seen=sighting.at,
    )


def _finished(at: datetime, error: str = "") -> None:
    outcome = {"finished_at": at, "error": error}
    if not error:
        outcome["succeeded_at"] = at
    Heartbeat.objects.update_or_create(
        work=WORK, defaults=outcome, create_defaults={"started_at": at, **outcome}
    )
