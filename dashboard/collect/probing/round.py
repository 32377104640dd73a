"""One round of probes: fetch the students' URLs, read what the answers prove, record it."""

import logging
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.collect.probes.visits import Question, Visit, visits
from dashboard.collect.probing import monitors, turns
from dashboard.collect.probing.keys import keys
from dashboard.collect.probing.questions import questions, reach
from dashboard.collect.probing.sightings import nowhere_to_ask, sightings
from dashboard.history import incidents
from dashboard.history.observations import record
from dashboard.models import Heartbeat, Namespace

log = logging.getLogger(__name__)

WORK = "probe"
CHUNK = 500
"""Namespaces in one task. Two such tasks ask a class of a thousand at once."""


def begin(now: datetime) -> list[list[str]]:
    """The namespaces that a round has to look at, in chunks, the longest unasked first.

    Should workers not get through a class in time, the chunks at the end of their queue expire. In
    an order that stays the same the last would always be the same students, whom nobody would ever
    look at.
    """
    environments = {probe.environment for probe in active_lab().probes}
    present = Namespace.objects.present().filter(environment__in=environments).order_by("name")
    begun, never = turns.begun(), datetime.min.replace(tzinfo=UTC)

    def last(namespace: Namespace) -> datetime:
        return min((begun.get(each.host, never) for each in questions(namespace)), default=never)

    names = [namespace.name for namespace in sorted(present, key=last)]
    Heartbeat.objects.update_or_create(work=WORK, defaults={"started_at": now})
    if not names:
        _finished(now)
    return [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]


def probe(names: Iterable[str], now: Callable[[], datetime] = timezone.now) -> None:
    """Look once at each of these namespaces, and keep what was seen as it comes."""
    try:
        found = Namespace.objects.present().filter(name__in=list(names))
        for batch in look(list(found), now):
            keep(batch, now())
    except Exception as error:
        _finished(now(), f"{type(error).__name__}: {error}")
        raise
    _finished(now())


def look(
    namespaces: Iterable[Namespace], now: Callable[[], datetime] = timezone.now
) -> Generator[list[tuple[Namespace, Visit]]]:
    """Visit all of them at once. A host that somebody else is asking at the moment is left out.

    Whoever takes no more of them has no request under way any more when the hosts are free.
    """
    access = keys(settings.KUMA_KEYS)
    asked = {each.pk: questions(each, access) for each in namespaces}
    holder, held = turns.claim((q.host for each in asked.values() for q in each), now())
    mine = _each_host_once(asked, held)
    by_key = {namespace.pk: namespace for namespace in namespaces}
    # Who has no URL at all is told so; who has only some that others are asking waits.
    due = {key: each for key, each in mine.items() if each or not asked[key]}
    try:
        with closing(visits(due, reach(), now)) as batches:
            for batch in batches:
                yield [(by_key[key], visit) for key, visit in batch.items()]
                turns.release(holder, _hosts(mine, batch), now())
    finally:
        turns.release(holder, held, now())


def _each_host_once(
    asked: Mapping[int, list[Question]], held: Collection[str]
) -> dict[int, list[Question]]:
    """Two namespaces may say that they are the same student's; the first is asked for."""
    free = set(held)
    mine: dict[int, list[Question]] = {}
    for key, each in asked.items():
        mine[key] = [question for question in each if question.host in free]
        free -= {question.host for question in each}
    return mine


def _hosts(asked: Mapping[int, list[Question]], batch: Iterable[int]) -> set[str]:
    return {question.host for key in batch for question in asked[key]}


def keep(batch: Sequence[tuple[Namespace, Visit]], at: datetime) -> None:
    """What is impossible about one namespace must not cost the others theirs."""
    try:
        with transaction.atomic():
            different = _keep(batch, at)
    except _IMPOSSIBLE:
        log.exception("what was seen of %d namespaces cannot be stored", len(batch))
        if len(batch) > 1:
            for each in batch:
                keep([each], at)
    else:
        incidents.after_looks(at, {namespace.pk for namespace, _ in batch}, different)


_IMPOSSIBLE = (DataError, IntegrityError, ArithmeticError, LookupError, TypeError, ValueError)
"""What values can do to those who read and store them; a database that is down is not among it."""


def _keep(batch: Sequence[tuple[Namespace, Visit]], at: datetime) -> set[int]:
    """What comes of plain URLs first: what Uptime Kuma says is measured by it.

    The answer is as that of `observing.record`.
    """
    different = record(
        sighting
        for namespace, visit in batch
        for sighting in (sightings(namespace, visit) if visit else nowhere_to_ask(namespace, at))
    )
    return different | monitors.keep(batch, at)


def _finished(at: datetime, error: str = "") -> None:
    """What went wrong with one chunk of a round stays, though another succeeds."""
    Heartbeat.objects.get_or_create(work=WORK, defaults={"started_at": at})
    mine = Heartbeat.objects.filter(work=WORK)
    if error:
        mine.update(finished_at=at, error=error)
        return
    before = Q(finished_at=None) | Q(finished_at__lt=F("started_at"))
    mine.filter(before).update(error="")
    mine.update(finished_at=at, succeeded_at=at)
