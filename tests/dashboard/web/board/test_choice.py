"""Which students the board lists: by its address, at a moment, and without their names."""

import gzip
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboard import models
from tests import make
from tests.dashboard.classes import CHECKED, student
from tests.dashboard.html import Page, get

pytestmark = pytest.mark.django_db
SOURCE = "<script>alert(1)</script>"


def enrolled(login: str, name: str = "", section: str = "") -> None:
    models.Student.objects.create(login=login, name=name, section=section, imported_at=make.NOON)


@pytest.fixture
def instructor(client: Client) -> Client:
    client.force_login(make.instructor())
    return client


@pytest.fixture
def five(instructor: Client) -> Client:
    student("Ada", *CHECKED[1:])
    student("ben", *CHECKED[1:], minutes=5)
    student("cleo", "kuma", "all-flows", minutes=10)
    student("done")
    make.namespace("unread")
    enrolled("ada", "Ada Lovelace", "Tuesday")
    enrolled("BEN", "Ben Nevis", "Friday")
    enrolled("cleo", "", "Tuesday")
    return instructor


def listed(page: Page) -> list[str]:
    return re.findall(r'<tr data-namespace="student-([\w-]+)-dev"', page.html)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["unread", "ada", "ben", "cleo", "done"]),
        ({"q": "ADA"}, ["ada"]),
        ({"q": "nevis"}, ["ben"]),
        ({"q": "e"}, ["unread", "ada", "ben", "cleo", "done"]),
        ({"q": "nobody"}, []),
        ({"step": "dns"}, ["ada", "ben"]),
        ({"step": "kuma"}, ["cleo"]),
        ({"step": "nonsense"}, []),
        ({"need": "stuck"}, ["ada", "ben", "cleo"]),
        ({"need": "done"}, ["done"]),
        ({"need": "unreadable"}, ["unread"]),
        ({"need": "nonsense"}, []),
        ({"need": "stuck", "step": "dns"}, ["ada", "ben"]),
        ({"need": "stuck", "step": "dns", "q": "cleo"}, []),
    ],
)
def test_all_that_the_address_says_has_to_hold(
    five: Client, query: dict[str, str], expected: list[str]
) -> None:
    page = get(five, "/", **query)
    assert listed(page) == expected
    assert ('id="chosen"' in page.html) is bool(query)
    if query and expected:
        assert f"{len(expected)} of 5: those" in page.text


@pytest.mark.parametrize("at", [{}, {"at": "2026-03-03T12:45:00Z"}])
def test_a_section_has_a_board_of_its_own(five: Client, at: dict[str, str]) -> None:
    ben = models.Namespace.objects.get(student="ben")
    models.StepReached.objects.create(namespace=ben, step="default-deny", at=make.after(300))

    def told(**query: str) -> tuple[list[str], list[str], set[str], int, bool]:
        page = get(five, "/", **query, **at)
        return (
            listed(page),
            re.findall(r"<b>(\d+)</b> [A-Z]", page.html),
            set(re.findall(r'<meter min="0" max="(\d+)"', page.html)),
            len(page.figure("class")["data"][0]["y"]) - 1,
            'id="progress-figure"' in page.html,
        )

    everybody = ["unread", "ada", "ben", "cleo", "done"]
    assert told() == (everybody, ["1", "3", "0", "0", "0", "1"], {"5"}, 5, True)
    tuesday = ["0", "2", "0", "0", "0", "0"], {"2"}
    assert told(section="Tuesday") == (["ada", "cleo"], *tuesday, 2, False)
    assert told(section="Tuesday", step="dns") == (["ada"], *tuesday, 1, False)
    nobodys = ["1", "0", "0", "0", "0", "1"], {"2"}
    assert told(section="none") == (["unread", "done"], *nobodys, 2, False)
    page = get(five, "/", section="Tuesday", step="dns", **at)
    assert "2 namespaces of dev, section Tuesday" in page.text
    assert "1 of 2: those" in page.text
    gone = get(five, "/", section=SOURCE, **at)
    assert (gone.status, SOURCE in gone.html) == (200, False)
    assert "Nobody is in this section" in gone.text


def test_links_keep_what_was_chosen_and_the_moment(five: Client) -> None:
    page = get(five, "/", section="Tuesday", at="2026-03-03T13:00:00Z", need="stuck")
    chosen = "?section=Tuesday&amp;at=2026-03-03T13%3A00%3A00Z"
    assert f"{chosen}&amp;step=dns#students" in page.html
    assert 'href="/n/student-ada-dev/?at=2026-03-03T13%3A00%3A00Z"' in page.html
    assert '<input type="hidden" name="at" value="2026-03-03T13:00:00Z">' in page.html
    assert '<input type="hidden" name="section" value="Tuesday">' in page.html
    assert f'href="{chosen}#students">Show everybody' in page.html
    assert 'href="?section=Tuesday&amp;need=stuck">Show now' in page.html


def test_names_of_the_roster_stand_beside_logins_and_stay_text(instructor: Client) -> None:
    student("ada")
    enrolled("ada", SOURCE, SOURCE)
    page = get(instructor, "/", q=SOURCE, section=SOURCE)
    assert listed(page) == ["ada"]
    assert SOURCE not in page.html
    figure = page.figure("class")
    assert SOURCE not in str(figure)
    assert "&lt;script>" in figure["layout"]["yaxis"]["ticktext"][1]


def test_a_long_name_leaves_its_room_to_the_flows(instructor: Client) -> None:
    student("ada")
    student("bob")
    enrolled("ada", "Augusta Ada Byron, Countess of Lovelace")
    enrolled("bob", "\N{CJK UNIFIED IDEOGRAPH-9B31}" * 30)
    layout = get(instructor, "/").figure("class")["layout"]
    _, ada, bob = layout["yaxis"]["ticktext"]
    assert ada == "Augusta Ada Byron, …<br> "
    assert bob == "\N{CJK UNIFIED IDEOGRAPH-9B31}" * 9 + "…<br> "
    assert [(each["y"], each["text"]) for each in layout["annotations"]] == [
        ("student-ada-dev", "ada"),
        ("student-bob-dev", "bob"),
    ]
    assert layout["margin"]["l"] == 150
    assert "automargin" not in layout["yaxis"]


def test_the_board_at_a_moment_is_as_it_was(instructor: Client) -> None:
    ada = student("ada", *CHECKED[1:])
    models.StepReached.objects.create(namespace=ada, step="dns", at=make.after(3600))
    make.snapshot(ada, *make.solution(), seconds=3600)
    models.Namespace.objects.filter(pk=ada.pk).update(failure="no", failing_since=make.NOON)
    make.namespace("late", first_seen=make.after(7200))
    then = get(instructor, "/", at="2026-03-03T12:10:00Z")
    assert listed(then) == ["ada"]
    assert "How it was at 2026-03-03 12:10:00 UTC" in then.text
    assert "Allow DNS for 10 min" in then.text
    assert "10 min before" in then.text
    assert "be read, first" not in then.text
    assert "ada Done" in get(instructor, "/", at="2026-03-03T13:00:00Z").text
    assert listed(get(instructor, "/", at="2026-03-03T11:00:00Z")) == []


@pytest.mark.parametrize("wrong", ["yesterday", "solution", "2026-03-03T12:00:00", SOURCE])
def test_what_is_no_time_is_refused_in_words(five: Client, wrong: str) -> None:
    page = get(five, "/", at=wrong)
    assert page.status == 400
    assert "Show now" in page.text
    assert SOURCE not in page.html


def test_a_projector_shows_nobodys_name(instructor: Client) -> None:
    logins = ["quillon", "Zebedee-9", "wexford", "yarrow"]
    for login, missing in zip(logins, (CHECKED[1:], (), ("kuma",), CHECKED), strict=True):
        namespace = student(login, *missing, blocker=f"`allow-{login}` selects {login}'s pods.")
        now = timezone.now()
        reason = f"{login}.dev.example said no"
        make.observation(
            namespace, outcome="blocked", reason=reason, first_seen=now, last_seen=now, looks=5
        )
        enrolled(login, f"{login} the Student")
    failing = models.Namespace.objects.filter(student="yarrow")
    failing.update(failure="yarrow is forbidden", failing_since=make.NOON)
    models.Snapshot.objects.filter(namespace__student="wexford").update(
        mistakes=[{"code": "NP108", "step": "", "since": make.NOON.isoformat()}]
    )
    named = get(instructor, "/")
    assert all(login in named.html for login in logins)
    for query in ({}, {"mistake": "NP108"}, {"need": "stuck"}, {"at": "2026-03-03T13:00:00Z"}):
        page = get(instructor, "/", projector="1", **query)
        assert re.search(r"Student \d", page.text)
        source = page.html.lower()
        assert [login for login in logins if login.lower() in source] == []
    asked = {"q": "quillon", "projector": "1", "step": "dns"}
    assert instructor.get("/", asked)["Location"] == "/?projector=1&step=dns"


def test_a_student_keeps_their_number_whoever_is_listed(five: Client) -> None:
    numbers = re.findall(r'<th scope="row">(Student \d)', get(five, "/", projector="1").html)
    assert numbers == [f"Student {number}" for number in range(1, 6)] * 2
    one = get(five, "/", projector="1", step="kuma")
    assert re.findall(r'<th scope="row">(Student \d)', one.html) == ["Student 4"] * 2


@pytest.fixture
def thousand(instructor: Client) -> Client:
    """A class in the middle of the lab, all of whom share a few states."""
    now = timezone.now()
    names = [f"student-{number:04}x" for number in range(1000)]
    models.Namespace.objects.bulk_create(
        models.Namespace(
            name=f"student-{name}-dev",
            student=name,
            environment="dev",
            first_seen=make.NOON,
            last_seen=now,
        )
        for name in names
    )
    kept = [
        make.snapshot(make.namespace(f"model-{count}", "prod"), *make.solution()[:count])
        for count in range(8)
    ]
    models.Snapshot.objects.bulk_create(
        models.Snapshot(
            namespace_id=key,
            digest=model.digest,
            policy_set_id=model.policy_set_id,
            pod_shapes_id=model.pod_shapes_id,
            assessment_id=model.assessment_id,
            step=model.step,
            step_since=now - timedelta(minutes=key % 40),
            first_seen=now - timedelta(minutes=key % 40),
            last_seen=now,
        )
        for key in models.Namespace.objects.filter(environment="dev").values_list("pk", flat=True)
        for model in (kept[key % 8],)
    )
    return instructor


def test_a_thousand_students_are_a_light_page_in_as_many_queries_as_a_few(
    thousand: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    answer = thousand.get("/")
    assert len(answer.content) > 100_000
    assert len(gzip.compress(answer.content)) < 150_000
    page = Page(answer.status_code, answer.content.decode())
    assert len(listed(page)) == 50
    assert len(page.figure("class")["data"][0]["z"]) == 1001
    with django_assert_max_num_queries(18):
        later = get(thousand, "/", page="20")
    assert len(listed(later)) == 50
    assert "951 to 1000 of 1000" in later.text
    assert not set(listed(page)) & set(listed(later))
    hidden = get(thousand, "/", projector="1", page="20")
    assert re.findall(r"\d{4}x", hidden.html) == []
    assert "Student 951" in hidden.text


def test_who_is_done_in_a_big_class_but_does_not_work_is_found(thousand: Client) -> None:
    now = timezone.now()
    done = models.Snapshot.objects.filter(step="", is_open=True, namespace__environment="dev")
    well, unwell = done.order_by("-pk")[:2]
    for snapshot, outcome in ((well, "reached"), (unwell, "blocked")):
        make.observation(
            snapshot.namespace,
            outcome=outcome,
            first_seen=now - timedelta(minutes=1),
            last_seen=now,
            looks=9,
        )
    models.Snapshot.objects.update(first_seen=make.NOON)
    found = get(thousand, "/", need="not-working")
    assert [f"student-{name}-dev" for name in listed(found)] == [unwell.namespace.name]
