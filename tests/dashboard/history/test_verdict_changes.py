"""What counts as news: every change of what a page shows, and nothing else."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from dashboard.collect.poll import record_reading
from dashboard.history import incidents
from dashboard.history import observations as observing
from dashboard.live import NamespaceNews, OpenPage, publish_news
from dashboard.live.hub import MOST_WAITING
from dashboard.live.news import FIELD, STREAM, NewsEntry, decode_entry, encode_message, encode_news
from dashboard.models import (
    Incident,
    IncidentCause,
    Namespace,
    Observation,
    ObservedOutcome,
    ProbeSign,
)
from tests import make
from tests.dashboard.polls import DENY, see_now
from tests.servers import redis_server


@pytest.fixture(scope="module")
def redis() -> Iterator["Redis"]:
    with redis_server() as url:
        yield Redis.from_url(url, decode_responses=True)


@pytest.fixture
def news(
    redis: "Redis", settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[str]]:
    """What was published since this was asked for the last time: of whom, and what turned."""
    port = redis.connection_pool.connection_kwargs["port"]
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    monkeypatch.setattr("dashboard.live.publishing._away_until", 0.0)

    def published() -> list[str]:
        found: Any = redis.xrange(STREAM)
        entries = [decode_entry(key, fields[FIELD]) for key, fields in found]
        redis.delete(STREAM)
        names = dict(Namespace.objects.values_list("pk", "student"))
        return [
            f"{' '.join(sorted(names[key] for key in group.namespaces))}: {len(group.flows)}"
            for entry in entries
            for group in entry.groups or ()
        ]

    return published


def look(outcome: ObservedOutcome, minutes: int = 0) -> None:
    key = Namespace.objects.get(student="ada").pk
    at = timezone.now() + timedelta(minutes=minutes)
    row = Observation(
        namespace_id=key,
        flow="redis to DNS",
        method="health",
        vantage="here",
        outcome=outcome,
        sign=ProbeSign.NONE,
        reason="so",
        latency_ms=1,
        first_seen=at,
        last_seen=at,
    )
    observing.record_observations([row])


BOTH = [make.reading(), make.reading(student="grace")]
DENIED = make.policy(namespace="student-grace-dev")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("happens", "told"),
    [
        pytest.param(lambda: see_now(*BOTH), [], id="nothing new"),
        pytest.param(lambda: see_now(make.reading(DENY), BOTH[1]), ["ada: {all}"], id="an apply"),
        pytest.param(
            lambda: see_now(make.reading(DENY), make.reading(DENIED, student="grace")),
            ["ada grace: {all}"],
            id="a class that does the same is one group",
        ),
        pytest.param(
            lambda: see_now(make.reading(pods=[make.pod_reading()]), BOTH[1]),
            ["ada: 0", "ada: 0"],
            id="a pod, by its shape and by itself",
        ),
        pytest.param(lambda: see_now(make.failure(), BOTH[1]), ["ada: 0"], id="unreadable"),
        pytest.param(lambda: see_now(BOTH[1]), ["ada: 0"], id="gone"),
        pytest.param(
            lambda: see_now(*BOTH, make.reading(student="eve")),
            ["eve: 0", "eve: {all}"],
            id="a new namespace",
        ),
        pytest.param(lambda: look(ObservedOutcome.REACHED), ["ada: 0"], id="a look"),
        pytest.param(
            lambda: record_reading(make.cluster_reading(*BOTH, seconds=9)), [], id="the past"
        ),
    ],
)
def test_each_change_is_told_once(
    news: Callable[[], list[str]], happens: Callable[[], object], told: list[str]
) -> None:
    see_now(*BOTH)
    news()
    happens()
    flows = len(make.state_of().summary["flows"])
    assert news() == [each.format(all=flows) for each in told]


@pytest.mark.django_db(transaction=True)
def test_an_incident_is_told_when_it_can_be_shown(news: Callable[[], list[str]]) -> None:
    see_now(make.reading(*make.solution()))
    for policies in (make.solution()[:1], make.solution()):
        news()
        see_now(make.reading(*policies))
        assert news()[1:] == ["ada: 0"]
    assert Incident.objects.exclude(closed_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_an_outage_is_told_once_it_can_be_shown(
    news: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    see_now(*(make.reading(*make.solution(), student=f"s{number}") for number in range(5)))
    now, shown = timezone.now(), list[int]()
    for namespace in Namespace.objects.all():
        Incident.objects.create(
            namespace=namespace,
            flow="redis to DNS",
            cause=IncidentCause.NOT_THE_POLICIES,
            worked_at=now,
            opened_at=now,
        )

    def written_when_shown(changes: list[NamespaceNews]) -> str:
        shown.append(Incident.objects.filter(cause=IncidentCause.OUTAGE).count())
        return encode_news(changes)

    monkeypatch.setattr("dashboard.live.publishing.encode_news", written_when_shown)
    news()
    incidents.record_after_poll(timezone.now(), ())
    assert (shown, news()) == ([5], ["s0 s1 s2 s3 s4: 0"])
    incidents.record_after_poll(timezone.now(), ())
    assert news() == []


@pytest.mark.django_db(transaction=True)
def test_a_probe_tells_only_of_another_outcome(news: Callable[[], list[str]]) -> None:
    see_now(make.reading())
    news()
    look(ObservedOutcome.REACHED)
    look(ObservedOutcome.REACHED, 1)
    assert news() == ["ada: 0"]
    look(ObservedOutcome.BLOCKED, 2)
    assert news() == ["ada: 0"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_no_news(news: Callable[[], list[str]]) -> None:
    see_now(make.reading())
    news()
    with transaction.atomic():
        publish_news(timezone.now(), [NamespaceNews(Namespace.objects.get().pk)])
        transaction.set_rollback(True)
    assert news() == []


def test_who_reads_too_slowly_is_cut_off_and_goes_on_where_it_was() -> None:
    async def slow() -> tuple[str | None, str]:
        page = OpenPage(1, None, "1-0")
        for number in range(2, MOST_WAITING + 4):
            page.queue_message((f"{number}-0", "news"))
            if number == 2:
                await page.next_message(1)
        return await page.next_message(1), page.after

    assert asyncio.run(slow()) == (None, "2-0")


@pytest.mark.parametrize(
    "text", [None, "", "{", "{}x", "[1]", '[{"of":[1]}]', '[{"of":1}]', "null"]
)
def test_what_another_version_wrote_may_be_anything(text: str | None) -> None:
    assert decode_entry("1-0", text) == NewsEntry("1-0", None)


def test_a_message_says_nothing_of_others() -> None:
    entry = decode_entry(
        "1-0", encode_news([NamespaceNews(1, {"a": "deny"}, 3), NamespaceNews(2, {"a": "deny"}, 3)])
    )
    assert [group.namespaces for group in entry.groups or ()] == [{1, 2}]
    assert '"of":[1],' in encode_message(entry, frozenset({1}), 0)
    assert (
        encode_message(replace(entry, id="2-0"), frozenset({3}), 0) == '{"changes":[],"within":0}'
    )
