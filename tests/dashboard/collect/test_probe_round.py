"""Fetch, read and record: from a student's URL to what a page says was observed."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from dashboard import models
from dashboard.collect import host_turns as turns
from dashboard.collect import probe_round
from dashboard.collect.methods import lab_probes
from dashboard.history.observed_flows import fetch_observed
from dashboard.models import Heartbeat, Observation
from tests import make
from tests.hostile import Server, answer, serving

GATEWAY, DNS, REDIS = "Gateway to student-app", "student-app to DNS", "student-app to redis"
HEALTHY = answer(b'{"status": "healthy", "redis": "connected"}')


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Server]:
    """Every student's app is well; `/visits` answers as `/health` does, which proves nothing."""
    with serving(HEALTHY) as server:
        settings.PROBE_GATEWAY = server.url
        yield server


def probe_at(moment: datetime, *namespaces: models.Namespace) -> None:
    probe_round.probe_namespaces([namespace.name for namespace in namespaces], lambda: moment)


def rows(**which: object) -> list[tuple[str, str, str, bool]]:
    found = Observation.objects.filter(**which).order_by("flow", "method", "first_seen")
    return list(found.values_list("flow", "method", "outcome", "is_open"))


@pytest.mark.django_db
def test_a_round_stores_an_interval_for_each_flow_and_method(gateway: Server) -> None:
    probe_at(make.NOON, ada := make.namespace())
    assert rows(namespace=ada) == [
        (GATEWAY, "health", "reached", True),
        (GATEWAY, "visits", "unknown", True),
        ("Gateway to uptime-kuma", "status-page", "unknown", True),
        (DNS, "health", "reached", True),
        (DNS, "visits", "unknown", True),
        (REDIS, "health", "reached", True),
        (REDIS, "visits", "unknown", True),
        ("uptime-kuma to DNS", "status-page", "unknown", True),
        ("uptime-kuma to internet HTTPS", "status-page", "unknown", True),
    ]
    row = Observation.objects.get(flow=GATEWAY, method="health")
    assert (row.vantage, row.first_seen, row.last_seen) == ("worker", make.NOON, make.NOON)
    assert row.latency_ms is not None
    assert "Host: ada.dev.lab.shart.cloud\r\n" in "".join(gateway.heads)


@pytest.mark.django_db
@pytest.mark.usefixtures("gateway")
def test_the_same_outcome_later_extends_the_interval() -> None:
    ada = make.namespace()
    probe_at(make.NOON, ada)
    probe_at(make.after(60), ada)
    assert set(Observation.objects.values_list("first_seen", "last_seen")) == {
        (make.NOON, make.after(60))
    }
    assert set(Observation.objects.values_list("looks", flat=True)) == {2}


@pytest.mark.django_db
def test_another_outcome_ends_the_interval_and_begins_one(settings: Settings) -> None:
    ada = make.namespace()
    for moment, app in (
        (make.NOON, HEALTHY),
        (make.after(60), answer(b"no healthy upstream", "503 Service Unavailable")),
    ):
        with serving(app) as server:
            settings.PROBE_GATEWAY = server.url
            probe_at(moment, ada)
    assert rows(flow=GATEWAY, method="health") == [
        (GATEWAY, "health", "reached", False),
        (GATEWAY, "health", "unknown", True),
    ]
    ended, begun = Observation.objects.filter(flow=GATEWAY, method="health").order_by("first_seen")
    assert (ended.last_seen, begun.first_seen) == (make.NOON, make.after(60))


@pytest.mark.parametrize(
    ("student", "host"),
    [
        ("ada", "ada"),
        ("Ada-Dev", "ada-dev"),
        ("7", "7"),
        ("a" * 63, "a" * 63),
        ("a" * 64, None),
        ("", None),
        ("-", None),
        ("ada-", None),
        ("a.b", None),
        ("a_b", None),
        ("a b", None),
        ("ada\n", None),
        ("evil.example/", None),
        ("evil.example#", None),
        ("a@evil.example", None),
        ("\N{KELVIN SIGN}", None),
    ],
)
def test_only_a_login_that_is_one_dns_label_enters_a_url(student: str, host: str | None) -> None:
    asked = lab_probes.build_requests(models.Namespace(student=student, environment="dev"))
    urls = {question.method: question.url for question in asked}
    assert urls.get("health") == (host and f"https://{host}.dev.lab.shart.cloud/health")


@pytest.mark.django_db
def test_a_student_whose_label_is_no_login_is_unknown_and_never_asked(gateway: Server) -> None:
    mallory = make.namespace("evil.example/", name="student-mallory-dev")
    probe_at(make.NOON, mallory)
    assert gateway.heads == []
    assert {seen.outcome.value for seen in fetch_observed(mallory, make.NOON).values()} == {
        "unknown"
    }
    assert "no login" in fetch_observed(mallory, make.NOON)[GATEWAY].reason


@pytest.mark.django_db
def test_only_present_namespaces_of_the_probes_environment_are_looked_at(gateway: Server) -> None:
    make.heartbeat("probe")
    make.namespace("ada", "staging")
    make.namespace("bob", gone_at=make.NOON)
    assert probe_round.begin_round(make.after(60)) == []
    beat = Heartbeat.objects.get(work="probe")
    assert (beat.started_at, beat.succeeded_at) == (make.after(60), make.after(60))
    assert gateway.heads == []


@pytest.mark.django_db
def test_a_class_is_cut_into_chunks() -> None:
    for number in range(1010):
        make.namespace(f"s{number}")
    chunks = probe_round.begin_round(make.NOON)
    assert [len(chunk) for chunk in chunks] == [500, 500, 10]
    assert len({name for chunk in chunks for name in chunk}) == 1010


@pytest.mark.django_db
def test_who_was_unasked_for_longest_is_looked_at_first() -> None:
    """Else those who come last would expire in every round of a slow class."""
    for number, seconds in enumerate([30, None, 10, 20]):
        make.namespace(f"s{number}")
        for page in ("dev", "status") if seconds else ():
            turns.claim_hosts([f"s{number}.{page}.lab.shart.cloud"], make.after(seconds or 0))
    names = [name for chunk in probe_round.begin_round(make.after(60)) for name in chunk]
    assert names == [f"student-s{number}-dev" for number in (1, 2, 3, 0)]


@pytest.mark.django_db
@pytest.mark.usefixtures("gateway")
def test_a_round_that_goes_well_is_a_heartbeat() -> None:
    make.heartbeat("probe", error="yesterday's")
    ada = make.namespace()
    probe_round.begin_round(make.after(30))
    probe_at(make.after(60), ada)
    beat = Heartbeat.objects.get(work="probe")
    assert (beat.succeeded_at, beat.error) == (make.after(60), "")


@pytest.mark.django_db
@pytest.mark.usefixtures("gateway")
def test_what_went_wrong_with_one_chunk_is_not_forgotten_over_another() -> None:
    ada = make.namespace()
    probe_round.begin_round(make.after(30))
    Heartbeat.objects.filter(work="probe").update(finished_at=make.after(45), error="one chunk")
    probe_at(make.after(60), ada)
    assert Heartbeat.objects.get(work="probe").error == "one chunk"


@pytest.mark.django_db
def test_a_round_that_fails_as_a_whole_says_so(settings: Settings) -> None:
    make.heartbeat("probe")
    settings.PROBE_GATEWAY = "10.0.0.5"
    with pytest.raises(ImproperlyConfigured, match=r"https://10\.0\.0\.5"):
        probe_at(make.after(60), make.namespace())
    beat = Heartbeat.objects.get(work="probe")
    assert (beat.finished_at, beat.succeeded_at) == (make.after(60), make.NOON)
    assert "https://10.0.0.5" in beat.error
