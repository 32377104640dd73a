"""What an Uptime Kuma says, asked over HTTP in each of its versions, and what that proves."""

import asyncio
import json
import ssl
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from dashboard.collect.http.answers import HttpAnswer, NoAnswer
from dashboard.collect.http.hosts import ProbeAnswer
from dashboard.collect.http.request import RequestLimits, RequestScope
from dashboard.collect.methods.uptime_kuma.egress import judge_egress
from dashboard.collect.methods.uptime_kuma.pages import (
    KumaMonitor,
    MonitorList,
    judge_entry_page,
    parse_monitors,
)
from dashboard.collect.methods.uptime_kuma.requests import (
    BEATS,
    METRICS,
    STATUS_PAGE,
    KumaAccess,
    ask_uptime_kuma,
    find_slug,
)
from dashboard.models import MonitorStatus
from netpol.lab import ProbeRole
from tests import make
from tests.hostile import Behaviour, serving
from tests.kuma import KEY, Kuma
from tests.processes import PATIENCE

VERSIONS = pytest.mark.parametrize("version", ["1.23", "2.0", "2.1"])
ROOT = "http://ada.status.lab.example/"
ENTRY_PAGE = b'{"type":"entryPage","entryPage":"statusPage-x"}'
NOW = make.NOON
UP, DOWN, PENDING = MonitorStatus.UP, MonitorStatus.DOWN, MonitorStatus.PENDING


def asked(
    server: Behaviour, access: KumaAccess | None = None, patience: float = PATIENCE
) -> ProbeAnswer:
    limits = RequestLimits(connect=PATIENCE, read=patience, whole=PATIENCE)
    with serving(server) as running:
        scope = RequestScope(running.url, limits=limits)
        trusted = ssl.create_default_context()
        asking = ask_uptime_kuma(access or KumaAccess(), ROOT, scope, trusted)
        return ProbeAnswer(NOW, *asyncio.run(asking))


def answered(entry: bytes, page: bytes, beats: bytes) -> ProbeAnswer:
    pages = {STATUS_PAGE: HttpAnswer(200, page, 0.1), BEATS: HttpAnswer(200, beats, 0.1)}
    return ProbeAnswer(NOW, HttpAnswer(200, entry, 0.1), pages)


def kuma(version: str = "1.23", **fields: Any) -> Kuma:
    usual: dict[str, Any] = {"newest": make.NOON, "beats": {"dev /health": [1, 0]}}
    return Kuma(version, **usual | fields)


@VERSIONS
def test_monitors_and_their_newest_beats_are_read_in_every_version(version: str) -> None:
    beats = {"dev /health": [1, 1, 1], "dev /visits": [1, 0], "prod": [2], "x": [3], "y": []}
    found = parse_monitors(asked(kuma(version, beats=beats)), make.after(5))
    assert [(beat.name, beat.status.value) for beat in found.monitors] == [
        ("dev /health", "up"),
        ("dev /visits", "down"),
        ("prod", "pending"),
        ("x", "maintenance"),
        ("y", "no beat"),
    ]
    assert found.monitors[0].at == make.NOON.replace(microsecond=123_000)


@VERSIONS
def test_the_page_is_found_through_the_entry_page(version: str) -> None:
    server = kuma(version, slug="my-class")
    assert BEATS in asked(server).pages
    assert "/api/status-page/my-class" in server.asked


def test_a_page_that_is_matched_by_its_domain_is_found_too() -> None:
    server = kuma(entry={"type": "statusPageMatchedDomain", "statusPageSlug": "class"})
    assert parse_monitors(asked(server), make.NOON).monitors


@VERSIONS
def test_a_page_can_be_named_where_the_entry_page_leads_elsewhere(version: str) -> None:
    server = kuma(version, entry={"type": "entryPage", "entryPage": "dashboard"})
    assert parse_monitors(asked(server), make.NOON).problem.startswith(
        "no status page is its entry page"
    )
    assert parse_monitors(asked(server, KumaAccess(slug="class")), make.NOON).monitors


@VERSIONS
def test_a_page_that_there_is_none_of_costs_no_more_than_the_limit(version: str) -> None:
    """1.23 never answers."""
    patience = 0.4 if version == "1.23" else PATIENCE
    found = asked(kuma(version), KumaAccess(slug="gone"), patience)
    assert isinstance(found.pages[STATUS_PAGE], NoAnswer if version == "1.23" else HttpAnswer)
    assert BEATS not in found.pages
    assert "is it published?" in parse_monitors(found, make.NOON).problem


@pytest.mark.parametrize("slug", ["../../x", "a/b", "x?y", "<b>", "", "a" * 200, "Ünï"])
def test_a_hostile_name_of_a_page_enters_no_url(slug: str) -> None:
    server = kuma(entry={"type": "entryPage", "entryPage": f"statusPage-{slug}"})
    assert STATUS_PAGE not in asked(server).pages
    assert server.asked == ["/api/entry-page"]


def test_metrics_are_asked_for_with_a_key_only() -> None:
    metrics = (
        "# HELP process_cpu_user_seconds_total x\nprocess_cpu_user_seconds_total 1\n"
        'monitor_status{monitor_name="dev health",monitor_type="http",'
        'monitor_url="https://ada.dev.lab.shart.cloud/health",monitor_hostname="null"} 0\n'
        'monitor_status{monitor_name="gw",monitor_url="null"} 1\n'
    )
    server = kuma(metrics=metrics, beats={"dev health": [1]})
    assert METRICS not in asked(server).pages
    found = parse_monitors(asked(server, KumaAccess(key=KEY)), make.after(9))
    assert [(beat.name, beat.status, beat.url) for beat in found.monitors] == [
        ("dev health", DOWN, "https://ada.dev.lab.shart.cloud/health"),
        ("gw", UP, ""),
    ]
    assert KEY not in repr(KumaAccess(key=KEY))


def test_a_wrong_key_leaves_what_is_public() -> None:
    found = parse_monitors(asked(kuma(), KumaAccess(key="wrong")), make.NOON)
    assert [beat.name for beat in found.monitors] == ["dev /health"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"type":"entryPage","entryPage":"statusPage-Class"}', "class"),
        (b'{"type":"entryPage","entryPage":"dashboard"}', ""),
        (b'{"type":"entryPage","entryPage":7}', ""),
        (b"[" * 60_000, ""),
        (b"\xff", ""),
    ],
)
def test_the_entry_page_tells_the_slug_or_nothing(body: bytes, expected: str) -> None:
    assert find_slug(HttpAnswer(200, body, 0.1)) == expected


@pytest.mark.parametrize(
    ("status", "body", "outcome", "sign"),
    [
        (200, b'{"type":"entryPage","entryPage":"dashboard"}', "reached", "answered"),
        (200, b"<html>", "unknown", "not-its-words"),
        (503, b"no healthy upstream", "unknown", "gateway-has-no-endpoint"),
        (403, b"Access denied", "blocked", "gateway-denied"),
        (503, b"upstream connect error or x. reset reason: timeout", "blocked", None),
        (404, b"", "unknown", "no-route"),
    ],
)
def test_that_it_answers_proves_the_way_through_the_gateway(
    status: int, body: bytes, outcome: str, sign: str | None
) -> None:
    found = judge_entry_page(HttpAnswer(status, body, 0.1))
    assert found.outcome.value == outcome
    assert found.sign.value == (sign or "gateway-not-connected")


@pytest.mark.parametrize(
    ("page", "beats"),
    [
        (b"<html>", b"{}"),
        (b'{"publicGroupList": 7}', b'{"heartbeatList": {}}'),
        (b'{"publicGroupList": []}', b'{"heartbeatList": {"1": 7}}'),
        (b'{"publicGroupList": [null]}', b'{"heartbeatList": {}}'),
        (b"[" * 60_000, b"[" * 60_000),
        (b"\xff\xfe", b"\xff"),
    ],
)
def test_other_documents_say_nothing_and_break_nothing(page: bytes, beats: bytes) -> None:
    found = parse_monitors(answered(ENTRY_PAGE, page, beats), make.NOON)
    assert found.monitors == ()
    assert found.problem


def test_a_hostile_monitor_is_a_name_among_others() -> None:
    name = "<script>\x00alert(1)</script>" + "x" * 500
    (beat,) = parse_monitors(asked(kuma(beats={name: [1]})), make.NOON).monitors
    assert beat.name.startswith("<script> alert(1)</script>")
    assert len(beat.name) == 150


@pytest.mark.parametrize("time", ["tomorrow", "2999-01-01 00:00:00", ""])
def test_a_beat_without_a_time_or_from_the_future_is_none(time: str) -> None:
    page = b'{"publicGroupList":[{"monitorList":[{"id":1,"name":"a"}]}]}'
    beats = b'{"heartbeatList":{"1":[{"status":1,"time":"%s"}]}}' % time.encode()
    found = parse_monitors(answered(ENTRY_PAGE, page, beats), make.NOON)
    assert [beat.status for beat in found.monitors] == [MonitorStatus.NO_BEAT]


@pytest.mark.parametrize(
    ("interval", "age", "stale"),
    [(60, 240, False), (60, 242, True), (20, 120, False), (20, 122, True), (1, 119, False)],
)
def test_beats_are_stale_after_three_intervals_and_the_cache(
    interval: float,
    age: float,
    stale: bool,  # noqa: FBT001  a column of the table
) -> None:
    (beat,) = parse_monitors(
        asked(kuma(beats={"a": [1] * 20}, interval=interval)), make.NOON
    ).monitors
    assert beat.is_stale(make.after(age)) is stale


def monitor(
    status: MonitorStatus, watches: str = "health", *, up: bool | None = None, at: datetime | None
) -> KumaMonitor:
    return KumaMonitor("m", status, at, watches=watches, is_up=up)


SEES = monitor(UP, at=NOW)
BLIND = monitor(DOWN, up=True, at=NOW)
APP_DOWN = monitor(DOWN, up=False, at=NOW)
NOBODY_LOOKED = monitor(DOWN, at=NOW)


@pytest.mark.parametrize(
    ("monitors", "dns", "internet", "sign"),
    [
        ([SEES], "reached", "reached", "kuma-up"),
        ([SEES, BLIND], "reached", "reached", "kuma-up"),
        ([BLIND], "unknown", "blocked", "kuma-blind"),
        ([BLIND, APP_DOWN], "unknown", "blocked", "kuma-blind"),
        ([APP_DOWN], "unknown", "unknown", "app-down"),
        ([NOBODY_LOOKED], "unknown", "unknown", "unclear"),
        ([APP_DOWN, NOBODY_LOOKED], "unknown", "unknown", "unclear"),
        ([monitor(UP, at=make.after(-3600))], "unknown", "unknown", "kuma-stale"),
        ([monitor(DOWN, up=True, at=make.after(-3600))], "unknown", "unknown", "kuma-stale"),
        ([monitor(MonitorStatus.NO_BEAT, at=None)], "unknown", "unknown", "kuma-stale"),
        ([monitor(PENDING, at=NOW)], "unknown", "unknown", "unclear"),
        ([replace(SEES, watches="")], "unknown", "unknown", "unclear"),
        ([], "unknown", "unknown", "unclear"),
    ],
)
def test_kuma_is_blind_only_where_the_same_url_is_up_from_outside(
    monitors: list[KumaMonitor], dns: str, internet: str, sign: str
) -> None:
    _, results = judge_egress(MonitorList(tuple(monitors), "no monitors"), NOW)
    outcomes = [results[role].outcome.value for role in (ProbeRole.DNS, ProbeRole.INTERNET)]
    assert outcomes == [dns, internet]
    assert {result.sign.value for result in results.values()} == {sign}


def test_impossible_times_among_the_beats_do_not_count_for_how_often_it_beats() -> None:
    times = ["9999-12-31 23:59:59", "0001-01-01T00:00:00+23:59", "", "tomorrow"]
    times += [f"{make.after(-20 * number):%F %T}" for number in (2, 1, 0)]
    beats = {"heartbeatList": {"1": [{"status": 1, "time": time} for time in times]}}
    page = {"publicGroupList": [{"monitorList": [{"id": 1, "name": "x"}]}]}
    answer = answered(ENTRY_PAGE, json.dumps(page).encode(), json.dumps(beats).encode())
    (beat,) = parse_monitors(answer, make.NOON).monitors
    assert (beat.at, beat.interval.total_seconds()) == (make.NOON, 20)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31 23:59:59", "1970-01-01"])
def test_a_time_that_nobody_could_have_written_is_none(text: str) -> None:
    beats = {"heartbeatList": {"1": [{"status": 1, "time": text}]}}
    page = {"publicGroupList": [{"monitorList": [{"id": 1, "name": "x"}]}]}
    answer = answered(ENTRY_PAGE, json.dumps(page).encode(), json.dumps(beats).encode())
    (beat,) = parse_monitors(answer, make.NOON).monitors
    assert (beat.status, beat.at) == (MonitorStatus.NO_BEAT, None)
