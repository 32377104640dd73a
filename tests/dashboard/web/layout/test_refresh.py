"""When an open page draws itself anew."""

from collections.abc import Callable

import pytest
from django.test import Client

from dashboard.models import Heartbeat, Namespace, Observation
from dashboard.web.layout.refresh import compute_version
from tests import make

pytestmark = pytest.mark.django_db


def fail(namespace: Namespace) -> None:
    Namespace.objects.filter(pk=namespace.pk).update(failure="no", failing_since=make.after(9))


def vanish(namespace: Namespace) -> None:
    Namespace.objects.filter(pk=namespace.pk).update(gone_at=make.after(9))


def look_again(namespace: Namespace) -> None:
    Namespace.objects.filter(pk=namespace.pk).update(last_seen=make.after(9))
    Observation.objects.update(last_seen=make.after(9))
    Heartbeat.objects.update(succeeded_at=make.after(9))


def lose(namespace: Namespace) -> None:
    namespace.incidents.create(flow="redis to DNS", worked_at=make.NOON, opened_at=make.NOON)


def mark(namespace: Namespace) -> None:
    namespace.step_marks.create(step="charts", by="grace", at=make.NOON)


def take_back(namespace: Namespace) -> None:
    namespace.step_marks.update(taken_back_by="grace", taken_back_at=make.after(9))


@pytest.mark.parametrize(
    ("happen", "changes"),
    [
        (mark, True),
        (take_back, True),
        (lambda namespace: make.observation(namespace, "redis to DNS"), True),
        (make.pod_state, True),
        (fail, True),
        (vanish, True),
        (lose, True),
        (lambda _: make.namespace("ada", "prod"), True),
        (lambda _: Heartbeat.objects.update(error="refused"), True),
        (look_again, False),
        (lambda _: make.namespace("grace"), False),
        (lambda _: make.observation(make.namespace("grace")), False),
    ],
)
def test_the_version_changes_with_what_the_student_would_see(
    *, happen: Callable[[Namespace], object], changes: bool
) -> None:
    student, namespace = make.user("ada"), make.namespace("ada")
    make.heartbeat()
    make.observation(namespace)
    namespace.step_marks.create(step="committed", by="grace", at=make.NOON)
    before = compute_version(student, None, make.after(10))
    happen(namespace)
    assert (compute_version(student, None, make.after(10)) != before) is changes


def test_a_page_of_one_namespace_cares_for_no_other() -> None:
    instructor = make.instructor()
    make.namespace("ada")
    mine, everything = (
        compute_version(instructor, name, make.NOON) for name in ("student-ada-dev", None)
    )
    make.namespace("grace")
    assert compute_version(instructor, "student-ada-dev", make.NOON) == mine
    assert compute_version(instructor, None, make.NOON) != everything


def test_ages_are_brought_up_to_date_every_minute() -> None:
    student = make.user()
    seconds = (0, 59, 60)
    first, same, next_minute = (
        compute_version(student, None, make.after(after)) for after in seconds
    )
    assert first == same != next_minute


def test_a_page_asks_with_its_own_parameters(client: Client) -> None:
    client.force_login(make.instructor())
    page = client.get("/?environment=prod&seen=old").content.decode()
    assert 'hx-get="/?environment=prod&amp;seen=' in page
    assert "seen=old" not in page


def test_a_page_that_is_out_of_date_comes_whole(client: Client) -> None:
    client.force_login(make.instructor())
    answer = client.get("/?seen=old", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert '<main id="page"' in answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/system/", "/n/student-ada-dev/"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_no_cache_keeps_a_page(client: Client, address: str, *, signed_in: bool) -> None:
    make.namespace()
    if signed_in:
        client.force_login(make.instructor())
    kept = client.get(address).headers["Cache-Control"]
    assert {"private", "no-store"} <= set(kept.split(", "))


def test_a_big_page_travels_small(client: Client) -> None:
    client.force_login(make.instructor())
    answer = client.get("/system/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_a_list_that_shrank_to_one_leads_to_that_namespace_as_a_whole(client: Client) -> None:
    make.namespace()
    client.force_login(make.user())
    answer = client.get("/?seen=old", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/n/student-ada-dev/"
    assert "Location" not in answer.headers
