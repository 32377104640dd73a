"""Incidents as they are shown: what one change broke told once, for how long, and whose it is."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard import models
from dashboard.times.durations import format_duration
from dashboard.web.incidents.page import (
    IncidentGroup,
    compute_statistics,
    compute_student_statistics,
    group_incidents,
)
from dashboard.web.incidents.queries import PAGE_SIZE, query_timings
from tests import make
from tests.dashboard.html import Page, get

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


def shown(seconds: float, *rows: models.Incident) -> list[IncidentGroup]:
    """What these were so many seconds after noon."""
    keys = [row.pk for row in rows]
    moment = make.after(seconds)
    return list(
        group_incidents(
            models.Incident.objects.opened_by(moment).filter(pk__in=keys), moment
        ).values()
    )


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
    assert format_duration(timedelta(seconds=seconds)) == words


def test_what_one_change_broke_is_one_until_all_of_it_works() -> None:
    ada = make.namespace()
    rows = [incident(ada, closed=90), incident(ada, "redis to DNS"), incident(ada, opened=500)]
    second, first = shown(600, *rows)
    assert (set(first.flows), first.still_lost) == ({DNS, "redis to DNS"}, ("redis to DNS",))
    assert (first.sentence, first.closed_at) == ("`allow-dns-egress` was deleted", None)
    assert (first.duration, second.duration) == (timedelta(seconds=540), timedelta(seconds=100))
    (then,) = shown(80, *rows)
    assert set(then.still_lost) == {DNS, "redis to DNS"}


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        ({}, 1),
        ({"opened": 61.0}, 2),
        ({"cause": "policy-changed"}, 2),
        ({"policies": ["allow-dns-egress", "another"]}, 2),
        ({"reason": "of no matter where a policy did it"}, 1),
        ({"cause": "not-the-policies", "policies": [], "reason": "refused"}, 2),
    ],
)
def test_a_change_is_of_a_namespace_a_time_and_a_cause(
    fields: dict[str, Any], changes: int
) -> None:
    ada = make.namespace()
    rows = [incident(ada), incident(ada, "redis to DNS", **fields), incident(make.namespace("bob"))]
    assert len(shown(600, *rows)) == changes + 1
    moment = make.after(600)
    assert len(query_timings(models.Incident.objects.opened_by(moment), moment)) == changes + 1


def test_medians_are_of_what_is_theirs_and_repaired() -> None:
    ada, bob = make.namespace(), make.namespace("bob")
    incident(ada, closed=100)
    incident(ada, "redis to DNS", closed=90, worked_at=make.after(50))
    incident(ada, opened=200, closed=300)
    incident(ada, opened=400)
    incident(bob, closed=80.5)
    outage(bob, flow=GATEWAY, closed=9999)
    moment = make.after(10000)
    found = query_timings(models.Incident.objects.opened_by(moment), moment)
    theirs = [each for each in found if each.is_students]
    assert len(found) - len(theirs) == 1
    measured = compute_statistics(theirs)
    assert (measured.count, measured.open) == (4, 1)
    assert measured.repair == timedelta(seconds=40)
    assert measured.unnoticed == timedelta(seconds=20)
    assert [(name, each.count) for name, each in compute_student_statistics(theirs).items()] == [
        ("ada", 3),
        ("bob", 1),
    ]
    early = query_timings(models.Incident.objects.opened_by(make.after(95)), make.after(95))
    assert sorted((each.student, each.repair is None) for each in early if each.is_students) == [
        ("ada", True), ("bob", False),
    ]  # fmt: skip


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
    assert "Cluster outages caused 1 more." in shown.text
    for query, count in (
        ({"student": "BOB"}, 1), ({"cause": "outage"}, 1), ({"flow": DNS}, 2),
        ({"flow": DNS, "student": "bob"}, 1), ({"student": "nobody"}, 0), ({"cause": "\0"}, 0),
        ({"at": "2026-03-03T12:00:30Z"}, 0), ({"at": "2026-03-03T12:02:00Z"}, 1),
        ({"days": "1"}, 1),
    ):  # fmt: skip
        page = get(instructor, "/incidents/", **{"days": "all"} | query)
        assert page.html.count('data-incident="') == count, query
        assert listed(page) == count, query
    assert "No incident matches" in get(instructor, "/incidents/", student="nobody").text
    assert get(instructor, "/incidents/", at="yesterday").status == 400


def listed(page: Page) -> int:
    """As the page counts them, all that are asked for."""
    found = re.search(r"<dt>Incidents</dt><dd>(\d+)</dd>", page.html)
    return int(found[1]) if found else 0


def test_pages_hold_each_incident_once_and_say_how_many_there_are(instructor: Client) -> None:
    ada, bob = make.namespace("Ada"), make.namespace("bob")
    models.Student.objects.create(login="ada", name="Ada Lovelace", imported_at=make.NOON)
    for number in range(PAGE_SIZE):
        incident(ada, opened=number, closed=number + 1)
    incident(bob, opened=5)
    first, second = (get(instructor, "/incidents/", days="all", page=page) for page in "12")
    assert [page.html.count('data-incident="') for page in (first, second)] == [PAGE_SIZE, 1]
    assert first.html.split('data-incident="')[1].count("student-bob-dev")
    assert {listed(first), listed(second)} == {PAGE_SIZE + 1}
    assert "Ada Lovelace" in first.text
    assert '>Ada Lovelace</a> <span class="login">Ada</span>' in first.html
    for asked, count in (("lovelace", PAGE_SIZE), ("ADA", PAGE_SIZE), ("bob", 1), ("lace, bob", 0)):
        assert listed(get(instructor, "/incidents/", days="all", student=asked)) == count


def test_links_of_the_past_stay_there(instructor: Client) -> None:
    incident(make.namespace(), closed=90)
    for number in range(5):
        outage(make.namespace(f"peer{number}"), flow=GATEWAY)
    then = "2026-03-03T12:02:00Z"
    page = get(instructor, "/incidents/", at=then)
    assert f'href="/n/student-ada-dev/?at={then}"' in page.html
    assert (
        f'href="/incidents/?cause=outage&amp;flow=Gateway%20to%20student-app&amp;at={then}"'
        in page.html
    )
    assert 'href="/n/student-ada-dev/"' in get(instructor, "/incidents/", days="all").html


def test_the_class_page_is_for_instructors_and_says_what_to_do_when_there_is_none(
    client: Client,
) -> None:
    client.force_login(make.user("ada"))
    assert client.get("/incidents/").status_code == 404
    client.force_login(make.instructor("chief"))
    page = get(client, "/incidents/")
    assert "No incidents within a week: no flow that worked was lost." in page.text


def test_a_section_has_its_own_incidents(instructor: Client) -> None:
    for login, section in (("Ada", "Tuesday"), ("bob", "Friday"), ("cy", "")):
        incident(make.namespace(login.lower()))
        models.Student.objects.create(login=login, section=section, imported_at=make.NOON)
    incident(make.namespace("dee"))

    def students(**query: str) -> list[str]:
        page = get(instructor, "/incidents/", days="all", **query)
        return sorted(re.findall(r'<tr data-student="(.*?)"', page.html))

    assert students() == ["ada", "bob", "cy", "dee"]
    assert students(section="Tuesday") == ["ada"]
    assert students(section="none") == ["cy", "dee"]
    assert students(section="Tuesday", student="bob") == students(section="gone\0") == []
    page = get(instructor, "/incidents/", section="Tuesday").html
    assert '<option value="Tuesday" selected>Tuesday</option>' in page
    assert '<option value="none">no section</option>' in page


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
    with django_assert_num_queries(12):
        instructor.get("/incidents/", {"days": "all"})
