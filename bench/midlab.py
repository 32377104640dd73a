"""Three hours of a class in the middle of the lab, as rows of an empty database."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from dashboard import models
from dashboard.assess.assessed_snapshot import AssessedSnapshot
from dashboard.history.snapshots import list_references, store_contents
from tests import make

LANES = (
    ("health", "Gateway to student-app"),
    ("health", "student-app to DNS"),
    ("health", "student-app to redis"),
    ("visits", "Gateway to student-app"),
    ("visits", "student-app to DNS"),
    ("visits", "student-app to redis"),
    ("status-page", "Gateway to uptime-kuma"),
    ("status-page", "uptime-kuma to DNS"),
    ("status-page", "uptime-kuma to internet HTTPS"),
    ("prober", "student-app to DNS"),
    ("prober", "student-app to redis"),
    ("prober", "student-app to internet HTTPS"),
    ("prober", "redis to DNS"),
    ("prober", "redis to internet HTTPS"),
    ("prober", "uptime-kuma to student-app"),
    ("prober", "uptime-kuma to redis"),
)
"""Which method looks at which flow: two thirds of the flows, some of them by two."""
FAR = (0, 1, 2, 2, 3, 3, 4, 5, 6, 7)
"""How many of the solution's policies students have, drawn by chance."""
PAST = timedelta(hours=3)
POLL = timedelta(seconds=30)
ODD = 0.02
"""The part of looks that see the opposite of what the policies say."""


def is_empty() -> bool:
    return not models.Namespace.objects.exists()


def instructor() -> User:
    return User.objects.get_or_create(username="instructor", is_staff=True)[0]


@transaction.atomic
def fill(students: int) -> None:
    chance = random.Random(students)
    now = timezone.now()
    for work in ("poll", "probe"):
        models.Heartbeat.objects.create(work=work, started_at=now)
    for number in range(students):
        student(number, now, chance)


def freshen() -> None:
    """As if a poll and a probe of everybody had ended just now."""
    now = timezone.now()
    models.Heartbeat.objects.update(started_at=now, finished_at=now, succeeded_at=now)
    for rows in (models.Observation.objects, models.Snapshot.objects):
        rows.filter(is_open=True).update(last_seen=now)


def student(number: int, now: datetime, chance: random.Random) -> None:
    """One in five has names of their own for policies, one in fifty cannot be read."""
    login = f"student-s{number:04}"
    namespace = make.namespace(login, first_seen=now - PAST, last_seen=now)
    if number % 50 == 0:
        namespace.failure, namespace.failing_since = "A policy is malformed.", now
        namespace.save()
    models.Student.objects.create(
        login=login, name=f"Student {number}", section=f"Section {number % 4}", imported_at=now
    )
    far = chance.choice(FAR)
    rounds = sorted(chance.sample(range(1, PAST // POLL), far))
    begins = [now - PAST, *(now - PAST + POLL * each for each in rounds)]
    spans = list(zip(begins, [*begins[1:], now], strict=True))
    states = [state(count, login if number % 5 == 0 else "") for count in range(far + 1)]
    models.Snapshot.objects.bulk_create(
        snapshot(namespace, kept, span, is_open=kept is states[-1])
        for kept, span in zip(states, spans, strict=True)
    )
    reached = {
        step: begin
        for kept, begin in reversed(list(zip(states, begins, strict=True)))
        for step, holds in kept.summary["steps"].items()
        if holds
    }
    models.StepReached.objects.bulk_create(
        models.StepReached(namespace=namespace, step=step, at=at) for step, at in reached.items()
    )
    models.Observation.objects.bulk_create(looks(namespace, states, spans, chance))


@cache
def state(count: int, prefix: str) -> AssessedSnapshot:
    return make.state_of(
        *(
            {**each, "metadata": {"name": prefix + each["metadata"]["name"]}}
            for each in make.solution()[:count]
        )
    )


def snapshot(
    namespace: models.Namespace,
    kept: AssessedSnapshot,
    span: tuple[datetime, datetime],
    *,
    is_open: bool,
) -> models.Snapshot:
    begin, end = span
    store_contents([kept])
    mistake = {"code": "NP108", "step": "", "since": begin.isoformat()}
    return models.Snapshot(
        namespace=namespace,
        digest=kept.digest,
        **list_references(kept),
        mistakes=[mistake] if namespace.pk % 9 == 0 else [],
        step=kept.summary["step"],
        step_since=begin,
        first_seen=begin,
        last_seen=end,
        is_open=is_open,
    )


def looks(
    namespace: models.Namespace,
    states: Sequence[AssessedSnapshot],
    spans: Sequence[tuple[datetime, datetime]],
    chance: random.Random,
) -> Iterator[models.Observation]:
    """An interval for each change and each lane."""
    for method, flow in LANES:
        for kept, span in zip(states, spans, strict=True):
            agrees = kept.summary["flows"][flow] == "allow"
            reached = agrees if chance.random() > ODD else not agrees
            is_open = kept is states[-1]
            yield look(namespace, method, flow, span, reached=reached, is_open=is_open)


def look(
    namespace: models.Namespace,
    method: str,
    flow: str,
    span: tuple[datetime, datetime],
    **how: Any,
) -> models.Observation:
    begin, end = span
    reached = how["reached"]
    return models.Observation(
        namespace=namespace,
        flow=flow,
        method=method,
        vantage="worker",
        outcome="reached" if reached else "blocked",
        sign="answered" if reached else "timeout",
        reason="the app answered that it reaches redis" if reached else "timed out",
        latency_ms=12,
        first_seen=begin,
        last_seen=end,
        looks=max(1, int((end - begin).total_seconds() // 60)),
        is_open=how["is_open"],
    )
