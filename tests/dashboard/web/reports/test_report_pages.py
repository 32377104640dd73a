"""Reports as somebody asks for them: who may, of which moment, and what each address answers."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.assess.class_assessment import AssessedNamespace, assess_class
from dashboard.history.diagnoses import record_diagnoses
from dashboard.history.snapshots import record_poll
from dashboard.web.reports import lab_files
from dashboard.web.reports.facts_queries import read_facts
from netpol import parse
from netpol.model import build_cluster
from netpol.report import PICTURES, build_report
from tests import make
from tests.dashboard.html import Page, get

pytestmark = pytest.mark.django_db

PAGE = "/n/student-ada-dev/report"
WRITTEN = [f"{PAGE}.md", f"{PAGE}.json", f"{PAGE}/results.json", f"{PAGE}/summary.md"]
FILES = [f"{PAGE}.md", f"{PAGE}.zip", f"{PAGE}/results.json", f"{PAGE}/{PICTURES[0]}"]
CLASS = ["/report/", "/report/gradebook.csv", "/report/gradebook.json", "/report/junit.xml"]
COURSE = json.loads((Path(__file__).parents[3] / "data" / "course-results.json").read_text())
"""What the course publishes for its solution, and `python -m netpol report` gives."""
THEN = "2026-03-03T12:01:30Z"


def half_way(student: str = "ada") -> models.Namespace:
    """Nothing at noon, three policies a minute later, the solution after two."""
    namespace = make.namespace(student, last_seen=make.after(300))
    make.snapshot(namespace, last_seen=make.after(30))
    make.snapshot(namespace, *make.solution()[:3], seconds=60, last_seen=make.after(90))
    make.snapshot(namespace, *make.solution(), seconds=120, last_seen=make.after(300))
    for minute, keys in enumerate(
        (["baseline"], ["default-deny", "dns", "gateway"], ["app-redis", "kuma", "all-flows"])
    ):
        for key in keys:
            models.StepReached.objects.create(
                namespace=namespace, step=key, at=make.after(60 * minute)
            )
    return namespace


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.instructor())
    return client


def read(client: Client, address: str, **query: str) -> Any:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def states(page: Page) -> dict[str, str]:
    pieces = page.html.split('data-item="')[1:]
    return {piece.split('"')[0]: piece.split('data-state="')[1].split('"')[0] for piece in pieces}


def test_a_student_reads_their_own_report(ada: Client) -> None:
    half_way()
    page = get(ada, PAGE)
    assert page.status == 200
    assert states(page)["all-flows"] == "holds"
    assert states(page)["committed"] == "not_checked"
    assert "judged points, of 100" in page.text
    assert page.predicted()["student-app to redis"] == "allow"
    for file in WRITTEN:
        assert ada.get(file).status_code == 200


def test_a_poll_between_two_queries_spoils_no_report() -> None:
    namespace = half_way()
    polls: list[str] = []

    def poll_in_between(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if not polls and "dashboard_policyset" in sql:
            polls.append(sql)
            make.snapshot(namespace, *make.solution()[:2], seconds=400)
        return answer

    with connection.execute_wrapper(poll_in_between):
        (facts,) = read_facts(models.Namespace.objects.all())
    assert polls
    assert len(facts.policies) == len(make.solution())


@pytest.mark.parametrize("address", [PAGE, *FILES])
def test_a_strangers_report_is_not_there(client: Client, address: str) -> None:
    half_way()
    client.force_login(make.user("grace"))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", CLASS)
def test_the_class_is_for_instructors(client: Client, address: str) -> None:
    half_way()
    client.force_login(make.user("ada"))
    assert client.get(address).status_code == 404
    client.force_login(make.instructor())
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [PAGE, *FILES, *CLASS])
def test_whoever_is_not_signed_in_signs_in_first(client: Client, address: str) -> None:
    assert client.get(address).headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("address", [PAGE, *FILES, *CLASS])
def test_what_is_no_moment_is_refused_with_the_reason(staff: Client, address: str) -> None:
    half_way()
    page = get(staff, address, at="yesterday")
    assert page.status == 400
    assert "“yesterday” is no time" in page.text


@pytest.mark.parametrize("address", ["/", "/incidents/", "/runs/compare", PAGE, *CLASS])
def test_before_anything_every_page_says_so(staff: Client, address: str) -> None:
    half_way()
    for at in ("2000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"):
        assert staff.get(address, {"at": at, "a": at}).status_code in {200, 400}


@pytest.mark.parametrize("address", FILES)
def test_before_the_first_state_there_is_no_file(staff: Client, address: str) -> None:
    half_way()
    page = get(staff, address, at="2026-03-03T11:00:00Z")
    assert (page.status, page.text) == (404, "Nothing of student-ada-dev was recorded by then.")


@pytest.mark.parametrize(
    "address", [f"{PAGE}.pdf", f"{PAGE}/report.md", f"{PAGE}/x", "/report/x", "/report/?sort=x"]
)
def test_what_is_no_file_is_not_there(staff: Client, address: str) -> None:
    half_way()
    assert staff.get(address).status_code == 404


def test_before_the_first_state_the_page_leads_to_it(staff: Client) -> None:
    half_way()
    page = get(staff, PAGE, at="2026-03-03T11:00:00Z")
    assert "Nothing of this namespace was recorded by then" in page.text
    assert 'href="?at=2026-03-03T12:00:00Z"' in page.html


def test_a_report_is_of_its_moment(staff: Client) -> None:
    namespace = half_way()
    now, then = get(staff, PAGE), get(staff, PAGE, at=THEN)
    assert (states(now)["app-redis"], states(then)["app-redis"]) == ("holds", "fails")
    assert states(then)["dns"] == "holds"
    models.Monitor.objects.create(
        namespace=namespace, name="dev", watches="health", status="up", last_seen=timezone.now()
    )
    assert states(get(staff, PAGE, at=THEN))["monitors"] == "unknown"
    # Reached only later: not a time of then.
    steps = {step["key"]: step for step in read(staff, f"{PAGE}.json", at=THEN)["steps"]}
    assert steps["dns"]["first_reached"] == "2026-03-03T12:01:00Z"
    assert steps["kuma"]["first_reached"] is None


def test_results_are_those_that_the_labs_script_gives_for_the_same_policies(staff: Client) -> None:
    half_way()
    ours = read(staff, f"{PAGE}/results.json")
    moving = ("generated_at_utc", "policy_file", "policy_namespace", "summary_markdown", "charts")
    assert list(ours) == list(COURSE)
    assert {**ours, **{key: COURSE[key] for key in moving}} == COURSE
    assert (ours["policy_namespace"], ours["charts"]) == ("student-ada-dev", list(PICTURES))
    then = read(staff, f"{PAGE}/results.json", at=THEN)
    parsed = [parse.parse_policy(each, namespace="student-dev") for each in make.solution()[:3]]
    half = build_report(active_lab(), "x", "student-dev", build_cluster(policies=parsed))
    assert then["summary"] == half.counts != ours["summary"]
    exact = THEN.replace("Z", ".864000Z")
    evaluated = read(staff, f"{PAGE}/results.json", at=exact)["generated_at_utc"]
    assert evaluated == exact.replace("Z", "+00:00")


def test_pictures_are_drawn_or_it_is_said_why_not(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_way()
    assert staff.get(f"{PAGE}/{PICTURES[0]}").content.startswith(b"\x89PNG")
    monkeypatch.setattr(lab_files, "load_drawing", lambda: None)
    monkeypatch.setattr(lab_files, "can_draw_pictures", lambda: False)
    answer = staff.get(f"{PAGE}/{PICTURES[0]}")
    assert (answer.status_code, answer.content) == (501, f"{lab_files.NO_PICTURES}.\n".encode())
    assert "matplotlib is not installed" in get(staff, PAGE).text
    assert read(staff, f"{PAGE}/results.json")["chart_error"] == lab_files.NO_PICTURES
    archive = ZipFile(io.BytesIO(staff.get(f"{PAGE}.zip", {"at": THEN}).content))
    files = [name.partition("/")[2] for name in archive.namelist()]
    assert files == ["report.md", "report.json", "results.json", "summary.md"]
    for name, address in zip(archive.namelist(), WRITTEN, strict=True):
        assert archive.read(name) == staff.get(address, {"at": THEN}).content


def test_findings_that_are_closed_to_students_are_in_no_form(ada: Client) -> None:
    idle = make.policy("idle", podSelector={"matchLabels": {"app": "nobody"}})
    reading = make.cluster_reading(make.reading(idle, make.policy()))
    found = list(assess_class(active_lab(), reading))
    record_poll(reading.at, found)
    record_diagnoses(
        (one for one in found if isinstance(one, AssessedNamespace)), reading.surroundings
    )
    assert "NP101 in idle" in get(ada, PAGE).text
    models.HintSetting.objects.create(lab=active_lab().name, tiers=1)
    page = get(ada, PAGE)
    assert "NP101 in idle" not in page.text
    assert "Your instructor has closed them" in page.text
    closed = read(ada, f"{PAGE}.json")
    assert closed["findings"] is None
    hygiene = closed["points"]["areas"][2]["criteria"][1]["items"]
    (failed,) = [item for item in hygiene if item["state"] == "does not hold"]
    assert failed["proof"] == "Your instructor has closed with the hints where it is."


def test_hints_that_were_opened_are_told(ada: Client) -> None:
    namespace = half_way()
    for tier, seconds in ((1, 70), (2, 100)):
        models.HintOpening.objects.create(
            namespace=namespace, cause="c", tier=tier, by="ada", at=make.after(seconds)
        )
    assert "Tier 2 by ada" in get(ada, PAGE).text
    assert [each["tier"] for each in read(ada, f"{PAGE}.json", at=THEN)["hints_opened"]] == [1]


def test_what_was_lost_and_repaired_leaves_its_trace(staff: Client) -> None:
    """The app's way to Redis: opened at 12:02, closed at 12:05, opened again at 12:07."""
    namespace = half_way()
    less = [each for each in make.solution() if each["metadata"]["name"] != "allow-app-to-redis"]
    make.snapshot(namespace, *less, seconds=300, last_seen=make.after(390))
    make.snapshot(namespace, *make.solution(), seconds=420, last_seen=make.after(600))
    models.Incident.objects.create(
        namespace=namespace,
        flow="student-app to redis",
        cause="policy-removed",
        policies=["allow-app-to-redis"],
        worked_at=make.after(270),
        opened_at=make.after(300),
        closed_at=make.after(420),
    )
    # Before, while it was lost, and after.
    assert read(staff, f"{PAGE}.json", at="2026-03-03T12:04:30Z")["setbacks"] == []
    during, after = (
        read(staff, f"{PAGE}.json", at="2026-03-03T12:06:00Z"),
        read(staff, f"{PAGE}.json"),
    )
    for content, until, seconds in ((during, None, 60), (after, "2026-03-03T12:07:00Z", 120)):
        left = [] if until else ["app-redis", "all-flows"]
        told = {"from": "2026-03-03T12:05:00Z", "until": until, "seconds": seconds}
        (setback,), (incident,) = content["setbacks"], content["incidents"]
        assert setback.items() >= (told | {"still_lost": left}).items()
        assert setback["policies"] == [{"name": "allow-app-to-redis", "change": "deleted"}]
        assert incident.items() >= (told | {"cause": "policy-removed"}).items()
        steps = {step["key"]: step["lost_since"] for step in content["steps"]}
        assert steps["app-redis"] == (None if until else "2026-03-03T12:05:00Z")
    page = get(staff, PAGE)
    with CaptureQueriesContext(connection) as captured:
        then = get(staff, PAGE, at="2026-03-03T12:06:00Z")
    # The one that holds, and once for all those before it.
    read_assessments = 'FROM "dashboard_storedassessment"'
    assert sum(read_assessments in query["sql"] for query in captured) == 2
    assert "Steps were lost once, and reached again; 1 incident, none open any more." in page.text
    assert "Lost since 2026-03-03 12:05:00 UTC: Part 5:" in then.text
    assert "no longer since 2026-03-03 12:05:00 UTC: allow-app-to-redis was deleted." in then.text
    written = staff.get(f"{PAGE}.md").content.decode()
    assert written.count("| 2026-03-03 12:05:00 UTC | `allow-app-to-redis` was deleted") == 2


def test_an_open_report_is_drawn_anew_when_something_is_recorded_but_not_of_the_past(
    ada: Client,
) -> None:
    namespace = half_way()
    drawn = f'hx-get="{PAGE}?seen='
    seen = get(ada, PAGE).html.split(drawn)[1].partition('"')[0]
    make.snapshot(namespace, *make.solution()[:2], seconds=400)
    page = get(ada, PAGE, seen=seen)
    assert states(page)["app-redis"] == "fails"
    assert drawn in page.html
    assert f'href="{PAGE}.md?"' in page.html
    assert drawn not in get(ada, PAGE, at=THEN).html


def test_the_class_is_drawn_anew_unless_that_takes_seconds_or_it_is_of_the_past(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_way()
    half_way("bob")
    drawn = 'hx-get="/report/?seen='
    seen = get(staff, "/report/").html.split(drawn)[1].partition('"')[0]
    assert get(staff, "/report/", seen=seen).status == 204
    make.snapshot(make.namespace("eve"), seconds=400)
    page = get(staff, "/report/", seen=seen)
    assert order(page) == ["ada", "bob", "eve"]
    assert drawn in page.html
    assert "data-events" in page.html
    assert page.html.count("seen=") == 2  # what is asked, and what is told, but no link
    monkeypatch.setattr("dashboard.web.reports.views.PAGE_SIZE", 2)
    assert drawn in get(staff, "/report/").html
    for query in ({"at": THEN}, {"at": "yesterday"}, {"sort": "points"}):
        still = get(staff, "/report/", **query)
        assert ("hx-get" in still.html, "does not refresh" in still.html) == (
            False,
            "sort" in query,
        )


def test_an_outage_costs_nobody_a_point(staff: Client) -> None:
    namespace = half_way()
    now = timezone.now()
    flow = "Gateway to student-app"
    make.observation(namespace, flow, outcome="blocked", first_seen=make.NOON, last_seen=now)
    before = read(staff, f"{PAGE}.json")["points"]["areas"][1]["criteria"][1]
    assert (before["earned"], before["judged"]) == (0, 0.5)
    models.Incident.objects.create(
        namespace=namespace, flow=flow, cause="outage", worked_at=make.NOON, opened_at=make.NOON
    )
    after = read(staff, f"{PAGE}.json")["points"]["areas"][1]["criteria"][1]
    assert (after["earned"], after["judged"]) == (0, 0)


@pytest.mark.parametrize(
    ("causes", "incidents", "outages"),
    [
        (["outage"], "", "What an outage of the cluster broke counts for nobody."),
        (["outage", "pods-changed"], "1 incident, still open.", "What an outage of the cluster"),
        (["pods-changed"], "1 incident, still open.", ""),
    ],
)
def test_an_outage_is_no_incident_of_the_students(
    staff: Client, causes: list[str], incidents: str, outages: str
) -> None:
    namespace = half_way()
    for cause, flow in zip(causes, active_lab().flows, strict=False):
        models.Incident.objects.create(
            namespace=namespace,
            flow=flow.name,
            cause=cause,
            worked_at=make.NOON,
            opened_at=make.after(60),
        )
    headline = get(staff, PAGE).text.partition("As it was at")[0]
    assert (incidents in headline, outages in headline) == (True, True)
    assert ("incident" in headline, "outage" in headline) == (bool(incidents), bool(outages))


def test_a_report_of_another_versions_state_is_not_known_rather_than_wrong(ada: Client) -> None:
    make.snapshot(make.namespace(), *make.solution(), schema=1)
    page = get(ada, PAGE)
    assert "Another version of the dashboard assessed this state" in page.text
    assert "0 of 0 judged points" in page.text


def test_a_class_is_sorted_by_section_student_or_points(staff: Client) -> None:
    half_way("ada")
    make.snapshot(make.namespace("Bob"), make.policy(namespace="student-bob-dev"))
    make.namespace("carl")
    models.Student.objects.create(login="ADA", name="Ada <b>L", section="A", imported_at=make.NOON)
    page = get(staff, "/report/")
    assert order(page) == ["ada", "bob", "carl"]
    assert "Ada &lt;b&gt;L" in page.html
    assert "1 of 3 have every flow as the lab wants it." in page.text
    assert "1 lost none that could be judged." in page.text
    assert order(get(staff, "/report/", sort="points")) == ["carl", "bob", "ada"]
    assert order(get(staff, "/report/", section="A")) == ["ada"]
    others = get(staff, "/report/", section="none")
    assert order(others) == ["bob", "carl"]
    assert "dev, no section" in others.text
    assert get(staff, "/report/", section="B").status == 404
    assert order(get(staff, "/report/", at="2026-03-03T11:00:00Z")) == []


def test_a_class_has_pages_and_its_files_have_everybody(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.web.reports.views.PAGE_SIZE", 2)
    for student, policies in (("ada", 7), ("bob", 0), ("Carl", 2), ("dora", 1), ("eve", 3)):
        namespace = make.namespace(student)
        make.snapshot(namespace, *make.solution()[:policies])
    first, last = get(staff, "/report/"), get(staff, "/report/", page="3")
    assert (order(first), order(last)) == (["ada", "bob"], ["eve"])
    assert "1 to 2 of 5" in first.text
    assert "1 of 5 have every flow as the lab wants it. Sorted by points" in first.text
    second = get(staff, "/report/", page="2", sort="points")
    assert order(second) == ["carl", "eve"]
    assert "Half of them have" in second.text
    assert 'href="/report/gradebook.csv?sort=points"' in second.html
    table = staff.get("/report/gradebook.csv", {"page": "2"}).content.decode()
    assert len(table.splitlines()) == 6
    assert len(read(staff, "/report/gradebook.json")["reports"]) == 5


def order(page: Page) -> list[str]:
    return [piece.split("-dev")[0] for piece in page.html.split('data-namespace="student-')[1:]]


def test_the_gradebooks_agree(staff: Client) -> None:
    half_way("ada")
    make.snapshot(make.namespace("bob"), make.policy(namespace="student-bob-dev"))
    table = staff.get("/report/gradebook.csv").content.decode("utf-8-sig")
    rows = {row["login"]: row for row in csv.DictReader(io.StringIO(table, newline=""))}
    content = {each["student"]: each for each in read(staff, "/report/gradebook.json")["reports"]}
    suites = ET.fromstring(staff.get("/report/junit.xml").content)
    assert rows.keys() == content.keys() == {"ada", "bob"}
    assert len(suites) == 2
    for login, row in rows.items():
        assert float(row["points"]) == content[login]["points"]["earned"]
        assert float(row["judged"]) == content[login]["points"]["judged"]
        own = read(staff, f"/n/student-{login}-dev/report.json")
        assert own["points"] == content[login]["points"]


SHARED = (models.PolicySet, models.PodShapes, models.StoredAssessment)


def reads_shared(sql: str) -> bool:
    return any(f'FROM "dashboard_{shared.__name__.lower()}"' in sql for shared in SHARED)


def prune_before(query: int, state: models.Snapshot) -> Callable[..., Any]:
    """Of those that read what states share. It takes a state away, and what nobody shares with it,
    as `manage.py prune` does.
    """
    left = query

    def between(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal left
        left -= reads_shared(sql)
        if left == 0:
            left = -1
            models.Snapshot.objects.filter(pk=state.pk).delete()
            for shared in SHARED:
                QuerySet(shared).filter(snapshots=None).delete()
        return execute(sql, *rest)

    return between


@pytest.mark.parametrize(
    ("address", "at"), [(f"{PAGE}.json", ""), (f"{PAGE}.json", THEN), ("/report/", THEN)]
)
def test_a_prune_between_two_queries_spoils_no_report(staff: Client, address: str, at: str) -> None:
    """Of three states it takes the second, by which steps were lost that were reached again."""
    namespace = make.namespace(last_seen=make.after(300))
    make.snapshot(namespace, *make.solution(), last_seen=make.after(30))
    second = make.snapshot(namespace, make.policy(), seconds=60, last_seen=make.after(90))
    make.snapshot(namespace, *make.solution()[:3], seconds=120, last_seen=make.after(300))
    for step in ("dns", "kuma"):
        models.StepReached.objects.create(namespace=namespace, step=step, at=make.NOON)
    query = {"at": at} if at else {}
    with CaptureQueriesContext(connection) as captured:
        assert staff.get(address, query).status_code == 200
    reading = sum(reads_shared(query["sql"]) for query in captured)
    assert reading
    for before in range(1, reading + 1):
        with transaction.atomic():
            with connection.execute_wrapper(prune_before(before, second)):
                assert staff.get(address, query).status_code == 200
            assert models.Snapshot.objects.count() == 2
            transaction.set_rollback(True)


@pytest.mark.parametrize(("at", "queries"), [("", 25), (THEN, 26)])
def test_a_class_takes_as_many_queries_as_a_student(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries, at: str, queries: int
) -> None:
    """Session, user, what is newest thrice, sections, who is chosen, how many met everything twice;
    namespaces, snapshots and what they share thrice, observations, steps, pods, monitors,
    diagnoses, outages, marks, roster; of those who lost steps the states, their assessments and
    their policies. Of the past what could not be read.
    """
    query = {"at": at} if at else {}
    for students in (1, 5):
        for number in range(students):
            namespace = make.namespace(f"s{number}of{students}")
            make.snapshot(namespace, *make.solution(), last_seen=make.after(30))
            make.snapshot(namespace, make.policy(), seconds=60, last_seen=make.after(90))
            models.StepReached.objects.create(namespace=namespace, step="dns", at=make.NOON)
        with django_assert_num_queries(queries):
            assert staff.get("/report/", query).status_code == 200


def test_facts_of_nobody_are_none(staff: Client) -> None:
    assert read_facts(models.Namespace.objects.all()) == []
    assert "No namespace was there" in get(staff, "/report/").text


def test_what_an_instructor_marked_is_done_from_then_on(staff: Client) -> None:
    namespace = half_way()
    models.StepMark.objects.create(
        namespace=namespace, step="committed", by="grace", at=make.after(100)
    )
    assert states(get(staff, PAGE))["committed"] == "holds"
    assert states(get(staff, PAGE, at=THEN))["committed"] == "not_checked"


def test_a_pod_counts_as_it_was_at_the_moment(staff: Client) -> None:
    namespace = half_way()
    lab_pods = {"student-app-1": "student-app", "redis-0": "redis", "kuma-0": "uptime-kuma"}
    for name, entity in lab_pods.items():
        make.pod_state(namespace, name, entities=[entity], last_seen=make.after(300))
    ready = models.PodState.objects.filter(pod="redis-0")
    ready.update(is_open=False, last_seen=make.after(90))
    make.pod_state(
        namespace,
        "redis-0",
        entities=["redis"],
        ready=False,
        first_seen=make.after(120),
        last_seen=make.after(300),
    )
    assert states(get(staff, PAGE))["pods"] == "fails"
    assert states(get(staff, PAGE, at=THEN))["pods"] == "holds"
