"""Who sees what: a student their own namespaces, an instructor all, anybody else nothing."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from dashboard.models import Namespace
from tests import make

pytestmark = pytest.mark.django_db

PAGES = ["/n/{name}/", "/n/{name}/diff", "/n/{name}/what-if"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("username", "student", "status"),
    [
        ("ada", "ada", 200),
        ("ada", "Ada", 200),
        ("ADA", "ada", 200),
        ("ad", "ada", 404),
        ("ada", "ada-2", 404),
        ("a_a", "ada", 404),
        ("a%", "ada", 404),
        ("grace", "ada", 404),
    ],
)
def test_a_student_sees_the_namespaces_that_bear_their_login(
    client: Client, page: str, username: str, student: str, status: int
) -> None:
    namespace = make.namespace(student)
    client.force_login(make.user(username))
    assert client.get(page.format(name=namespace.name)).status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_a_strangers_namespace_looks_like_one_that_is_not_there(client: Client, page: str) -> None:
    make.namespace("grace")
    client.force_login(make.user("ada"))
    stranger = client.get(page.format(name="student-grace-dev"))
    nobody = client.get(page.format(name="student-nobody-dev"))
    assert (stranger.status_code, nobody.status_code) == (404, 404)
    assert "grace" not in stranger.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_an_instructor_sees_every_namespace(client: Client, page: str) -> None:
    namespace = make.namespace("grace")
    client.force_login(make.instructor())
    assert client.get(page.format(name=namespace.name)).status_code == 200


def test_whoever_is_not_signed_in_sees_no_namespace_in_any_query() -> None:
    make.namespace("")
    assert not Namespace.objects.visible_to(AnonymousUser()).exists()


def test_an_instructor_comes_to_the_class(client: Client) -> None:
    make.namespace("ada")
    client.force_login(make.instructor())
    assert "Who needs help" in client.get("/").content.decode()


def test_a_student_with_one_namespace_comes_to_it(client: Client) -> None:
    make.namespace("Ada")
    make.namespace("grace")
    make.namespace("ada", "prod", gone_at=make.NOON)
    client.force_login(make.user("ada"))
    assert client.get("/").headers["Location"] == "/n/student-ada-dev/"


def test_a_student_with_several_gets_a_list_of_their_own(client: Client) -> None:
    for login, environment in (("ada", "dev"), ("ada", "prod"), ("grace", "dev")):
        make.namespace(login, environment)
    client.force_login(make.user("ada"))
    page = client.get("/").content.decode()
    assert "student-ada-dev" in page
    assert "student-ada-prod" in page
    assert "grace" not in page
    assert "Who needs help" not in page


def test_a_student_without_a_namespace_is_told_whom_to_ask(client: Client) -> None:
    client.force_login(make.user("ada"))
    page = client.get("/").content.decode()
    assert "ask your instructor" in page
    assert "course.ziyotek.edu/student: ada" in page


def test_the_system_page_is_for_instructors(client: Client) -> None:
    client.force_login(make.user("ada"))
    assert client.get("/system/").status_code == 404
    assert 'href="/system/"' not in client.get("/").content.decode()
    client.force_login(make.instructor())
    assert client.get("/system/").status_code == 200


@pytest.mark.parametrize("address", ["/", "/system/", "/n/student-ada-dev/"])
def test_pages_only_answer_reads(client: Client, address: str) -> None:
    make.namespace("ada")
    client.force_login(make.instructor())
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("name", ["%00", "%", "student ada", "x" * 300])
def test_what_cannot_be_a_namespaces_name_is_not_there(client: Client, name: str) -> None:
    client.force_login(make.instructor())
    assert client.get(f"/n/{name}/").status_code == 404
