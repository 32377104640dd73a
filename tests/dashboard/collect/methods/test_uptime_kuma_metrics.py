"""What an Uptime Kuma's metrics add to its status page, and all that they could do to us."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import replace

import pytest

from dashboard.collect.http.hosts import ProbeAnswer
from dashboard.collect.http.request import RequestLimits, RequestScope
from dashboard.collect.methods.uptime_kuma.egress import judge_egress
from dashboard.collect.methods.uptime_kuma.pages import (
    LONGEST_LINE,
    MOST_MONITORS,
    MonitorList,
    parse_monitors,
    parse_status_samples,
)
from dashboard.collect.methods.uptime_kuma.requests import KumaAccess, ask_uptime_kuma
from dashboard.models import MonitorStatus
from netpol.lab import ProbeRole
from tests import make
from tests.hostile import serving
from tests.kuma import KEY, Kuma
from tests.processes import PATIENCE

ROOT = "http://ada.status.lab.example/"
PATIENT = RequestLimits(connect=PATIENCE, read=PATIENCE, whole=PATIENCE)
UP, DOWN = MonitorStatus.UP, MonitorStatus.DOWN


def asked(metrics: str, beats: Sequence[int] = (0,)) -> ProbeAnswer:
    kuma = Kuma(newest=make.NOON, beats={"public": [*beats]}, metrics=metrics)
    with serving(kuma) as server:
        scope = RequestScope(server.url, limits=PATIENT)
        asking = ask_uptime_kuma(KumaAccess(key=KEY), ROOT, scope, ssl.create_default_context())
        return ProbeAnswer(make.NOON, *asyncio.run(asking))


def line(name: str, status: int = 1, labels: str = "") -> str:
    return f'monitor_status{{monitor_name="{name}"{labels}}} {status}'


def test_a_fresh_answer_does_not_make_a_stale_beat_fresh() -> None:
    hour = make.after(3600)
    (beat,) = parse_monitors(asked(line("public")), hour).monitors
    assert (beat.status, beat.at) == (UP, make.NOON.replace(microsecond=123_000))
    assert beat.is_stale(hour)
    watching = replace(beat, watches="health", is_up=True)
    _, results = judge_egress(MonitorList((watching,)), hour)
    assert results[ProbeRole.INTERNET].sign.value == "kuma-stale"


def test_a_monitor_that_never_beat_is_no_fresher_by_its_metrics() -> None:
    (beat,) = parse_monitors(asked(line("public"), beats=()), make.NOON).monitors
    assert (beat.at, beat.is_stale(make.NOON)) == (None, True)


TOO_LONG = line("x", labels=f',a="{"x" * LONGEST_LINE}"')
MANY_LABELS = line("x", labels="".join(f',l{number}=""' for number in range(10_000)))


@pytest.mark.parametrize(
    "metrics",
    [
        pytest.param("monitor_status{" + 'a="",' * 200_000, id="one line of a megabyte"),
        pytest.param("\n" * 1_000_000, id="a million lines"),
        pytest.param("x 1\n" * 200_000, id="many lines about something else"),
        pytest.param(f"{MANY_LABELS}\n" * 8, id="ten thousand labels"),
        pytest.param(TOO_LONG, id="a line that is too long"),
        pytest.param("x" * 2_000_000, id="more than is read"),
        pytest.param("monitor_status{ 1", id="no end"),
        pytest.param("monitor_status{} up", id="no number"),
        pytest.param("monitor_status{monitor_name=x} 1", id="no quotes"),
        pytest.param("monitor_status{,\t=x} 1", id="what the parser trips over"),
        pytest.param("monitor_status{" + "\\" * 1000 + "} 1", id="backslashes"),
    ],
)
def test_what_is_no_status_of_a_monitor_leaves_the_page(metrics: str) -> None:
    assert [
        (beat.name, beat.status) for beat in parse_monitors(asked(metrics), make.NOON).monitors
    ] == [("public", DOWN)]


def test_a_malformed_line_costs_only_itself() -> None:
    metrics = [line("a"), "monitor_status{,\t=x} 1", TOO_LONG, line("b", 0), line("c", 7)]
    found = parse_monitors(asked("\n".join(metrics)), make.NOON)
    assert [(beat.name, beat.status) for beat in found.monitors[1:]] == [
        ("a", UP),
        ("b", DOWN),
        ("c", MonitorStatus.NO_BEAT),
    ]


def test_as_many_lines_as_there_may_be_monitors_are_parsed() -> None:
    body = "\n".join(line(f"m{number}") for number in range(1000)).encode()
    assert len(list(parse_status_samples(body))) == MOST_MONITORS
    assert len(parse_monitors(asked(body.decode()), make.NOON).monitors) == MOST_MONITORS


def test_a_name_that_holds_another_kind_of_line_break_is_one_name() -> None:
    found = parse_monitors(asked(line("my\N{LINE SEPARATOR}app")), make.NOON)
    assert [beat.name for beat in found.monitors] == ["public", "my app"]
