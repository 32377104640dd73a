"""A roster's file: what is taken from it, and what is told of a wrong one."""

import pytest

from dashboard.accounts.roster import MOST_BYTES, RosterEntry, RosterError, parse_roster

ADA = RosterEntry(2, "ada", "Ada Lovelace", "Tuesday")


def yaml(*students: str, kind: str = "StudentSubmissions") -> str:
    return f"apiVersion: v1\nkind: {kind}\nstudents:\n" + "".join(
        f"- {each}\n" for each in students
    )


@pytest.mark.parametrize(
    "text",
    [
        "login,name,section\nada,Ada Lovelace,Tuesday\n",
        "login;name;section\r\nada;Ada Lovelace;Tuesday\r\n",
        "login\tname\tsection\rada\tAda Lovelace\tTuesday",
        "\ufefflogin,name,section\nada,Ada Lovelace,Tuesday\n",
        'Section,"GitHub Username",E-mail,Full name\nTuesday,ada,a@b.example,"Ada Lovelace"\n',
        "username, Display Name, group\n ada , Ada Lovelace , Tuesday \n\n",
        '"github-login","name","section"\n"ada","Ada Lovelace","Tuesday"\n,,\n',
        'login,"Where, and when",name,section\nada,"B1, noon",Ada Lovelace,Tuesday\n',
    ],
)
def test_a_table_is_read_by_its_column_names(text: str) -> None:
    assert parse_roster(text).entries == parse_roster(text.encode()).entries == (ADA,)


@pytest.mark.parametrize(
    ("students", "entries"),
    [
        (["{github_username: ada, name: Ada}"], [("ada", "Ada", "")]),
        (["{github_username: Ada-L, section: B, grade: {a: 1}}"], [("Ada-L", "", "B")]),
        (["{github_username: 0123, display_name: ~}"], [("0123", "", "")]),
        (["&a {github_username: ada}", "*a"], [("ada", "", "")]),
    ],
)
def test_submissions_are_read_as_the_course_keeps_them(
    students: list[str], entries: list[tuple[str, str, str]]
) -> None:
    found = parse_roster(yaml(*students)).entries
    assert [(each.login, each.name, each.section) for each in found] == entries


def test_of_several_documents_all_students_are_in_the_class() -> None:
    weeks = [yaml("github_username: ada"), "# empty\n", yaml("github_username: bob", "name: Cy")]
    found = parse_roster("---\n".join(weeks))
    assert [(each.login, each.line) for each in found.entries] == [("ada", 4), ("bob", 11)]
    assert found.nameless == (12,)


def test_who_has_told_no_login_yet_is_left_out_and_named() -> None:
    found = parse_roster("identifier,github_username\na@b,ada\nc@d,\n")
    assert ([each.login for each in found.entries], found.nameless) == (["ada"], (3,))


def test_the_section_that_is_asked_for_is_of_those_whom_the_file_gives_none() -> None:
    found = parse_roster("login,section\nada,A\nbob,\n", " B ").entries
    assert [each.section for each in found] == ["A", "B"]


def test_a_section_called_none_is_no_section() -> None:
    text = "login,section\nada,None\nbob,NONE\ncy,nones\ndan,\n"
    found = parse_roster(text, "none")
    assert [each.section for each in found.entries] == ["", "", "nones", ""]
    assert found.sectionless == (2, 3)
    assert [each.section for each in parse_roster(text, "B").entries] == ["B", "B", "nones", "B"]
    assert parse_roster(yaml("{github_username: ada, group: none}")).sectionless == (4,)


def test_who_stands_twice_is_one_unless_what_is_told_differs() -> None:
    found = parse_roster("login,name,section\nAda,Ada,\nada,,B\n").entries
    assert found == (RosterEntry(2, "Ada", "Ada", "B"),)
    with pytest.raises(RosterError, match=r"^Line 3: ADA is in line 2 already"):
        parse_roster("login,name\nada,Ada\nADA,Grace\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1: has no column for the login"),
        ("ada,Ada\nbob,Bob\n", "begin with a line of column names such as login,name,section"),
        ("login,name\n", "The file lists nobody"),
        ("login\nada lovelace\n", "Line 2: “ada lovelace” is not a login: a GitHub login has"),
        ("login\na--b\n", "Line 2: “a--b” is not a login"),
        ("name,login\nAda\n", "Line 2: “Ada” has 1 cells, and the login is in cell 2:"),
        ('login,name\nada,"Ada\n', "is not CSV: unexpected end of data"),
        ("login,name\nada," + "a" * 200_000, "Line 2: is not CSV: field larger than field limit"),
        ("login,name\nada," + "a" * 151, "is longer than 150 characters"),
        (
            "login,name\nada,A\u202eda\n",
            "the name “A\ufffdda” has invisible characters",
        ),
        ("login,name\nada,A\x00da\n", "invisible characters"),
        ('login,name\nada,"A\nda"\n', "invisible characters"),
        ("login\n" + "\n".join(f"s{number}" for number in range(5001)), "more than 5000 students"),
        ("x" * (MOST_BYTES + 1), "at most 1024 KiB"),
        (yaml("name: x", kind="Pod"), "Line 1: kind is “Pod”; a roster's is StudentSubmissions."),
        ("kind: StudentSubmissions\nstudents: 3\n", "Line 2: students must be a list"),
        (yaml("ada"), "Line 4: a student must be a mapping with github_username"),
        (yaml("github_username: [ada]"), "Line 4: github_username, name and section must be text"),
        (yaml("github_username: '-ada'"), "Line 4: “-ada” is not a login"),
        ("kind: [", "cannot be read as YAML: line 2: is not YAML"),
        ("---\n" + "[" * 900_000, "nested more than 100 deep"),
        ("---\n- &a [*a]\n", "has no anchor before it"),
        ("---\n- !!python/object:os.system x\n", "kind is “”"),
    ],
    ids=lambda text: text[:40],
)
def test_nothing_is_taken_from_a_wrong_file_and_it_says_what_would_be_right(
    text: str, said: str
) -> None:
    with pytest.raises(RosterError) as refusal:
        parse_roster(text)
    assert said in str(refusal.value)
    assert "\x00" not in str(refusal.value)


def test_aliases_that_multiply_are_refused_before_they_do() -> None:
    tenfold = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(RosterError, match="aliases repeat too much"):
        parse_roster("\n".join(["kind: StudentSubmissions", "a0: &a0 [x]", *tenfold]))


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "@ada", "+1", "-", "'=1"])
def test_what_begins_like_a_formula_is_kept_as_it_is_written(text: str) -> None:
    student = f'{{github_username: ada, name: "{text}", group: "{text}"}}'
    for file in (f"login,name,section\nada,{text},{text}\n", yaml(student)):
        (found,) = parse_roster(file).entries
        assert (found.name, found.section) == (text, text)


def test_what_is_no_utf_8_is_told_with_its_line() -> None:
    with pytest.raises(RosterError, match=r"^Line 3: is not UTF-8"):
        parse_roster(b"login,name\nada,Ada\nbob,B\xf6b\n")


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(RosterError) as refusal:
        parse_roster("login,name\n-ada,A\x00\nbob,Bob\nb b,\n")
    assert [fault.line for fault in refusal.value.faults] == [2, 2, 4]
