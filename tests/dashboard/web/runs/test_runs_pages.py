"""The pages of runs: the list, and what instructors do there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboard.active_lab import active_lab
from dashboard.models import Run, RunOrigin
from tests import make
from tests.dashboard.classes import CHECKED, student
from tests.dashboard.html import Page, get

pytestmark = pytest.mark.django_db

HOSTILE = '<script>alert("1")</script>{{ 7 }}&lt;'
READS = ["/runs/", "/runs/compare", "/runs/pace"]
POSTS = [
    "/runs/new",
    "/runs/{run}/rename",
    "/runs/{run}/delete",
]


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.instructor())
    return client


def run(name: str = "week 6, start", minutes: float = 0, **fields: object) -> Run:
    """A moment so many minutes past noon."""
    at = make.after(60 * minutes)
    usual = {"name": name, "lab": active_lab().name, "began_at": at, "ended_at": at}
    usual["named_minute"] = at.replace(second=0)
    return Run.objects.create(**usual | fields)


def runs(client: Client, **query: str) -> Page:
    return get(client, "/runs/", **query)


@pytest.mark.parametrize("address", READS)
def test_runs_are_for_instructors(client: Client, address: str) -> None:
    assert client.get(address).headers["Location"].startswith("/sign-in/")
    client.force_login(make.user("ada"))
    assert client.get(address).status_code == 404
    assert 'href="/runs/"' not in client.get("/").content.decode()
    client.force_login(make.instructor())
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", POSTS)
def test_a_student_changes_no_run(client: Client, address: str) -> None:
    kept = run()
    client.force_login(make.user("ada"))
    answer = client.post(address.format(run=kept.pk), {"name": "mine"})
    assert answer.status_code == 404
    assert [each.name for each in Run.objects.all()] == ["week 6, start"]


@pytest.mark.parametrize("address", POSTS)
def test_what_changes_runs_takes_a_post_of_ones_own_page(client: Client, address: str) -> None:
    kept = run()
    strict = Client(enforce_csrf_checks=True)
    for each in (client, strict):
        each.force_login(make.instructor(f"instructor-{each is strict}"))
    at = address.format(run=kept.pk)
    assert client.get(at).status_code == 405
    assert strict.post(at).status_code == 403


def test_without_a_run_it_says_what_to_do(staff: Client) -> None:
    page = runs(staff)
    assert "No run of this lab has a name yet" in page.text
    assert "Name how the class stands now below" in page.text


def test_a_run_is_named_now_by_whoever_does_it(staff: Client) -> None:
    make.snapshot(make.namespace())
    before = timezone.now()
    staff.post("/runs/new", {"name": " week  6,\tstart "})
    (made,) = Run.objects.all()
    assert (made.name, made.origin, made.by) == ("week 6, start", RunOrigin.HAND, "instructor")
    assert before <= made.began_at <= timezone.now()
    assert made.ended_at == made.began_at
    assert "week 6, start" in runs(staff).text


def test_a_run_without_a_name_gets_that_of_its_time(staff: Client) -> None:
    make.snapshot(make.namespace())
    staff.post("/runs/new", {"began": "2026-03-03T14:05", "ended": "2026-03-03T16:00"})
    (made,) = Run.objects.all()
    assert made.name == "Tuesday, 2026-03-03 14:05"
    assert made.began_at == datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
    assert made.ended_at == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert "1 h 55 min" in runs(staff).text


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"began": "2026-03-03T14:05", "ended": "2026-03-03T14:00"}, "end before it begins"),
        ({"ended": "2026-03-03T14:00"}, "Say from when, too."),
        ({"began": "9999-12-31T23:59"}, "is in the future"),
        ({"began": "yesterday"}, "Enter a valid date/time."),
        ({"name": "x" * 151}, "at most 150 characters"),
        ({"name": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_named_is_told(staff: Client, told: dict[str, str], why: str) -> None:
    answer = staff.post("/runs/new", told)
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert not Run.objects.exists()


def test_a_run_is_renamed_and_deleted(staff: Client) -> None:
    kept = run()
    staff.post(f"/runs/{kept.pk}/rename", {"name": "the start"})
    kept.refresh_from_db()
    assert kept.name == "the start"
    refused = staff.post(f"/runs/{kept.pk}/rename", {"name": " "})
    assert (refused.status_code, Run.objects.get().name) == (400, "the start")
    staff.post(f"/runs/{kept.pk}/delete")
    assert not Run.objects.exists()


def test_two_runs_of_a_minute_have_two_names(staff: Client) -> None:
    make.snapshot(make.namespace())
    run("week 6", 0)
    later, other = run("week 6", 1), run("start", 0.5)
    refused = staff.post("/runs/new", {"name": "week  6", "began": "2026-03-03T12:00:59"})
    assert refused.status_code == 400
    assert "A run “week 6” began at 2026-03-03 12:00 UTC already" in refused.content.decode()
    renamed = staff.post(f"/runs/{other.pk}/rename", {"name": "week 6"})
    assert (renamed.status_code, Run.objects.filter(name="start").count()) == (400, 1)
    assert staff.post(f"/runs/{later.pk}/rename", {"name": "week 6"}).status_code == 302
    with pytest.raises(CommandError, match="already: name it otherwise"):
        call_command("run", "week 6", "--at", "2026-03-03T12:01:00Z")
    staff.post("/runs/new", {"name": "week 6", "began": "2026-03-03T12:02"})
    assert Run.objects.filter(name="week 6").count() == 3


def test_runs_that_nobody_could_tell_apart_are_told_by_their_numbers(staff: Client) -> None:
    """A lab session is named without being asked."""
    one, two = run("Lab"), run("Lab", origin=RunOrigin.SESSION, named_minute=None)
    run("Lab", 1)
    page = runs(staff).html
    for each in (one, two):
        assert f">Lab (2026-03-03 12:00), run {each.pk}</option>" in page
    assert ">Lab (2026-03-03 12:01)</option>" in page


@pytest.mark.parametrize("key", ["0", "99", "9" * 30])
def test_a_run_that_is_not_there_is_not_found(staff: Client, key: str) -> None:
    for address in (f"/runs/{key}/delete", f"/runs/{key}/rename"):
        assert staff.post(address, {"name": "x"}).status_code == 404
    assert get(staff, "/runs/compare", a=key).status in (400, 404)


def test_how_the_class_stood_at_the_end_is_told(staff: Client) -> None:
    student("ada", *CHECKED[1:], minutes=5)
    student("bob", minutes=10)
    for namespace in ("ada", "bob"):
        make.snapshot(make.namespace(f"{namespace}x", "prod"), seconds=0)  # another environment's
    run("before", -5)
    run("start", 7)
    run("both", 7, ended_at=make.after(900))
    page = runs(staff).text
    assert "Nobody could be read then" in page
    assert "0 of 1 done" in page
    assert "1 of 2 done" in page


def test_a_session_that_goes_on_says_so(staff: Client) -> None:
    began = timezone.now() - timedelta(minutes=80)
    run("Lab session", origin=RunOrigin.SESSION, began_at=began, ended_at=None)
    assert "1 h 20 min so far" in runs(staff).text


def test_runs_of_other_labs_are_counted_only(staff: Client) -> None:
    run("theirs", lab="another")
    page = runs(staff)
    assert "theirs" not in page.html
    assert "The dashboard keeps 1 run of other labs" in page.text


def test_a_hostile_name_is_text(staff: Client) -> None:
    run(HOSTILE)
    for address in READS:
        html = staff.get(address).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;{{ 7 }}&amp;lt;" in html


@pytest.mark.parametrize(("number", "students"), [(1, 1), (20, 5)])
def test_the_list_costs_the_same_queries_at_any_size(
    staff: Client, number: int, students: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for each in range(students):
        student(f"s{each}", "dns")
    for minute in range(number):
        run(f"run {minute}", minute)
    with django_assert_num_queries(11):
        assert f"0 of {students} done" in runs(staff).text


def test_what_nobody_had_read_by_then_is_no_run(staff: Client) -> None:
    """A run that goes on until something was read is one."""

    def refused(began: str, ended: str = "") -> str:
        answer = staff.post("/runs/new", {"name": "x", "began": began, "ended": ended})
        return answer.content.decode() if answer.status_code == 400 else ""

    assert "Nothing of the class was read yet: name a run after" in refused("2020-03-03T12:00")
    make.snapshot(make.namespace())
    told = "by then: the first that is known is of 2026-03-03 12:00:00 UTC."
    assert told in refused("2020-03-03T12:00")
    assert told in refused("2020-03-03T12:00", "2026-03-03T11:59:59")
    with pytest.raises(CommandError, match=told):
        call_command("run", "x", "--at", "2026-03-03T11:59:59Z")
    assert not Run.objects.exists()
    assert not refused("2026-03-03T11:59", "2026-03-03T12:00")
    call_command("run", "y", "--at", "2026-03-03T12:00:00Z")
    assert set(Run.objects.values_list("name", flat=True)) == {"x", "y"}


def test_a_script_names_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    make.snapshot(make.namespace())
    call_command("run", "week 6", "--at", "2026-03-03T14:05:00Z", "--until", "2026-03-03T16:00:00Z")
    call_command("run", "now")
    assert {(each.name, each.by) for each in Run.objects.all()} == {("week 6", ""), ("now", "")}
    assert (
        "week 6: 2026-03-03 14:05:00 UTC, until 2026-03-03 16:00:00 UTC" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([" "], "between 1 and 150"),
        (["x", "--at", "noon"], "is no moment"),
        (["x", "--at", "baseline"], "not baseline"),
        (["x", "--at", "9999-01-01T00:00:00Z"], "is in the future"),
        (["x", "--until", "2026-03-03T14:05:00Z"], "before it begins"),
    ],
)
def test_a_script_is_told_what_is_wrong(arguments: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("run", *arguments)
