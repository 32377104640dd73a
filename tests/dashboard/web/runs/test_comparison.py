"""Two moments of a class side by side, and two classes by the time since they began."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import list_checked_steps
from dashboard.models import Namespace, Run, RunOrigin, Student
from dashboard.times.durations import format_minutes
from dashboard.web.runs.comparison import ClassComparison, compare_classes
from dashboard.web.runs.pace import LONGEST, RunPace, extend_moments, measure_pace
from dashboard.web.runs.progress import (
    ClassSummary,
    EqualStudents,
    StudentProgress,
    summarize_class,
)
from dashboard.web.runs.sides import RunSide
from netpol.model import Outcome
from tests import make
from tests.dashboard.classes import CHECKED, student, summary
from tests.dashboard.html import Page, get

FLOW = "Gateway to student-app"
STEPS = {step.key: step for step in list_checked_steps(active_lab())}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (60, "1 min"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
        (86400, "1 d"),
        (86460, "1 d"),
        (90000, "1 d 1 h"),
        (93660, "1 d 2 h"),
        (3599, "1 h"),
    ],
)
def test_a_length_is_told_by_its_two_biggest_units(seconds: int, words: str) -> None:
    assert format_minutes(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], None),
        ([EqualStudents(1, "dns", 5, 18)], ClassSummary(1, 0, 5, 18)),
        ([EqualStudents(2, "dns", 5, 18), EqualStudents(1, "", 18, 18)], ClassSummary(3, 1, 5, 18)),
        (
            [EqualStudents(1, "dns", 5, 18), EqualStudents(1, "", 18, 18)],
            ClassSummary(2, 1, 11.5, 18),
        ),
    ],
)
def test_a_class_in_a_few_numbers(
    groups: list[EqualStudents], expected: ClassSummary | None
) -> None:
    assert summarize_class(groups) == expected


def standing(student: str, *missing: str, **flows: Outcome) -> StudentProgress:
    told = summary(*missing, flows={name.replace("_", " "): out for name, out in flows.items()})
    return StudentProgress(f"student-{student}-dev", student, told["step"], repr(told), told)


def compared(then: dict[int, StudentProgress], now: dict[int, StudentProgress]) -> ClassComparison:
    return compare_classes(active_lab(), then, now)


OPEN = {"student-app to internet HTTPS": Outcome.ALLOW}
SHUT = {"redis to DNS": Outcome.DENY}
BLURRED = {"redis to DNS": Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("then", "now", "words", "turned"),
    [
        (CHECKED, CHECKED, "no change", (0, 0, 0)),
        (CHECKED, CHECKED[1:], "1 step on", (0, 0, 0)),
        (CHECKED, [], "6 steps on", (0, 0, 0)),
        ([], CHECKED[4:], "2 steps back", (0, 0, 0)),
        ((CHECKED, OPEN), CHECKED, "same step, 1 flow more met", (0, 1, 0)),
        (CHECKED, (CHECKED, OPEN | SHUT), "same step, 2 flows fewer met", (1, 1, 0)),
        ((CHECKED, OPEN), (CHECKED, SHUT), "same step, other flows", (0, 2, 0)),
        (CHECKED, (CHECKED, BLURRED), "same step, 1 flow fewer met", (0, 0, 1)),
    ],
)
def test_how_far_somebody_moved(
    then: object, now: object, words: str, turned: tuple[int, int, int]
) -> None:
    def at(end: object) -> dict[int, StudentProgress]:
        missing, flows = end if isinstance(end, tuple) else (end, {})
        told = summary(*missing, flows=flows)
        return {1: StudentProgress("student-ada-dev", "ada", told["step"], repr(told), told)}

    (row,) = compared(at(then), at(now)).rows
    assert (row.movement, (row.flows_opened, row.flows_closed, row.flows_unclear)) == (
        words,
        turned,
    )


def test_who_moved_least_comes_first_and_who_was_not_there_last() -> None:
    then = {
        1: standing("far", *CHECKED),
        2: standing("stuck", *CHECKED[1:]),
        3: standing("back", *CHECKED[2:]),
        4: standing("one", *CHECKED),
        5: standing("gone"),
    }
    now = {
        1: standing("far"),
        2: standing("stuck", *CHECKED[1:]),
        3: standing("back", *CHECKED),
        4: standing("one", *CHECKED[1:]),
        6: standing("new"),
    }
    classes = compared(then, now)
    assert [row.student for row in classes.rows] == ["back", "stuck", "one", "far", "new", "gone"]
    assert (classes.students_further, classes.students_unmoved, classes.students_back) == (2, 1, 1)
    assert (classes.only_before, classes.only_after) == (1, 1)
    assert (classes.readable_before, classes.readable_after) == (5, 5)


def test_everybody_is_counted_once_at_each_step() -> None:
    then = {1: standing("a", *CHECKED), 2: standing("b", *CHECKED)}
    now = {1: standing("a", "kuma"), 2: standing("b"), 3: standing("c")}
    stages = compared(then, now).stages
    assert [
        (each.title, each.before, each.after) for each in stages if each.before or each.after
    ] == [
        (STEPS["default-deny"].title, 2, 0),
        (STEPS["kuma"].title, 0, 1),
        ("Done", 0, 2),
    ]
    assert len(stages) == len(STEPS) + 1


def test_the_flows_that_fail_are_counted_then_and_now() -> None:
    bad = summary(flows=OPEN | SHUT)
    wrong = StudentProgress("student-a-dev", "a", "", "wrong", bad)
    half = StudentProgress("student-b-dev", "b", "", "half", summary(flows=SHUT))
    classes = compared({1: wrong, 2: wrong, 3: half}, {1: half, 2: half})
    assert [(each.title, each.before, each.after) for each in classes.failing] == [
        ("redis to DNS", 3, 2),
        ("student-app to internet HTTPS", 2, 0),
    ]
    assert (classes.median_before, classes.median_after) == (16, 17)


def test_a_step_that_the_lab_no_longer_has_has_no_place() -> None:
    old = StudentProgress("student-a-dev", "a", "renamed", "x", summary(flows=SHUT))
    (row,) = compared({1: old}, {1: standing("a")}).rows
    assert row.before
    assert (row.before.title, row.before.rank, row.movement) == (
        "renamed",
        None,
        "same step, 1 flow more met",
    )


START = RunSide("1", "this year", make.NOON, make.after(3600))


def minutes(told: RunPace, step: str) -> list[float]:
    return [time.total_seconds() / 60 for time in told.reached[step]]


def test_the_pace_counts_from_the_start_and_each_student_once() -> None:
    none, dns = dict.fromkeys(CHECKED, False), dict.fromkeys(CHECKED, False) | {"dns": True}
    later = [
        (2, make.after(600), dns),
        (3, make.after(900), dns),
        (2, make.after(1200), none),
        (2, make.after(1800), dns),
        (9, make.after(1500), none),
    ]
    told = measure_pace(active_lab(), START, {1: dns, 2: none, 3: none}, later)
    assert told.students == 4
    assert minutes(told, "dns") == [0, 10, 15]
    assert told.time_of_half(STEPS["dns"]) == timedelta(minutes=10)
    assert minutes(told, "kuma") == []
    assert told.time_of_half(STEPS["kuma"]) is None


@pytest.mark.parametrize(
    ("reached", "students", "half"),
    [
        ([5], 2, 5),
        ([5], 3, None),
        ([5, 9], 3, 9),
        ([5, 9, 11], 5, 11),
        ([], 0, None),
        ([], 1, None),
    ],
)
def test_half_a_class_takes_as_long_as_its_median(
    reached: list[int], students: int, half: int | None
) -> None:
    times = tuple(timedelta(minutes=each) for each in reached)
    told = RunPace(START, students, {"dns": times})
    expected = None if half is None else timedelta(minutes=half)
    assert told.time_of_half(STEPS["dns"]) == expected


HOUR, MOMENT = timedelta(hours=1), timedelta()


@pytest.mark.parametrize(
    ("one", "other", "lengths"),
    [
        (HOUR, 2 * HOUR, (HOUR, 2 * HOUR)),
        (HOUR, MOMENT, (HOUR, HOUR)),
        (MOMENT, HOUR, (HOUR, HOUR)),
        (MOMENT, MOMENT, (LONGEST, LONGEST)),
    ],
)
def test_a_moment_is_followed_for_as_long_as_the_other_run_lasts(
    one: timedelta, other: timedelta, lengths: tuple[timedelta, timedelta]
) -> None:
    a, b = (RunSide("x", "x", make.NOON, make.NOON + length) for length in (one, other))
    first, second = extend_moments(a, b, make.after(86400))
    assert (first.ended - first.began, second.ended - second.began) == lengths


def test_nothing_is_followed_beyond_now() -> None:
    then = RunSide("x", "x", make.NOON, make.NOON)
    first, _ = extend_moments(then, then, make.after(60))
    assert first.ended == make.after(60)


# Through the pages


@pytest.fixture
def staff(client: Client, db: None) -> Client:  # noqa: ARG001  # asked for the database
    client.force_login(make.instructor())
    return client


def run(name: str, began: float, ended: float | None = None) -> Run:
    """From so many minutes past noon to so many."""
    times = {"began_at": make.after(60 * began), "ended_at": make.after(60 * (ended or began))}
    return Run.objects.create(name=name, lab=active_lab().name, origin=RunOrigin.HAND, **times)


def comes_to(namespace: Namespace, minute: float, *missing: str) -> None:
    make.snapshot(namespace, seconds=60 * minute, summary=summary(*missing))


def compare(client: Client, a: object, b: object, page: str = "compare") -> Page:
    return get(client, f"/runs/{page}", a=str(a), b=str(b))


def test_two_runs_of_a_class_side_by_side(staff: Client) -> None:
    for login, *to in (("ada",), ("bob", "kuma"), ("cyd", *CHECKED)):
        comes_to(student(login, *CHECKED), 30, *to)
    Student.objects.create(login="BOB", name="Bob B.", imported_at=make.NOON)
    a, b = run("start", 5), run("lab", 5, 60)
    page = compare(staff, a.pk, b.pk)
    assert "3 students had a namespace at both. At B 2 are further, 1 where they were, and 0" in (
        page.text
    )
    assert "start: how the class stood at 2026-03-03 12:05:00 UTC, 3 students" in page.text
    assert page.html.index("student-cyd-dev") < page.html.index("student-bob-dev")
    assert "diff?from=2026-03-03T12:05:00Z&amp;to=2026-03-03T13:00:00Z" in page.html
    assert 'href="/?at=2026-03-03T13:00:00Z"' in page.html
    assert 'href="/n/student-bob-dev/?at=2026-03-03T13:00:00Z">Bob B.</a>' in page.html
    assert '<span class="login">bob</span>' in page.html
    assert 'href="/n/student-bob-dev/">Bob B.</a>' in compare(staff, a.pk, "now").html
    then, now = page.figure("stages")["data"]
    assert (then["name"], now["name"]) == ("A (3)", "B (3)")
    assert then["text"] == ["3", "0", "0", "0", "0", "0", "0"]
    assert now["text"] == ["1", "0", "0", "0", "1", "0", "1"]
    assert now["x"][0] == 33.3


def test_any_two_moments_can_be_compared(staff: Client) -> None:
    comes_to(student("ada", *CHECKED), 30)
    page = compare(staff, "2026-03-03T12:10:00Z", "2026-03-03T12:40:00Z")
    assert "At B 1 is further" in page.text
    assert "now" in compare(staff, "2026-03-03T12:10:00Z", "now").text


@pytest.mark.parametrize("which", ["compare", "pace"])
@pytest.mark.parametrize(
    ("a", "why"),
    [
        ("noon", "is no run and no moment"),
        ("baseline", "“baseline” is no run"),
        ("9999-12-31T23:59:59Z", "still to come"),
        ("9" * 40, "is no run and no moment"),
        ("<b>", "“&lt;b&gt;” is no run"),
    ],
)
def test_what_is_no_moment_is_told(staff: Client, which: str, a: str, why: str) -> None:
    page = compare(staff, a, "now", which)
    assert page.status == 400
    assert why in page.html


@pytest.mark.parametrize("which", ["compare", "pace"])
def test_a_class_that_nobody_had_read_yet_is_told(staff: Client, which: str) -> None:
    student("ada", minutes=300)
    page = compare(staff, "2000-01-01T00:00:00Z", "2026-03-03T12:00:00Z", which)
    assert page.status == 200
    assert "there is nothing to compare" in page.text


def test_a_run_of_another_lab_is_not_there(staff: Client) -> None:
    other = run("other", 5)
    Run.objects.update(lab="another")
    assert compare(staff, other.pk, "now").status == 404


@pytest.mark.parametrize("students", [2, 12])
def test_comparing_costs_the_same_queries_at_any_size(
    staff: Client,
    students: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dashboard.web.runs.views.STUDENTS_ON_PAGE", 10)
    for number in range(students):
        comes_to(student(f"s{number:02}", *CHECKED), 30, *CHECKED[number % 6 :])
    a, b = run("start", 5), run("lab", 5, 60)
    with django_assert_num_queries(12):
        page = compare(staff, a.pk, b.pk)
    assert page.html.count("<tr data-namespace=") == min(students, 10)
    with django_assert_num_queries(13):
        compare(staff, a.pk, b.pk, "pace")


def test_two_years_by_the_time_since_the_start(staff: Client) -> None:
    """The names of one year may be those of another: what they did then counts for nothing."""
    ada = student("ada", *CHECKED)
    comes_to(ada, 10, *CHECKED[1:])
    student("old", *CHECKED)
    Namespace.objects.filter(student="old").update(gone_at=make.after(90 * 60))
    comes_to(ada, 95, *CHECKED)
    for number in range(3):
        new = make.namespace(f"new{number}", first_seen=make.after(95 * 60))
        comes_to(new, 95, *CHECKED)
        comes_to(new, 100 + 20 * number, *CHECKED[1:])
    comes_to(ada, 150, *CHECKED[1:])
    page = compare(staff, run("year 1", 5, 60).pk, run("year 2", 98, 160).pk, "pace")
    assert "year 1: from 2026-03-03 12:05:00 UTC, 55 min, 2 students" in page.text
    assert "1 of 2 (50 %) after 5 min 4 of 4 (100 %) after 22 min" in page.text
    assert "0 of 2 (0 %) less than half did 0 of 4 (0 %) less than half did" in page.text
    one, two = page.figure("pace")["data"][:2]
    assert (one["name"], two["name"]) == ("A (2)", "B (4)")
    assert (one["x"], one["y"]) == ([0, 5.04, 55], [0, 50, 50])
    assert two["y"] == [0, 25, 50, 75, 100, 100]
