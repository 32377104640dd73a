"""`manage.py probe NAMESPACE`, as it is typed."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from dashboard.collect import host_turns as turns
from dashboard.management.commands import probe
from dashboard.models import Monitor, Observation
from tests import make
from tests.apiserver import PODS, Answer, ApiServer, within
from tests.hostile import Behaviour, Server, answer, serving
from tests.kuma import Kuma

ADA = "student-ada-dev"
HOST = "ada.dev.lab.shart.cloud"
pytestmark = pytest.mark.django_db


def student(kuma: Kuma) -> Behaviour:
    """Ada's app and her Uptime Kuma, each under its own name."""

    def talk(connection: object, head: str) -> None:
        app = answer(b'{"redis": "connected"}' if " /health " in head else b'{"visits": 3}')
        (app if f"Host: {HOST}" in head else kuma)(connection, head)  # type: ignore[arg-type]

    return talk


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Server]:
    beats = {"dev /health": [1, 1], "odd \x1b[31m": [0]}
    with serving(student(Kuma(beats=beats, newest=timezone.now()))) as running:
        settings.PROBE_GATEWAY = running.url
        yield running


def told(config: str, name: str = ADA) -> str:
    out = StringIO()
    call_command("probe", name, kubeconfig=config, stdout=out, stderr=StringIO())
    return out.getvalue()


def line(said: str, *words: str) -> str:
    return next(each for each in said.splitlines() if all(word in each for word in words))


@pytest.mark.usefixtures("gateway")
def test_it_prints_what_each_method_sees_and_keeps_nothing(server: ApiServer, config: str) -> None:
    message = make.message({"student-app to redis": ["timeout", 3000]})
    server.add(PODS, make.prober_pod(message), make.pod_manifest(namespace=ADA))
    said = told(config)
    assert f"health, from worker  https://{HOST}/health" in said
    assert "  200 in 0." in said
    assert "reached  the app answered and counted" in line(said, "Gateway to student-app", "count")
    assert "reached  Uptime Kuma answered" in line(said, "Gateway to uptime-kuma")
    assert "monitor dev /health: up" in said
    assert "watches health" in said
    assert "prober, inside, as student-app" in said
    assert "blocked  no answer: dropped" in line(said, "student-app to redis", "dropped")
    assert "No method here covers: " in said
    assert "Other student to redis" in said.splitlines()[-1]
    assert not Observation.objects.exists()
    assert not Monitor.objects.exists()


@pytest.mark.usefixtures("gateway")
def test_a_monitors_name_cannot_talk_to_the_terminal(config: str) -> None:
    said = told(config)
    assert "monitor odd  [31m: down" in said
    assert "\x1b" not in said


@pytest.mark.usefixtures("gateway")
def test_a_cluster_that_does_not_answer_costs_only_what_is_seen_from_inside(
    server: ApiServer, config: str
) -> None:
    server.instead[within(ADA, PODS)] = [Answer(500, "broken")]
    said = told(config)
    assert "The cluster cannot be asked." in said
    assert "reached  the app answered" in said


def test_a_host_that_a_worker_is_asking_is_waited_for_and_then_left_alone(
    config: str, gateway: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "PATIENCE", 0.2)
    monkeypatch.setattr(probe, "AGAIN", 0.1)
    hosts = [HOST, "ada.status.lab.shart.cloud"]
    holder, _ = turns.claim_hosts(hosts, timezone.now() - timedelta(seconds=1))
    assert told(config).count("A worker is asking this host right now") == 3
    assert gateway.heads == []
    turns.release_hosts(holder, hosts, timezone.now() - timedelta(seconds=1))
    assert "A worker" not in told(config)


def test_what_is_no_students_namespace_is_refused(config: str) -> None:
    with pytest.raises(CommandError, match="their names look like student-LOGIN-dev"):
        told(config, "kube-system")


def test_a_gateway_that_is_no_url_is_refused(config: str, settings: Settings) -> None:
    settings.PROBE_GATEWAY = "10.0.0.1:443"
    with pytest.raises(CommandError, match="a URL is needed"):
        told(config)
