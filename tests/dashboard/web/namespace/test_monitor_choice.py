"""An instructor says what a monitor watches; nobody else may."""

import pytest
from django.test import Client

from dashboard import models
from dashboard.models import Monitor, MonitorStatus
from tests import make

ADDRESS = "/n/student-ada-dev/monitors"
NAME = "<b>my app</b>"


@pytest.fixture
def monitor(namespace: models.Namespace) -> Monitor:
    make.snapshot(namespace)
    return Monitor.objects.create(
        namespace=namespace, name=NAME, status=MonitorStatus.DOWN, last_seen=make.NOON
    )


def choose(client: Client, watches: str, name: str = NAME) -> int:
    return client.post(ADDRESS, {"monitor": name, "watches": watches}).status_code


def test_an_instructor_chooses_on_the_namespaces_page(client: Client, monitor: Monitor) -> None:
    client.force_login(make.instructor())
    assert choose(client, "health") == 302
    monitor.refresh_from_db()
    assert (monitor.watches, monitor.chosen) == ("health", True)
    page = client.get("/n/student-ada-dev/").content.decode()
    assert "&lt;b&gt;my app&lt;/b&gt;" in page
    assert NAME not in page
    assert '<option value="health" selected>' in page


@pytest.mark.parametrize(("watches", "name"), [("status-page", NAME), ("x", NAME), ("health", "y")])
def test_what_there_is_none_of_cannot_be_chosen(
    client: Client, monitor: Monitor, watches: str, name: str
) -> None:
    client.force_login(make.instructor())
    assert choose(client, watches, name) == 404
    monitor.refresh_from_db()
    assert not monitor.chosen


def test_a_student_sees_monitors_and_chooses_nothing(ada: Client, monitor: Monitor) -> None:
    assert choose(ada, "health") == 404
    page = ada.get("/n/student-ada-dev/").content.decode()
    assert "&lt;b&gt;my app&lt;/b&gt;" in page
    assert "<select" not in page.partition('id="monitors"')[2].partition("</table>")[0]
    monitor.refresh_from_db()
    assert not monitor.chosen


def test_a_stranger_finds_nothing_there(client: Client, monitor: Monitor) -> None:
    assert choose(client, "health") == 404
    client.force_login(make.user("bob"))
    assert choose(client, "health") == 404
    monitor.refresh_from_db()
    assert not monitor.chosen
