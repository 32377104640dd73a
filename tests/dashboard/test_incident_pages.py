"""Incidents as they are shown: what one change broke told once, for how long, and whose it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard import models
from dashboard.pages.durations import spelled
from dashboard.pages.incidents import broken, times, times_by_student
from tests import make
from tests.dashboard.html import get

pytestmark = pytest.mark.django_db

DNS, GATEWAY = "student-app to DNS", "Gateway to student-app"


def incident(
    namespace: models.Namespace,
    flow: str = DNS,
    *,
    opened: float = 60,
    closed: float | None = None,
    **fields: Any,
) -> models.Incident:
    """The DNS policy was deleted so many seconds after noon, and it was noticed within 20."""
    return models.Incident.objects.create(
        **{
            "namespace": namespace,
            "flow": flow,
            "cause": "policy-removed",
            "policies": ["allow-dns-egress"],
            "worked_at": make.after(opened - 20),
            "opened_at": make.after(opened),
            "closed_at": None if closed is None else make.after(closed),
        }
        | fields
    )


def outage(namespace: models.Namespace, **fields: Any) -> models.Incident:
    of: dict[str, Any] = {"outage_at": make.after(60), "outage_of": 8}
    given: dict[str, Any] = (
        {"cause": "outage", "policies": [], "reason": "nobody answered"} | of | fields
    )
    return incident(namespace, **given)


@pytest.fixture
def instructor(client: Client) -> Client:
    client.force_login(make.instructor())
    return client


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (3600, "1 h"),
     (7500, "2 h 5 min"), (86400 * 3 + 7200, "3 d 2 h")],
)  # fmt: skip
def test_times_are_spelled_in_their_two_biggest_units(seconds: float, words: str) -> None:
    assert spelled(timedelta(seconds=seconds)) == words


def test_what_one_change_broke_is_one_until_all_of_it_works() -> None:
    ada = make.namespace()
    rows = [incident(ada, closed=90), incident(ada, "redis to DNS"), incident(ada, opened=500)]
    first, second = broken(rows, make.after(600))
    assert (first.flows, first.left) == ((DNS, "redis to DNS"), ("redis to DNS",))
    assert (first.sentence, first.closed_at) == ("`allow-dns-egress` was deleted", None)
    assert (first.lasted, second.lasted) == (timedelta(seconds=540), timedelta(seconds=100))
    (then, *_) = broken(rows[:2], make.after(80))
    assert then.left == (DNS, "redis to DNS")


def test_medians_are_of_what_is_theirs_and_repaired() -> None:
    ada, bob = make.namespace(), make.namespace("bob")
    rows = [
        incident(ada, closed=100),
        incident(ada, opened=200, closed=300),
        incident(ada, opened=400),
        incident(bob, closed=80),
        outage(bob, flow=GATEWAY, closed=9999),
    ]
    found = broken(rows, make.after(10000))
    measured = times(found)
    assert (measured.count, measured.open) == (4, 1)
    assert measured.repair == timedelta(seconds=40)
    assert measured.unnoticed == timedelta(seconds=20)
    assert [(name, each.count) for name, each in times_by_student(found).items()] == [
        ("ada", 3),
        ("bob", 1),
    ]


def test_the_class_page_has_open_ones_first_and_narrows_by_its_address(instructor: Client) -> None:
    ada, bob = make.namespace(), make.namespace("bob")
    incident(bob, opened=900, closed=960)
    incident(ada)
    outage(bob, flow=GATEWAY)
    shown = get(instructor, "/incidents/", days="all")
    cells = shown.html.split('data-incident="')[1:]
    assert [(cell.split('"')[0], cell.split('data-open="')[1][:1]) for cell in cells] == [
        ("policy-removed", "y"), ("policy-removed", "n"),
    ]  # fmt: skip
    assert "<code>allow-dns-egress</code> was deleted." in shown.html
    assert "1 more, from outages of the cluster." in shown.text
    for query, count in (
        ({"student": "BOB"}, 1), ({"cause": "outage"}, 1), ({"flow": DNS}, 2),
        ({"flow": DNS, "student": "bob"}, 1), ({"student": "nobody"}, 0), ({"cause": "\0"}, 0),
        ({"at": "2026-03-03T12:00:30Z"}, 0), ({"at": "2026-03-03T12:02:00Z"}, 1),
        ({"days": "1"}, 1),
    ):  # fmt: skip
        page = get(instructor, "/incidents/", **{"days": "all"} | query)
        assert page.html.count('data-incident="') == count, query
    assert "No such incident" in get(instructor, "/incidents/", student="nobody").text
    assert get(instructor, "/incidents/", at="yesterday").status == 400


def test_the_class_page_is_for_instructors_and_says_what_to_do_when_there_is_none(
    client: Client,
) -> None:
    client.force_login(make.user("ada"))
    assert client.get("/incidents/").status_code == 404
    client.force_login(make.instructor("chief"))
    assert "None within a week: nothing that worked was lost." in get(client, "/incidents/").text


def test_a_student_sees_their_own_and_that_an_outage_is_not_theirs(ada: Client) -> None:
    mine = make.namespace()
    make.snapshot(mine, *make.solution())
    address = f"/n/{mine.name}/"
    assert "no flow that worked was lost" in get(ada, address).text
    incident(mine, closed=100)
    incident(make.namespace("bob"), "redis to DNS")
    page = get(ada, address)
    assert "allow-dns-egress was deleted." in page.text
    assert page.html.count('data-incident="') == 1
    assert "This is not you" not in page.text


def test_who_lost_a_flow_with_many_is_told_so(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.after(120))
    mine = make.namespace()
    make.snapshot(mine, *make.solution())
    outage(mine)
    for number in range(5):
        outage(make.namespace(f"peer{number}"))
    page = get(ada, f"/n/{mine.name}/")
    assert "This is not you: 6 of 8 lost “student-app to DNS” within a minute" in page.text
    assert "does not count against you" in page.text
    assert "peer" not in page.html


@pytest.mark.parametrize("students", [1, 12])
def test_a_class_of_any_size_takes_the_same_queries(
    instructor: Client, students: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(students):
        incident(make.namespace(f"s{number}"))
    with django_assert_num_queries(7):
        instructor.get("/incidents/", {"days": "all"})
