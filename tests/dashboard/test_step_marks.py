"""An instructor marks what the dashboard does not check, and takes it back."""

import pytest
from django.test import Client

from dashboard import models
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
    assert mark(instructor, back="yes") == 302
    assert marks() == []


def test_the_class_board_says_so_too(instructor: Client, namespace: models.Namespace) -> None:
    make.snapshot(namespace)
    assert "Committed to GitOps: not checked" in get(instructor, "/").html
    mark(instructor)
    assert "Committed to GitOps: marked by an instructor" in get(instructor, "/").html


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
