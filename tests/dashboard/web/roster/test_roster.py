"""The roster: what a file would change, the page for it, and the command."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.roster import RosterEntry, compare_roster
from dashboard.models import Student
from tests import make
from tests.dashboard.html import Page, get

pytestmark = pytest.mark.django_db


def student(login: str, name: str = "", section: str = "") -> Student:
    return Student.objects.create(login=login, name=name, section=section, imported_at=make.NOON)


def kept() -> list[tuple[str, str, str]]:
    return list(Student.objects.values_list("login", "name", "section"))


@pytest.fixture
def teacher(client: Client) -> Client:
    client.force_login(make.instructor())
    return client


def post(client: Client, **fields: object) -> Page:
    response = client.post("/roster/", fields, follow=True)
    return Page(response.status_code, response.content.decode())


@pytest.mark.parametrize(
    ("entry", "turns"),
    [
        (RosterEntry(1, "ada"), ()),
        (RosterEntry(1, "ada", "Ada", "A"), ()),
        (RosterEntry(1, "Ada"), (("login", "ada", "Ada"),)),
        (RosterEntry(1, "ada", "Ada L"), (("name", "Ada", "Ada L"),)),
        (RosterEntry(1, "ada", "", "B"), (("section", "A", "B"),)),
    ],
)
def test_only_what_a_file_tells_changes_what_is_known(
    entry: RosterEntry, turns: tuple[tuple[str, str, str], ...]
) -> None:
    ada = Student(login="ada", name="Ada", section="A")
    found = compare_roster([ada], [entry])
    assert [each.fields for each in found.changed] == [turns] * bool(turns)
    assert found.same == (ada,) * (not turns)
    assert not found.new + found.missing


def test_an_instructor_sees_what_a_file_would_change_before_it_does(teacher: Client) -> None:
    student("ada", "Ada")
    student("cy")
    page = post(teacher, text="login,name,section\nADA,Ada L,None\nbob,<b>Bob</b>,\n")
    assert "1 new, 1 changed, 0 unchanged, 1 on the roster but not in the file" in page.text
    assert "ADA" in page.text
    assert "<b>Bob</b>" not in page.html
    assert "A section called “none” counts as no section: line 2." in page.text
    assert kept() == [("ada", "Ada", ""), ("cy", "", "")]


@pytest.mark.parametrize(("remove", "left"), [({}, ["ada", "cy"]), ({"remove": "yes"}, ["ada"])])
def test_who_is_missing_stays_unless_it_is_asked_for(
    teacher: Client, remove: dict[str, str], left: list[str]
) -> None:
    student("cy")
    page = post(teacher, text="login\nada\n", section="A", **{"import": "yes"}, **remove)
    assert "Imported: 1 new, 0 changed" in page.text
    assert [login for login, *_ in kept()] == left
    assert ("ada", "", "A") in kept()


def test_a_file_that_is_chosen_stands_for_the_text(teacher: Client) -> None:
    upload = SimpleUploadedFile("r.csv", "\ufefflogin;name\r\nada;Ada\r\n".encode())
    page = post(teacher, text="nothing", file=upload)
    assert "1 new" in page.text
    assert "ada;Ada" in page.html.split("<textarea")[1]


@pytest.mark.parametrize(
    "content", [b"x" * 2_000_000, b"login\n\xff\n", b"login\n-\n", b"login\n" + b"-\n" * 50]
)
def test_a_wrong_file_changes_nothing_and_says_so(teacher: Client, content: bytes) -> None:
    page = post(teacher, file=SimpleUploadedFile("r.csv", content), **{"import": "yes"})
    assert page.status == 400
    assert "Nothing was imported." in page.text
    assert len(page.html) < 20_000
    assert kept() == []


def test_the_page_says_who_has_no_namespace_and_which_namespace_has_nobody(
    teacher: Client,
) -> None:
    assert "Nobody is on the roster yet" in get(teacher, "/roster/").text
    student("Ada", "Ada Lovelace", "A")
    student("bob")
    for login in ("ada", "grace"):
        make.namespace(login)
    page = get(teacher, "/roster/")
    assert (
        "2 students, 1 without a namespace. 1 owner of a namespace is not on the roster."
        in page.text
    )
    assert 'data-without="bob"' in page.html
    assert 'data-stranger="grace"' in page.html
    one = get(teacher, "/roster/", section="A").html
    assert ('data-student="Ada"' in one, 'data-student="bob"' in one) == (True, False)
    assert 'data-student="bob"' in get(teacher, "/roster/", section="none").html
    assert get(teacher, "/roster/", section="Z").status == 404


def test_the_page_takes_as_many_queries_for_many_as_for_one(
    teacher: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        student(f"s{number}", section=str(number % 3))
        make.namespace(f"s{number}")
    with django_assert_num_queries(4):
        get(teacher, "/roster/")


def test_it_is_for_instructors(client: Client) -> None:
    assert "/sign-in/" in client.get("/roster/").headers["Location"]
    client.force_login(make.user("ada"))
    assert get(client, "/roster/").status == 404
    assert post(client, text="login\nada\n", **{"import": "yes"}).status == 404
    assert "Roster" not in get(client, "/").text
    assert kept() == []


def test_a_namespaces_page_says_the_name_of_its_student(ada: Client) -> None:
    make.namespace("Ada")
    student("ada", "Ada <i>Lovelace</i>", "Tuesday")
    page = get(ada, "/n/student-ada-dev/")
    assert "Ada <i>Lovelace</i> · Ada · Tuesday · dev" in page.text.replace("&lt;", "<")
    assert "<i>Lovelace" not in page.html


def roster(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, *options: str
) -> Iterable[str]:
    file = tmp_path / "roster.csv"
    file.write_text(content, "utf-8")
    call_command("roster", str(file), *options)
    return capsys.readouterr().out.splitlines()


def test_the_command_does_as_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    student("ada", "Ada")
    student("cy")
    text = "login,name,section\nada,Ada L\nbob,Bob,none\n,Di\n"
    dry = roster(tmp_path, capsys, text, "--section", "A", "--dry-run")
    assert kept() == [("ada", "Ada", ""), ("cy", "", "")]
    told = [
        "new: bob (Bob, A)",
        "changed: ada: name 'Ada' → 'Ada L', section '' → 'A'",
        "not in the file: cy: stays (--remove-missing removes them)",
        "without a login, left out: line 4",
        "ignored the section “none”: line 3",
        "1 new, 1 changed, 0 as before, 1 not in the file",
    ]
    assert dry == [*told, "Nothing was changed: this was a dry run."]
    assert roster(tmp_path, capsys, text, "--section", "A") == told
    assert kept() == [("ada", "Ada L", "A"), ("bob", "Bob", "A"), ("cy", "", "")]
    roster(tmp_path, capsys, text, "--remove-missing")
    assert kept() == [("ada", "Ada L", "A"), ("bob", "Bob", "A")]


def test_the_command_refuses_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match=r"nothing was imported\.\nLine 2: “-” is not a login"):
        roster(tmp_path, capsys, "login\n-\n")
    with pytest.raises(CommandError, match="No such file"):
        call_command("roster", str(tmp_path / "none"))
