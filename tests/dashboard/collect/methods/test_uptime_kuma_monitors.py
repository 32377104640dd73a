"""Which URL a monitor watches, and a round of probes that hears an Uptime Kuma over HTTP."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.collect import probe_round
from dashboard.collect.methods.uptime_kuma.monitors import guess_watched_probe
from dashboard.collect.methods.uptime_kuma.pages import KumaMonitor
from dashboard.collect.methods.uptime_kuma.requests import load_api_keys
from dashboard.models import Monitor, MonitorStatus, Observation
from tests import make
from tests.hostile import Behaviour, answer, serving
from tests.kuma import Kuma

PAGE = next(probe for probe in active_lab().probes if probe.name == "status-page")
DNS, INTERNET = "uptime-kuma to DNS", "uptime-kuma to internet HTTPS"
CONNECTED = answer(b'{"redis": "connected"}')
Execute = Callable[..., object]
COUNTED = answer(b'{"visits": 7}')


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        ("dev /health", "", "health"),
        ("dev /visits", "", "visits"),
        ("prod /health", "", "prod-health"),
        ("My DEV health check", "", "health"),
        ("Prod-Health", "", "prod-health"),
        ("health", "", ""),
        ("dev", "", ""),
        ("dev health and visits", "", ""),
        ("developer healthy", "", ""),
        ("anything", "https://ada.dev.lab.shart.cloud/visits", "visits"),
        ("anything", "https://ADA.dev.lab.shart.cloud/visits/", "visits"),
        ("dev /health", "https://example.org/", ""),
    ],
)
def test_a_monitor_is_known_by_its_url_or_by_its_name(name: str, url: str, expected: str) -> None:
    monitor = KumaMonitor(name, MonitorStatus.UP, make.NOON, url=url)
    assert guess_watched_probe(PAGE, monitor, "ada") == expected


@dataclass
class Student:
    """A student's hosts behind one gateway."""

    kuma: Kuma
    app: Behaviour = CONNECTED
    visits: Behaviour = COUNTED
    heads: list[str] = field(default_factory=list)

    def __call__(self, connection: socket.socket, head: str) -> None:
        if ".status." in head:
            self.kuma(connection, head)
        elif "/visits" in head:
            self.visits(connection, head)
        else:
            self.app(connection, head)


@pytest.fixture
def student(settings: Settings) -> Iterator[Student]:
    student = Student(Kuma(newest=make.NOON, beats={"dev /health": [1], "dev /visits": [1]}))
    with serving(student) as server:
        settings.PROBE_GATEWAY = server.url
        yield student


def probe(namespace: models.Namespace, seconds: float = 0) -> dict[str, str]:
    """What the monitors then say of Kuma's own way out."""
    probe_round.probe_namespaces([namespace.name], lambda: make.after(seconds))
    rows = Observation.objects.filter(vantage="uptime-kuma", is_open=True)
    return {row.flow: f"{row.outcome} {row.sign}" for row in rows}


@pytest.mark.django_db
def test_monitors_that_are_up_show_kumas_own_way_out(student: Student) -> None:
    assert probe(make.namespace()) == {DNS: "reached kuma-up", INTERNET: "reached kuma-up"}
    names = Monitor.objects.values_list("name", "watches", "status", "beat_at")
    assert set(names) == {
        ("dev /health", "health", "up", make.NOON.replace(microsecond=123_000)),
        ("dev /visits", "visits", "up", make.NOON.replace(microsecond=123_000)),
    }
    page = Observation.objects.get(flow="Gateway to uptime-kuma")
    assert (page.outcome, page.vantage) == ("reached", "worker")
    assert student.kuma.asked[0] == "/api/entry-page"


@pytest.mark.django_db
def test_kuma_is_blind_where_the_same_round_saw_the_url_up(student: Student) -> None:
    student.kuma.beats = {"dev /health": [0], "dev /visits": [0]}
    assert probe(make.namespace()) == {DNS: "unknown kuma-blind", INTERNET: "blocked kuma-blind"}


@pytest.mark.django_db
def test_kuma_is_right_where_the_app_is_down_for_everybody(student: Student) -> None:
    student.kuma.beats = {"dev /health": [0], "dev /visits": [0]}
    student.app = student.visits = answer(b"no healthy upstream", "503 Service Unavailable")
    assert probe(make.namespace()) == {DNS: "unknown app-down", INTERNET: "unknown app-down"}


@pytest.mark.django_db
def test_visits_down_beside_a_healthy_app_is_redis_and_not_kuma(student: Student) -> None:
    student.kuma.beats = {"dev /visits": [0]}
    student.visits = answer(b'{"error": "Redis unavailable"}', "503 Service Unavailable")
    assert probe(make.namespace()) == {DNS: "unknown app-down", INTERNET: "unknown app-down"}


@pytest.mark.django_db
def test_a_monitor_of_prod_is_measured_by_the_students_other_namespace(student: Student) -> None:
    ada, prod = make.namespace(), make.namespace("ada", "prod")
    student.kuma.beats = {"prod /health": [0]}
    flow = "Gateway to student-app"
    make.observation(prod, flow, method="prod-health", vantage="worker", last_seen=make.after(30))
    assert probe(ada)[INTERNET] == "blocked kuma-blind"


@pytest.mark.django_db
def test_what_an_instructor_chose_stays_chosen(student: Student) -> None:
    ada = make.namespace()
    student.kuma.beats = {"my app": [0]}
    assert probe(ada)[INTERNET] == "unknown unclear"
    Monitor.objects.update(watches="health", chosen=True)
    student.kuma.newest = make.after(60)
    assert probe(ada, 60)[INTERNET] == "blocked kuma-blind"
    assert Monitor.objects.get().watches == "health"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "just_before",
    [
        pytest.param('INSERT INTO "dashboard_monitor"', id="its rows are stored"),
        pytest.param('UPDATE "dashboard_monitor"', id="it says what they watch"),
        pytest.param('DELETE FROM "dashboard_monitor"', id="it forgets those that are gone"),
    ],
)
def test_what_an_instructor_chooses_during_a_round_stays_chosen(
    just_before: str, student: Student
) -> None:
    """The round has read the choices by then, and takes both for visits by what they are called."""
    ada = make.namespace()
    student.kuma.beats = {"dev /visits": [1], "old dev /visits": [1]}
    probe(ada)
    Monitor.objects.update(watches="")  # so that it has something to say
    student.kuma.beats = {"dev /visits": [1]}
    chosen = 0

    def choose(execute: Execute, sql: str, *rest: Any) -> object:
        nonlocal chosen
        if sql.startswith(just_before) and not chosen:
            chosen = 1
            chosen = Monitor.objects.update(watches="health", chosen=True)
        return execute(sql, *rest)

    with database.execute_wrapper(choose):
        probe(ada, 60)
    assert chosen == 2
    assert set(Monitor.objects.values_list("watches", "chosen")) == {("health", True)}
    assert Monitor.objects.count() == 2


@pytest.mark.django_db
def test_a_monitor_that_was_deleted_is_gone(student: Student) -> None:
    ada = make.namespace()
    probe(ada)
    student.kuma.beats = {"dev /health": [1]}
    probe(ada, 60)
    assert [monitor.name for monitor in Monitor.objects.all()] == ["dev /health"]


@pytest.mark.django_db
@pytest.mark.usefixtures("student")
def test_hearing_twenty_kumas_takes_a_few_queries_a_batch() -> None:
    names = [make.namespace(f"s{number}").name for number in range(20)]
    with CaptureQueriesContext(database) as queries:
        probe_round.probe_namespaces(names, lambda: make.NOON)
    assert len(queries) < 120  # on a slow machine a few batches, and not twenty
    assert Monitor.objects.count() == 40


def test_keys_are_read_by_login(tmp_path: Path) -> None:
    file = tmp_path / "keys.yaml"
    file.write_text("Ada: uk1_abc\nbob: uk2_def\n")
    assert load_api_keys(file) == {"ada": "uk1_abc", "bob": "uk2_def"}
    assert load_api_keys(None) == {}


@pytest.mark.parametrize("text", ["- uk1_abc", "ada: [uk1_abc", "ada: 7uk1_abc: x", "7: uk1_abc"])
def test_a_file_that_is_none_says_so_without_a_key(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.yaml"
    file.write_text(text)
    with pytest.raises(ImproperlyConfigured) as raised:
        load_api_keys(file)
    assert "keys.yaml" in str(raised.value)
    assert "uk1_abc" not in str(raised.value)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="No such file"):
        load_api_keys(tmp_path / "nowhere.yaml")
