"""One round of probes: ask the students' URLs, judge the answers, record what they prove."""

import logging
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.collect.host_turns import claim_hosts, last_asked_times, release_hosts
from dashboard.collect.http.hosts import ProbeAnswers, ProbeRequest, ask_hosts
from dashboard.collect.http.request import RequestScope
from dashboard.collect.methods.lab_probes import (
    build_observations,
    build_requests,
    build_unaskable_observations,
)
from dashboard.collect.methods.uptime_kuma.monitors import record_monitors
from dashboard.collect.methods.uptime_kuma.requests import load_api_keys
from dashboard.history import incidents
from dashboard.history.observations import record_observations
from dashboard.models import Heartbeat, Namespace

log = logging.getLogger(__name__)

WORK = "probe"
CHUNK_SIZE = 500
"""Namespaces in one task. Two such tasks ask a class of a thousand at once."""
HOSTS_AT_ONCE = 400
"""Hosts that one process asks at the same time; it may have a thousand files open."""


def begin_round(now: datetime) -> list[list[str]]:
    """The namespaces to probe, in chunks, the longest unasked first.

    If workers cannot finish a class in time, the chunks at the end of their queue expire. In a
    fixed order these would always be the same students, and nobody would ever probe them.
    """
    environments = {probe.environment for probe in active_lab().probes}
    present = Namespace.objects.present().filter(environment__in=environments).order_by("name")
    asked_at, never = last_asked_times(), datetime.min.replace(tzinfo=UTC)

    def longest_unasked(namespace: Namespace) -> datetime:
        times = (asked_at.get(each.host, never) for each in build_requests(namespace))
        return min(times, default=never)

    names = [namespace.name for namespace in sorted(present, key=longest_unasked)]
    Heartbeat.objects.update_or_create(work=WORK, defaults={"started_at": now})
    if not names:
        _record_heartbeat(now)
    return [names[start : start + CHUNK_SIZE] for start in range(0, len(names), CHUNK_SIZE)]


def probe_namespaces(names: Iterable[str], now: Callable[[], datetime] = timezone.now) -> None:
    """Ask each of these namespaces once, and record the answers as they come."""
    try:
        namespaces = Namespace.objects.present().filter(name__in=list(names))
        for batch in ask_namespaces(list(namespaces), now):
            record_answers(batch, now())
    except Exception as error:
        _record_heartbeat(now(), f"{type(error).__name__}: {error}")
        raise
    _record_heartbeat(now())


def ask_namespaces(
    namespaces: Iterable[Namespace], now: Callable[[], datetime] = timezone.now
) -> Generator[list[tuple[Namespace, ProbeAnswers]]]:
    """Ask all of them at once, without the hosts that somebody else is asking at the moment.

    When the generator is closed, its requests end before their hosts are free.
    """
    keys = load_api_keys(settings.KUMA_KEYS)
    requests = {each.pk: build_requests(each, keys) for each in namespaces}
    wanted = (request.host for each in requests.values() for request in each)
    holder, claimed = claim_hosts(wanted, now())
    mine = _drop_shared_hosts(requests, claimed)
    by_key = {namespace.pk: namespace for namespace in namespaces}
    # A namespace without any URL is recorded as such; one whose hosts others ask waits.
    due = {key: each for key, each in mine.items() if each or not requests[key]}
    try:
        with closing(ask_hosts(due, load_request_scope(), now)) as batches:
            for batch in batches:
                yield [(by_key[key], answers) for key, answers in batch.items()]
                asked = {request.host for key in batch for request in mine[key]}
                release_hosts(holder, asked, now())
    finally:
        release_hosts(holder, claimed, now())


def load_request_scope() -> RequestScope:
    """By the settings. Raises `ImproperlyConfigured`."""
    gateway = settings.PROBE_GATEWAY or ""
    if gateway and urlsplit(gateway).scheme not in {"http", "https"}:
        raise ImproperlyConfigured(f"PROBE_GATEWAY={gateway}: a URL is needed, https://{gateway}")
    networks = tuple(settings.PROBE_ALLOWED_NETWORKS)
    return RequestScope(gateway, networks, hosts_at_once=HOSTS_AT_ONCE)


def _drop_shared_hosts(
    requests: Mapping[int, list[ProbeRequest]], claimed: Collection[str]
) -> dict[int, list[ProbeRequest]]:
    """If two namespaces claim to be the same student's, only the first one's hosts are asked."""
    free = set(claimed)
    mine: dict[int, list[ProbeRequest]] = {}
    for key, each in requests.items():
        mine[key] = [request for request in each if request.host in free]
        free -= {request.host for request in each}
    return mine


def record_answers(batch: Sequence[tuple[Namespace, ProbeAnswers]], at: datetime) -> None:
    """Record a batch; where one namespace's answers cannot be stored, each by itself."""
    try:
        with transaction.atomic():
            changed = _record_batch(batch, at)
    except _BATCH_FAULTS:
        log.exception("the answers of %d namespaces cannot be stored", len(batch))
        if len(batch) > 1:
            for each in batch:
                record_answers([each], at)
    else:
        incidents.record_after_probes(at, {namespace.pk for namespace, _ in batch}, changed)


_BATCH_FAULTS = (DataError, IntegrityError, ArithmeticError, LookupError, TypeError, ValueError)
"""Faults that malformed values cause; a database that is down is not among them."""


def _record_batch(batch: Sequence[tuple[Namespace, ProbeAnswers]], at: datetime) -> set[int]:
    """Plain URLs first: what Uptime Kuma says is compared with them."""
    changed = record_observations(
        observation
        for namespace, answers in batch
        for observation in (
            build_observations(namespace, answers)
            if answers
            else build_unaskable_observations(namespace, at)
        )
    )
    return changed | record_monitors(batch, at)


def _record_heartbeat(at: datetime, error: str = "") -> None:
    """One chunk's error stays for the round, though another chunk succeeds."""
    Heartbeat.objects.get_or_create(work=WORK, defaults={"started_at": at})
    heartbeat = Heartbeat.objects.filter(work=WORK)
    if error:
        heartbeat.update(finished_at=at, error=error)
        return
    is_first = Q(finished_at=None) | Q(finished_at__lt=F("started_at"))
    heartbeat.filter(is_first).update(error="")
    heartbeat.update(finished_at=at, succeeded_at=at)
