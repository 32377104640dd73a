"""An instructor marks what the dashboard does not check, and takes it back."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.assess.json_columns import parse_assessment
from dashboard.assess.steps import StepRecords, build_step_rows, combine_marks
from dashboard.live import NamespaceNews
from dashboard.web.namespace.page import summarize_namespace
from tests import make
from tests.dashboard.html import get

pytestmark = pytest.mark.django_db

ADDRESS = "/n/student-ada-dev/"


@pytest.fixture
def instructor(client: Client) -> Client:
    client.force_login(make.instructor("grace"))
    return client


def mark(client: Client, step: str = "committed", **more: str) -> int:
    return client.post(f"{ADDRESS}marks", {"step": step} | more).status_code


def marks() -> list[tuple[str, str]]:
    return list(models.StepMark.objects.values_list("step", "by"))


def test_a_mark_says_who_and_when_and_is_taken_back(
    instructor: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    assert mark(instructor) == 302
    models.StepMark.objects.update(at=make.NOON)
    page = get(instructor, ADDRESS)
    assert "Committed to GitOps marked by an instructor Marked by grace at 2026-03-03 12" in (
        page.text
    )
    assert page.text.count("Take the mark back") == 1
    assert page.text.count("Mark as done") == 1
    instructor.force_login(make.instructor("linus"))
    assert mark(instructor, back="yes") == 302
    assert mark(instructor, back="yes") == 302
    models.StepMark.objects.update(taken_back_at=make.after(60))
    page = get(instructor, ADDRESS)
    assert "GitOps not checked Marked by grace at 2026-03-03 12:00:00 UTC, taken back" in page.text
    assert "taken back by linus at 2026-03-03 12:01:00 UTC." in page.text
    assert page.text.count("Mark as done") == 2
    assert mark(instructor) == 302
    assert marks() == [("committed", "grace"), ("committed", "linus")]


def test_the_class_board_says_so_too(instructor: Client, namespace: models.Namespace) -> None:
    make.snapshot(namespace)
    assert "Committed to GitOps: not checked" in get(instructor, "/").html
    mark(instructor)
    assert "Committed to GitOps: marked by an instructor" in get(instructor, "/").html


def test_open_pages_hear_of_it_and_a_board_that_is_kept_in_mind_is_not_shown_again(
    instructor: Client, namespace: models.Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[NamespaceNews] = []
    monkeypatch.setattr(
        "dashboard.web.namespace.views.publish_news", lambda _, changes: told.extend(changes)
    )
    monkeypatch.setattr(timezone, "now", lambda: make.after(60))
    make.snapshot(namespace)
    seen = get(instructor, "/").html.split("?seen=")[1].split('"')[0]
    assert instructor.get("/", {"seen": seen}).status_code == 204
    mark(instructor)
    assert "GitOps: marked by an instructor" in get(instructor, "/", seen=seen).html
    mark(instructor, back="yes")
    assert "GitOps: not checked" in get(instructor, "/").html
    assert told == [NamespaceNews(namespace.pk), NamespaceNews(namespace.pk)]


@pytest.mark.usefixtures("namespace")
def test_a_mark_of_a_process_whose_clock_is_ahead_can_be_taken_back(instructor: Client) -> None:
    mark(instructor)
    ahead = timezone.now() + timedelta(minutes=1)
    models.StepMark.objects.update(at=ahead)
    assert mark(instructor, back="yes") == 302
    (taken,) = models.StepMark.objects.all()
    assert (taken.taken_back_by, taken.taken_back_at) == ("grace", ahead)
    assert not models.StepMark.objects.holding(ahead).exists()


def test_who_marked_first_stays(instructor: Client, namespace: models.Namespace) -> None:
    mark(instructor)
    instructor.force_login(make.instructor("linus"))
    assert mark(instructor) == 302
    assert marks() == [("committed", "grace")]
    assert namespace.step_marks.count() == 1


@pytest.mark.parametrize("step", ["dns", "nonsense", ""])
def test_what_policies_show_nobody_marks(
    instructor: Client, namespace: models.Namespace, step: str
) -> None:
    assert mark(instructor, step) == 404
    assert namespace.step_marks.count() == 0


def test_a_student_marks_nothing_and_sees_the_mark(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    assert mark(ada) == 404
    assert ada.get(f"{ADDRESS}marks").status_code == 405
    namespace.step_marks.create(step="charts", by="grace", at=make.NOON)
    page = get(ada, ADDRESS)
    assert "Marked by grace at 2026-03-03 12:00:00 UTC" in page.text
    assert "Mark as done" not in page.text
    assert "Take the mark back" not in page.text


def test_a_mark_counts_from_when_it_was_made(
    instructor: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    namespace.step_marks.create(step="charts", by="grace", at=make.after(60))
    before, behind = (
        get(instructor, ADDRESS, at=at) for at in ("2026-03-03T12:00:59Z", "2026-03-03T12:01:00Z")
    )
    assert "Marked by grace" not in before.text
    assert "Marked by grace" in behind.text
    assert "Mark as done" not in before.text


def test_what_was_said_at_a_moment_is_never_said_otherwise(
    instructor: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    for minute, by in ((1, "grace"), (5, "linus")):
        times = {"at": make.after(60 * minute), "taken_back_at": make.after(60 * minute + 60)}
        namespace.step_marks.create(step="charts", by=by, taken_back_by="ada", **times)
    namespace.step_marks.create(step="charts", by="grace", at=make.after(600))
    held = {0: "", 60: "grace", 119: "grace", 120: "", 300: "linus", 360: "", 600: "grace"}
    for seconds, by in held.items():
        at = make.after(seconds).isoformat()
        cells = gradebook(instructor, at)
        assert cells["step charts"] == ("holds" if by else "not checked")
        assert cells["step charts first reached"] == ("2026-03-03 12:01:00" if by else "")
        page = get(instructor, ADDRESS, at=at)
        assert ("charts marked by an instructor" in page.text) is bool(by)
        assert ("First marked 2026-03-03 12:01:00 UTC" in page.text) is (
            seconds >= 300 and bool(by)
        )
        assert ("charts: marked by" in get(instructor, "/", at=at).html) is bool(by)
    assert "Marked by linus at 2026-03-03 12:05:00 UTC, taken back by ada at" in (
        get(instructor, f"{ADDRESS}report", at=make.after(400).isoformat()).text
    )


def gradebook(client: Client, at: str) -> dict[str, str]:
    table = client.get("/report/gradebook.csv", {"at": at}).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    return row


@pytest.mark.parametrize(
    ("marked", "sentences"),
    [
        ([], ["Parts 8 and 9 are not checked here."]),
        (
            ["charts"],
            ["Part 9 is marked as done by an instructor.", "Part 8 is not checked here."],
        ),
        (["charts", "committed"], ["Parts 8 and 9 are marked as done by an instructor."]),
    ],
)
def test_what_policies_do_not_show_is_told_as_it_is(
    marked: Sequence[str], sentences: Sequence[str]
) -> None:
    marks = [models.StepMark(step=step, by="grace", at=make.NOON) for step in marked]
    assessment = parse_assessment(make.state_of(*make.solution()).assessment)
    rows = build_step_rows(
        active_lab(), assessment, StepRecords({}, {}, combine_marks(marks, make.NOON))
    )
    assert summarize_namespace([], rows).beside == tuple(sentences)
