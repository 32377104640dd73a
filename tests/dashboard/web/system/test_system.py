"""The system page: is it them, or is it us?"""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from dashboard.health.worker_health import LONG_BREAK, list_worker_health
from dashboard.models import Heartbeat
from dashboard.models.heartbeat import STOPPED_AFTER
from tests import make

pytestmark = pytest.mark.django_db

PERIOD = timedelta(seconds=settings.POLL_SECONDS)
RULE = """- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [list]"""


def system(client: Client) -> str:
    client.force_login(make.instructor())
    return client.get("/system/").content.decode()


def heartbeat(work: str, ago: timedelta, **fields: object) -> Heartbeat:
    moment = timezone.now() - ago
    beat = {"started_at": moment, "finished_at": moment, "succeeded_at": moment}
    return make.heartbeat(work, **beat | fields)


@pytest.mark.parametrize(
    ("missed", "late"),
    [(0, False), (1, False), (STOPPED_AFTER, False), (STOPPED_AFTER + 0.1, True)],
)
def test_polling_is_late_after_three_rounds_without_success(*, missed: float, late: bool) -> None:
    now = make.NOON
    then = now - missed * PERIOD
    make.heartbeat(started_at=now, finished_at=now, succeeded_at=then)
    assert list_worker_health(now)[0].is_late is late


def test_what_never_succeeded_is_late() -> None:
    make.heartbeat(started_at=make.NOON, finished_at=make.NOON, succeeded_at=None)
    assert [pulse.is_late for pulse in list_worker_health(make.NOON)] == [True, True]


@pytest.mark.parametrize("address", ["/", "/system/"])
def test_a_stopped_poll_is_announced_on_board_and_system_page(client: Client, address: str) -> None:
    make.namespace()
    heartbeat("poll", 4 * PERIOD)
    heartbeat("probe", timedelta())
    client.force_login(make.instructor())
    page = client.get(address).content.decode()
    assert 'data-late="poll"' in page
    assert 'data-late="probe"' not in page


def test_how_far_the_probes_get_is_told(client: Client) -> None:
    now = timezone.now()
    for name, minutes in (("student-a-dev", 1), ("student-b-dev", 60)):
        at = now - timedelta(minutes=minutes)
        make.observation(make.namespace(name), first_seen=at, last_seen=at)
    make.namespace("student-c-dev")
    page = " ".join(re.sub("</?time[^>]*>", "", system(client)).split())
    assert (
        "Probes reached 1 of 3 namespaces lately, 1 too long ago to count, 1 never. "
        "The namespace that has waited longest was probed 1 h ago." in page
    )
    assert "profile is <code>kubernetes</code>" in page


def test_all_is_well_without_a_banner(client: Client) -> None:
    heartbeat("poll", timedelta())
    heartbeat("probe", timedelta())
    page = system(client)
    assert "data-late" not in page
    assert page.count("<td>alive</td>") == 2


def test_before_the_first_poll_it_says_what_to_start(client: Client) -> None:
    page = system(client)
    assert "Polling never ran" in page
    assert "make run" in page
    assert "There is no data yet" in page


def test_a_failing_poll_shows_its_error(client: Client) -> None:
    heartbeat("poll", timedelta(), error="ClusterError: <refused>")
    assert "ClusterError: &lt;refused&gt;" in system(client)


def test_a_poll_under_way_is_no_failure(client: Client) -> None:
    heartbeat("poll", PERIOD, started_at=timezone.now())
    assert "running now" in system(client)


def test_failing_namespaces_are_listed_with_the_reason(client: Client) -> None:
    make.namespace("grace")
    make.namespace("ada", failure="pods is forbidden", failing_since=make.NOON)
    make.namespace("gone", failure="forbidden", failing_since=make.NOON, gone_at=make.NOON)
    page = system(client)
    assert "1 of them cannot be read" in page
    assert "pods is forbidden" in page
    assert "student-gone-dev" not in page


def test_missing_rights_and_notes_are_shown_as_the_poll_found_them(client: Client) -> None:
    detail = {"missing_rights": [RULE], "notes": ["kube-system cannot be read."]}
    heartbeat("poll", timedelta(), detail=detail)
    page = system(client)
    assert RULE in page
    assert "kube-system cannot be read." in page


def test_the_health_check_needs_no_session(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.parametrize(
    ("began", "finished", "succeeded", "starting"),
    [
        (1, None, None, True),
        (STOPPED_AFTER + 0.1, None, None, False),
        (0.1, 4, 4, True),
        (0.1, 4, None, False),
        (0.1, LONG_BREAK / PERIOD + 1, LONG_BREAK / PERIOD + 1, False),
        (4, 4, 4, False),
        (0.1, 1, 1, False),
    ],
    ids=[
        "the first of all",
        "the first of all, which does not end",
        "the first after a break",
        "one after others that failed",
        "one after others that never ended",
        "none is under way",
        "one in good time",
    ],
)
def test_a_first_round_under_way_is_no_outage(
    began: float, finished: float | None, succeeded: float | None, *, starting: bool
) -> None:
    """All in periods ago."""
    times = [None if ago is None else make.NOON - ago * PERIOD for ago in (finished, succeeded)]
    make.heartbeat(
        started_at=make.NOON - began * PERIOD, finished_at=times[0], succeeded_at=times[1]
    )
    poll, _ = list_worker_health(make.NOON)
    in_time = succeeded is not None and succeeded <= STOPPED_AFTER
    assert (poll.is_starting, poll.is_late) == (starting, not starting and not in_time)


def test_a_round_that_others_before_never_ended_is_late_and_not_stopped(client: Client) -> None:
    heartbeat("poll", LONG_BREAK + PERIOD, started_at=timezone.now())
    page = system(client)
    assert 'data-late="poll"' in page
    assert "and has not ended." in page
    assert "<strong>late</strong>" in page
    assert "<strong>stopped</strong>" not in page


def test_a_first_round_under_way_is_told_without_alarm(client: Client) -> None:
    make.namespace()
    heartbeat("poll", timedelta())
    heartbeat("probe", 4 * timedelta(seconds=settings.PROBE_SECONDS), started_at=timezone.now())
    pages = system(client), client.get("/").content.decode()
    for page in pages:
        assert 'data-starting="probe"' in page
        assert "data-late" not in page
    assert ("running now" in pages[0], "stopped" in pages[0]) == (True, False)
