"""A moment at which a namespace, or the class, could not be read: every page says so, and why."""

import csv
import io

import pytest
from django.test import Client

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.assess.fetch_problems import FetchProblem
from dashboard.history.fetch_errors import record_class_failure, record_class_read
from dashboard.web.runs.queries import summarize_runs
from dashboard.web.runs.sides import RunSide
from tests import make
from tests.dashboard.html import get

pytestmark = pytest.mark.django_db

WHY = "pods is <forbidden>. Grant it."
BEFORE, DURING, BEHIND = (f"2026-03-03T12:0{minute}:30Z" for minute in (0, 2, 4))
ADA = "/n/student-ada-dev/"


@pytest.fixture
def instructor(client: Client) -> Client:
    """Ada could not be read from one minute past noon to four, Bob always."""
    last = make.after(300)
    ada, bob = make.namespace("ada", last_seen=last), make.namespace("bob", last_seen=last)
    make.snapshot(ada, *make.solution(), last_seen=last)
    make.snapshot(bob, make.policy(), last_seen=last)
    times = {"first_seen": make.after(60), "last_seen": make.after(240), "is_open": False}
    ada.fetch_errors.create(reason=WHY, failing_since=make.after(60), **times)
    client.force_login(make.instructor())
    return client


SAID = {
    ADA: (
        "Could not be read then, first noticed 1 min before: pods is <forbidden>. Grant it.",
        "how it was when it was last read, no later than 2026-03-03 12:01:00 UTC.",
    ),
    f"{ADA}what-if": ("Could not be read then, first noticed 1 min before: pods is <forbidden>",),
    f"{ADA}report": (
        "could not be read then, first noticed 2026-03-03 12:01:00 UTC: pods is",
        "when it was last read, no later than 2026-03-03 12:01:00 UTC.",
    ),
    "/report/": (
        "could not be read then; no later than 2026-03-03 12:01:00 UTC",
        "Half of those who could be read have",
    ),
    "/": (
        "Could not be read then, first noticed 1 min before: pods is <forbidden>",
        "last known: Done",
        "ada last known A A A A",
        "1 Cannot be read",
        "1 cannot be read, so nobody knows at which step: it is counted at none.",
    ),
}


@pytest.mark.parametrize(("seen", "known"), [(59, True), (60, True), (61, False)])
def test_when_it_was_last_read_is_known_or_not_but_never_guessed(seen: int, *, known: bool) -> None:
    last = FetchProblem(WHY, make.after(60)).find_last_read(make.after(seen))
    assert last == (make.after(seen) if known else None)


def test_pages_of_such_a_moment_say_so(instructor: Client) -> None:
    for address, sentences in SAID.items():
        during, behind = (get(instructor, address, at=at).text for at in (DURING, BEHIND))
        for said in sentences:
            assert (said in during, said in behind) == (True, False)


def test_who_could_not_be_read_is_counted_at_no_step(instructor: Client) -> None:
    assert "0 Done" in get(instructor, "/", at=DURING).text
    assert "1 Done" in get(instructor, "/", at=BEHIND).text
    assert "18<span" in get(instructor, "/", at=DURING, need="unreadable").html  # as last read


def test_differences_say_it_of_the_end_that_it_is_true_of(instructor: Client) -> None:
    said = "It could not be read at that time, first noticed 2026-03-03 12:01:00 UTC: pods is"
    for ends, times in ((BEFORE, 0), (DURING, 1), ("now", 0)):
        page = get(instructor, f"{ADA}diff", **{"from": ends, "to": "solution"})
        assert page.text.count(said) == times
    other = get(
        instructor, "/n/student-bob-dev/diff", **{"from": f"student:student-ada-dev@{DURING}"}
    )
    assert said in other.text


def test_runs_compare_those_who_could_be_read(instructor: Client) -> None:
    page = get(instructor, "/runs/compare", a=DURING, b=BEHIND)
    assert "1 student could be read at both. At B 0 are further, 1 where they were" in page.text
    assert "1 could not be read at A; they are not counted there." in page.text
    assert "adacould not be read at A" in page.text.replace("ada could", "adacould")
    assert "had a namespace at B only" not in page.text
    during, behind = (
        RunSide(name, name, at, at) for name, at in (("d", make.after(150)), ("b", make.after(270)))
    )
    read = {
        name: stood.students for name, stood in summarize_runs([during, behind]).items() if stood
    }
    assert read == {"d": 1, "b": 2}


def test_files_of_a_report_say_it_too(instructor: Client) -> None:
    table = instructor.get("/report/gradebook.csv", {"at": DURING}).content.decode("utf-8-sig")
    rows = {row["login"]: row for row in csv.DictReader(io.StringIO(table, newline=""))}
    assert {login: row["cannot_be_read"] for login, row in rows.items()} == {
        "ada": "pods is <forbidden>",
        "bob": "",
    }
    assert (rows["ada"]["last_seen"], rows["bob"]["last_seen"]) == ("", "2026-03-03 12:02:30")
    suites = instructor.get("/report/junit.xml", {"at": DURING}).content.decode()
    assert suites.count('<property name="cannot_be_read" value="pods is &lt;forbidden&gt;. ') == 1
    told = instructor.get(f"{ADA}report.json", {"at": DURING}).json()
    assert told["last_seen"] is None
    assert told["cannot_be_read"] == {"since": "2026-03-03T12:01:00Z", "reason": WHY}
    markdown = instructor.get(f"{ADA}report.md", {"at": DURING}).content.decode()
    assert "last seen no later than 2026-03-03 12:01:00 UTC" in markdown
    assert "- Could not be read at that time, first noticed 2026-03-03 12:01:00 UTC" in markdown


def test_where_nothing_of_the_class_was_read_nobody_was(instructor: Client) -> None:
    record_class_failure(make.after(3600), "the server is away")
    record_class_read(make.after(7200))
    during = "2026-03-03T13:30:00Z"
    assert (
        "2 cannot be read, so nobody knows at which step: they are"
        in get(instructor, "/", at=during).text
    )
    banner = "Nothing of the class could be read then, since 2026-03-03 12:05:00 UTC: the server"
    assert banner in get(instructor, "/", at=during).text
    assert "the server is away" not in get(instructor, "/", at=during, projector="1").text
    for name in ("ada", "bob"):
        page = get(instructor, f"/n/student-{name}-dev/", at=during)
        assert "first noticed 1 h before: Nothing of the class could be read." in page.text
        assert "the server is away" not in page.text
        assert "last read, 2026-03-03 12:05:00 UTC" in page.text
    assert (
        "Nobody could be read at both" in get(instructor, "/runs/compare", a=during, b=during).text
    )
    then = make.after(5400)
    models.Run.objects.create(name="away", lab=active_lab().name, began_at=then, ended_at=then)
    assert "Nobody could be read then" in get(instructor, "/runs/").text
    assert models.FetchError.objects.filter(namespace=None).count() == 1
