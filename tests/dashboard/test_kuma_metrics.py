"""What an Uptime Kuma's metrics add to its status page, and all that they could do to us."""

import asyncio
import ssl

import pytest

from dashboard.collect.probes.get import Limits, Reach
from dashboard.collect.probes.kuma import Access, KumaAnswer, ask
from dashboard.collect.probing.egress import Watched, outlook
from dashboard.collect.probing.kuma import MOST_MONITORS, said
from dashboard.collect.probing.metrics import LONGEST, statuses
from dashboard.models import MonitorStatus
from netpol.lab import ProbeRole
from tests import make
from tests.dashboard.hostile import serving
from tests.kuma import KEY, Kuma
from tests.processes import PATIENCE

UP, DOWN = MonitorStatus.UP, MonitorStatus.DOWN
PATIENT = Limits(connect=PATIENCE, read=PATIENCE, whole=PATIENCE)


def asked(metrics: str) -> KumaAnswer:
    kuma = Kuma(newest=make.NOON, beats={"public": [0]}, metrics=metrics)
    with serving(kuma) as server:
        reach = Reach(server.url, limits=PATIENT)
        access, trusted = Access(key=KEY), ssl.create_default_context()
        return asyncio.run(ask("http://ada.status.lab.example/", access, reach, trusted))


def line(name: str, status: int = 1, labels: str = "") -> str:
    return f'monitor_status{{monitor_name="{name}"{labels}}} {status}'


def test_a_fresh_answer_does_not_make_a_stale_beat_fresh() -> None:
    hour = make.after(3600)
    (beat,) = said(asked(line("public")), hour).beats
    assert (beat.status, beat.at) == (UP, make.NOON.replace(microsecond=123_000))
    assert beat.is_stale(hour)
    seen = outlook([Watched(beat, "health", up=True)], "", hour)
    assert seen.findings[ProbeRole.INTERNET].sign.value == "kuma-stale"


def test_a_monitor_that_never_beat_is_no_fresher_by_its_metrics() -> None:
    kuma = Kuma(newest=make.NOON, beats={"public": []}, metrics=line("public"))
    with serving(kuma) as server:
        reach = Reach(server.url, limits=PATIENT)
        access, trusted = Access(key=KEY), ssl.create_default_context()
        answer = asyncio.run(ask("http://ada.status.lab.example/", access, reach, trusted))
    (beat,) = said(answer, make.NOON).beats
    assert (beat.at, beat.is_stale(make.NOON)) == (None, True)


TOO_LONG = line("x", labels=f',a="{"x" * LONGEST}"')
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
    assert [(beat.name, beat.status) for beat in said(asked(metrics), make.NOON).beats] == [
        ("public", DOWN)
    ]


def test_a_malformed_line_costs_only_itself() -> None:
    metrics = [line("a"), "monitor_status{,\t=x} 1", TOO_LONG, line("b", 0), line("c", 7)]
    found = said(asked("\n".join(metrics)), make.NOON)
    assert [(beat.name, beat.status) for beat in found.beats[1:]] == [
        ("a", UP),
        ("b", DOWN),
        ("c", MonitorStatus.NO_BEAT),
    ]


def test_as_many_lines_as_there_may_be_monitors_are_parsed() -> None:
    body = "\n".join(line(f"m{number}") for number in range(1000)).encode()
    assert len(list(statuses(body, MOST_MONITORS))) == MOST_MONITORS
    assert len(said(asked(body.decode()), make.NOON).beats) == MOST_MONITORS


def test_a_name_that_holds_another_kind_of_line_break_is_one_name() -> None:
    found = said(asked(line("my\N{LINE SEPARATOR}app")), make.NOON)
    assert [beat.name for beat in found.beats] == ["public", "my app"]
