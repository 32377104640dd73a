"""`manage.py enrol`."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from tests import make

pytestmark = pytest.mark.django_db


def enrol(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[list[str]]:
    """The fields of each line that begins with a login."""
    call_command("enrol", *arguments)
    lines = capsys.readouterr().out.splitlines()
    return [line.split("\t") for line in lines if "\t" in line]


def test_each_login_gets_a_line_with_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    lines = enrol(capsys, "ada", "Grace-Hopper", "--base-url", "https://class.example/")
    assert [line[0] for line in lines] == ["ada", "Grace-Hopper"]
    assert all(line[1].startswith("https://class.example/welcome/") for line in lines)
    assert lines[0][1] != lines[1][1]


def test_who_is_enrolled_cannot_sign_in_before_choosing_a_password(
    capsys: pytest.CaptureFixture[str],
) -> None:
    enrol(capsys, "ada")
    assert not User.objects.get(username="ada").has_usable_password()


def test_the_same_login_in_another_case_is_the_same_person(
    capsys: pytest.CaptureFixture[str],
) -> None:
    enrol(capsys, "Ada", "ada")
    ((login, *_),) = enrol(capsys, "ADA")
    assert login == "Ada"
    assert User.objects.count() == 1


def test_enrolling_again_keeps_the_password_until_the_new_link_is_used(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make.user("ada")
    enrol(capsys, "ada")
    assert User.objects.get(username="ada").check_password("password")


def test_staff_makes_instructors_also_of_those_already_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make.user("ada")
    enrol(capsys, "ada", "grace", "--staff")
    assert set(User.objects.values_list("username", "is_staff")) == {("ada", True), ("grace", True)}
    enrol(capsys, "ada")
    assert User.objects.get(username="ada").is_staff


@pytest.mark.parametrize(
    "login",
    ["", "two words", "ada@example.com", "-ada", "ada-", "a--b", "a" * 40, "ada/..", "ädä", "a\n"],
)
def test_what_is_no_github_login_enrols_nobody(login: str) -> None:
    with pytest.raises(CommandError, match="Nobody was enrolled"):
        call_command("enrol", "grace", "--", login)
    assert not User.objects.exists()


@pytest.mark.parametrize("login", ["a", "A1", "ada-dev", "a-b-c", "x" * 39])
def test_github_logins_are_accepted(login: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrol(capsys, login)[0][0] == login


def test_a_base_url_needs_its_scheme() -> None:
    with pytest.raises(CommandError, match="--base-url"):
        call_command("enrol", "ada", base_url="class.example")


def test_it_tells_which_namespaces_are_theirs(capsys: pytest.CaptureFixture[str]) -> None:
    make.namespace("Ada")
    make.namespace("ada", "prod")
    make.namespace("grace", gone_at=make.NOON)
    ada, grace = enrol(capsys, "ada", "grace")
    assert ada[2] == "owns student-ada-dev, student-ada-prod"
    assert "owns no namespace yet" in grace[2]
    assert "student-grace-dev" in grace[2]
