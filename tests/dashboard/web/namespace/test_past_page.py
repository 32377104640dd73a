"""A namespace at a moment: everything on its page as it stood then, and nothing of now."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboard import models
from dashboard.assess.namespace_objects import pick_present
from tests import make
from tests.dashboard.html import Page, get

pytestmark = pytest.mark.django_db

ADDRESS = "/n/student-ada-dev/"


@pytest.fixture
def lived(namespace: models.Namespace) -> models.Namespace:
    """Denied everything at noon, allowed DNS a minute later, took it away again after another."""
    states = [make.solution()[:1], make.solution()[:2], make.solution()[:1]]
    for minute, policies in enumerate(states):
        last = make.after(60 * minute + 50)
        make.snapshot(namespace, *policies, seconds=60 * minute, last_seen=last)
    namespace.steps_reached.create(step="default-deny", at=make.NOON)
    namespace.steps_reached.create(step="dns", at=make.after(60))
    return namespace


def then(client: Client, seconds: float) -> Page:
    return get(client, ADDRESS, at=f"{make.after(seconds).isoformat()}")


@pytest.mark.parametrize(
    ("seconds", "dns"), [(0, "deny"), (59.9, "deny"), (60, "allow"), (119, "allow"), (120, "deny")]
)
def test_flows_and_policies_are_those_of_the_state_that_held(
    ada: Client, lived: models.Namespace, seconds: float, dns: str
) -> None:
    page = then(ada, seconds)
    assert page.predicted()["redis to DNS"] == dns
    assert ('id="policy-allow-dns-egress"' in page.html) is (dns == "allow")
    assert f"How it was at {make.after(seconds):%Y-%m-%d %H:%M:%S} UTC" in page.text
    assert f'href="{ADDRESS}">Back to now</a>' in page.html
    assert lived.snapshots.count() == 3


def test_a_step_stands_as_it_did_and_a_lost_one_says_since_when_and_by_what(
    ada: Client, lived: models.Namespace
) -> None:
    before, during, behind, now = (
        then(ada, 30),
        then(ada, 90),
        then(ada, 150),
        get(ada, ADDRESS),
    )
    assert "Allow DNS not yet" in before.text
    assert "Allow DNS holds now First reached 2026-03-03 12:01:00 UTC." in during.text
    assert "By allow-dns-egress." in during.text
    ended = "No longer since 2026-03-03 12:02:00 UTC: allow-dns-egress was deleted. What that did"
    for page in (behind, now):
        assert "Allow DNS held once, no longer" in page.text
        assert ended in page.text
        around = "?from=2026-03-03T12:01:00Z&amp;to=2026-03-03T12:02:00Z"
        assert f'{around}">What that did</a>' in page.html
    assert "No longer since" not in during.text
    assert lived.steps_reached.count() == 2


def test_what_was_seen_and_what_stood_around_are_of_then(
    ada: Client, lived: models.Namespace
) -> None:
    make.observation(lived, outcome="blocked", last_seen=make.after(40), is_open=False)
    make.observation(lived, first_seen=make.after(72), last_seen=make.after(600), looks=9)
    old = make.pod_state(lived, "old", last_seen=make.after(80), is_open=False)
    make.pod_state(lived, "new", first_seen=make.after(90), last_seen=make.after(600))
    flow = "Gateway to student-app"
    first, second = then(ada, 30), then(ada, 119)
    assert (first.cells()[flow][2], second.cells()[flow][2]) == ("blocked", "reached")
    assert "Seen by health, outside, just then." in first.text
    assert ('data-pod="old"' in first.html, 'data-pod="new"' in first.html) == (True, False)
    assert ('data-pod="old"' in second.html, 'data-pod="new"' in second.html) == (False, True)
    assert old.pod == "old"


@pytest.mark.parametrize(
    ("intervals", "at", "there"),
    [
        ([(0, 60)], 30, [0]),
        ([(0, 60)], 60, [0]),
        ([(0, 60)], 80, [0]),
        ([(0, 60), (90, 120)], 80, [0]),
        ([(0, 60), (70, 120)], 80, [1]),
        ([(0, 60), (0, 75)], 80, [1]),
        ([(0, 120), (0, 120)], 80, [0, 1]),
    ],
)
def test_what_a_newer_look_did_not_see_was_gone(
    intervals: list[tuple[int, int]], at: int, there: list[int]
) -> None:
    rows = [
        models.PodState(pod=str(number), first_seen=make.after(first), last_seen=make.after(last))
        for number, (first, last) in enumerate(intervals)
        if first <= at
    ]
    assert [row.pod for row in pick_present(rows, make.after(at))] == [str(each) for each in there]


def test_it_does_not_refresh_and_offers_nothing_that_is_of_now(
    client: Client, lived: models.Namespace
) -> None:
    client.force_login(make.instructor())
    models.Monitor.objects.create(
        namespace=lived, name="app", status="up", last_seen=make.after(90)
    )
    past, now = then(client, 90), get(client, ADDRESS)
    for of_now in ("?seen=", "/monitors", "/marks", 'id="monitors"'):
        assert (of_now in now.html, of_now in past.html) == (True, False)
    assert "htmx" in past.html
    assert "?at=2026-03-03T12:01:30Z" in past.html.split("What if</a>")[0]
    assert "?from=2026-03-03T12:01:30Z&amp;to=solution" in past.html


def test_before_the_first_poll_it_says_when_that_was(ada: Client, lived: models.Namespace) -> None:
    page = then(ada, -1)
    assert page.status == 200
    assert "Nothing is known that far back" in page.text
    assert "was at 2026-03-03 12:00:00 UTC" in page.text
    assert lived.snapshots.count() == 3


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("yesterday", "“yesterday” is no time"),
        ("baseline", "“baseline” is no time"),
        ("<script>", "is no time"),
        ("2999-01-01T00:00:00Z", "2999-01-01 00:00:00 UTC is still to come."),
    ],
)
@pytest.mark.parametrize("page", ["", "what-if"])
def test_what_is_no_moment_of_the_past_is_a_bad_request_that_says_so(
    ada: Client, lived: models.Namespace, page: str, at: str, said: str
) -> None:
    found = get(ada, ADDRESS + page, at=at)
    assert found.status == 400
    assert said in found.text
    assert "<script>" not in found.html
    assert lived.name in found.text


def test_where_nobody_could_read_it_the_page_says_since_when(
    ada: Client, lived: models.Namespace
) -> None:
    assert "It could not be read just then" in then(ada, 120 + 3600).text
    models.Namespace.objects.update(gone_at=make.after(1800))
    assert "The namespace had been deleted by then" in then(ada, 120 + 3600).text
    assert "had been deleted" not in then(ada, 100).text
    assert lived.gone_at is None


def replace_times(snapshot: models.Snapshot, seconds: float) -> models.Snapshot:
    values = {field.attname: getattr(snapshot, field.attname) for field in snapshot._meta.fields}  # noqa: SLF001  # Django's way
    times = {"first_seen": make.after(seconds), "last_seen": make.after(seconds)}
    return models.Snapshot(**values | times | {"id": None})


def test_the_history_marks_the_state_that_is_shown_on_its_own_page(
    ada: Client, namespace: models.Namespace
) -> None:
    first = make.snapshot(namespace, is_open=False)
    again = [replace_times(first, 60 * minute) for minute in range(1, 60)]
    models.Snapshot.objects.bulk_create(again)
    page = then(ada, 90)
    assert "51 to 60 of 60" in page.text
    (row,) = [part for part in page.html.split("<tr ") if 'aria-current="time"' in part]
    assert row.startswith('data-snapshot="2026-03-03T12:01:00Z"')


def test_the_slider_has_a_stop_for_each_state_and_leads_to_the_ones_beside(
    ada: Client, lived: models.Namespace
) -> None:
    page = then(ada, 90)
    assert 'max="2" value="1"' in page.html
    looked = '["2026-03-03T12:00:50Z", "2026-03-03T12:00:00Z"]'
    again = '["2026-03-03T12:01:50Z", "2026-03-03T12:01:00Z"]'
    stops = f'[{looked}, {again}, ["", ""]]'
    assert f'<script id="slider-stops" type="application/json">{stops}</script>' in page.html
    assert f'href="{ADDRESS}?at=2026-03-03T12:00:50Z" rel="prev"' in page.html
    assert f'href="{ADDRESS}" rel="next"' in page.html
    assert "hx-get" not in page.html.split('id="play"')[1]
    playing = get(ada, ADDRESS, at="2026-03-03T12:00:30Z", play="1")
    onward = f'hx-get="{ADDRESS}?at=2026-03-03T12:01:50Z&amp;play=1" hx-trigger="every 1s"'
    assert onward in playing.html
    assert lived.snapshots.count() == 3


def test_what_if_tries_on_what_was_there(ada: Client, lived: models.Namespace) -> None:
    address = f"{ADDRESS}what-if?at=2026-03-03T12:01:30Z"
    assert "Tried on how it was at 2026-03-03 12:01:30 UTC" in get(ada, address).text
    assert "name: allow-dns-egress" in get(ada, f"{address}&start=now").html
    tried = ada.post(address, {"yaml": json.dumps(make.policy()), "mode": "replace"})
    page = Page(tried.status_code, tried.content.decode())
    assert "then it was 12. 0 would open, 6 close" in page.text
    assert lived.snapshots.count() == 3


def test_a_long_history_costs_no_more_queries(
    ada: Client, lived: models.Namespace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(29):
        then(ada, 90)
    for minute in range(3, 30):
        make.snapshot(lived, *make.solution()[: minute % 8], seconds=60 * minute)
        make.pod_state(lived, f"pod-{minute}")
        make.observation(lived, f"flow {minute}")
        lived.incidents.create(
            flow=f"flow {minute}",
            cause=models.IncidentCause.POLICY_REMOVED,
            worked_at=make.after(minute),
            opened_at=make.after(minute + 1),
            closed_at=make.after(minute + 2),
        )
    with django_assert_num_queries(29):
        assert "And 24 more" in then(ada, 90).text


def test_now_is_a_moment_like_no_other(ada: Client, lived: models.Namespace) -> None:
    """The same state, but the page of now refreshes itself."""
    soon = timezone.now() - timedelta(seconds=1)
    past, now = get(ada, ADDRESS, at=soon.isoformat()), get(ada, ADDRESS, at="now")
    assert past.predicted() == now.predicted()
    assert ("?at=now&amp;seen=" in now.html, "seen=" in past.html) == (True, False)
    assert lived.snapshots.count() == 3


def test_a_time_as_pages_tell_it_shows_the_state_that_began_in_that_second(
    client: Client, lived: models.Namespace
) -> None:
    """The exact times of links are those of the states themselves."""
    make.snapshot(lived, *make.solution(), seconds=200.864)
    client.force_login(make.instructor())
    told, exact = "2026-03-03T12:03:20Z", "2026-03-03T12:03:20.863000Z"
    for at, is_new in ((told, True), (exact, False)):
        page = get(client, ADDRESS, at=at)
        assert (page.predicted()["student-app to redis"] == "allow") is is_new
        assert (f"from=2026-03-03T12:02:00Z&amp;to={told}" in page.html) is is_new
    assert "18 of 18 flows" in get(client, f"{ADDRESS}report", at=told).text
    assert "18/18" in get(client, "/", at=told).text.replace(" ", "")
    for ends in ((told, "solution"), ("solution", told)):
        page = get(client, f"{ADDRESS}diff", **dict(zip(("from", "to"), ends, strict=True)))
        assert "No flow changed." in page.text


def test_a_student_is_led_to_the_moment_that_was_asked_for(
    ada: Client, lived: models.Namespace
) -> None:
    """Of several namespaces there is a list, as it was."""
    at = "2026-03-03T12:01:00Z"
    assert ada.get("/", {"at": at}).headers["Location"] == f"{ADDRESS}?at={at}"
    assert (page := get(ada, "/", at="noon")).status == 400
    assert "is no time: write one like" in page.text
    make.snapshot(make.namespace("ada", "prod", first_seen=make.after(90)), seconds=90)
    assert ada.get("/", {"at": at}).status_code == 302  # the other was not there yet
    page = get(ada, "/", at="2026-03-03T12:01:40Z")
    assert "How they were at 2026-03-03 12:01:40 UTC." in page.text
    assert f'href="{ADDRESS}?at=2026-03-03T12:01:40Z"' in page.html
    assert lived.name in page.text
    page = get(ada, "/", at="2026-03-03T11:00:00Z")
    assert "No namespace of yours was here at that time." in page.text
