"""The class board: who is where, who needs help, and every flow of everybody."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import order_flows
from dashboard.assess.flow_answers import FlowFit
from dashboard.web.board.charts import draw_class_heatmap
from dashboard.web.board.queries import query_rows
from dashboard.web.layout.palette import FIT_LEVELS
from netpol.model import Outcome
from tests import make
from tests.dashboard.classes import CHECKED, student, summary

pytestmark = pytest.mark.django_db

QUERIES = 16
"""Session, user, version twice, heartbeats twice, outages; steps, snapshots, assessments, roster,
namespaces, environment and observations of the class; snapshots and marks of the shown rows.
"""


def board(client: Client, query: str = "") -> str:
    client.force_login(make.instructor())
    answer = client.get(f"/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def order(page: str) -> list[str]:
    return re.findall(r'<tr data-namespace="student-(\w+)-dev"', page)


def figure(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="class-figure" type="application/json">(.*?)</script>', page)
    assert found
    drawn: dict[str, Any] = json.loads(found[1])
    return drawn


def test_the_unreadable_come_first_then_those_stuck_longest_then_the_finished(
    client: Client,
) -> None:
    student("done")
    student("recent", *CHECKED[1:], minutes=30)
    student("longest", *CHECKED[1:], minutes=5)
    student("further", *CHECKED[3:], minutes=1)
    failing = student("failing")
    models.Namespace.objects.filter(pk=failing.pk).update(
        failure="forbidden", failing_since=make.NOON
    )
    make.namespace("unread")
    assert order(board(client)) == ["unread", "failing", "further", "longest", "recent", "done"]


def test_what_is_in_the_way_stands_on_the_board(client: Client) -> None:
    student("ada", blocker="Gateway to student-app: <nobody> lets it in.")
    assert "Gateway to student-app: &lt;nobody&gt; lets it in." in board(client)


def test_a_failing_namespace_says_why_and_keeps_what_was_known(client: Client) -> None:
    student("ada", "kuma")
    models.Namespace.objects.update(failure="pods is forbidden", failing_since=make.NOON)
    page = board(client)
    assert "pods is forbidden" in page
    assert 'data-flow="redis to DNS" data-expected="allow" data-predicted="allow"' in page


def test_each_flow_of_the_table_has_its_three_answers(client: Client) -> None:
    namespace = student("ada", flows={"Gateway to student-app": Outcome.DENY})
    now = timezone.now()
    make.observation(namespace, outcome="reached", first_seen=now, last_seen=now)
    cells = re.findall(
        r'<td data-flow="(.*?)" data-expected="(.*?)" data-predicted="(.*?)" data-observed="(.*?)"',
        board(client),
    )
    assert len(cells) == len(active_lab().flows)
    assert cells[0] == ("Gateway to student-app", "allow", "deny", "reached")
    assert {observed for *_, observed in cells[1:]} == {"unknown"}


def test_the_heatmap_has_a_finished_row_on_top_and_then_everybody(client: Client) -> None:
    student("done")
    student("ada", "dns", flows={"redis to DNS": Outcome.DENY})
    heatmap = figure(board(client))["data"][0]
    assert heatmap["y"] == ["What the lab expects", "student-ada-dev", "student-done-dev"]
    assert (
        heatmap["z"][2] == heatmap["z"][0] == [FIT_LEVELS[FlowFit.RIGHT]] * len(active_lab().flows)
    )
    assert heatmap["text"][0] == sorted(heatmap["text"][0])
    redis = heatmap["x"].index("redis to DNS")
    assert [row[redis] for row in heatmap["text"]] == ["A", "D≠", "A"]


@pytest.mark.parametrize("more", [0, 100])
def test_colour_on_the_heatmap_is_whether_a_flow_is_as_the_lab_wants_it(more: int) -> None:
    """In a small class and in the texture of a big one alike."""
    flows = order_flows(active_lab())
    wanted = Outcome.ALLOW, Outcome.DENY
    to_open, to_close = (
        next(flow.name for flow in flows if flow.expected is want) for want in wanted
    )
    table = [
        (to_open, "allow", FlowFit.RIGHT, "A"), (to_open, "deny", FlowFit.WRONG, "D≠"),
        (to_open, "partial", FlowFit.WRONG, "P≠"), (to_open, "unknown", FlowFit.UNKNOWN, "?"),
        (to_close, "allow", FlowFit.WRONG, "A≠"), (to_close, "deny", FlowFit.RIGHT, "D"),
    ]  # fmt: skip
    for number, (flow, predicted, *_) in enumerate(table):
        student(f"a{number}", flows={flow: Outcome(predicted)})
    for number in range(more):
        make.namespace(f"b{number}")
    heatmap = draw_class_heatmap(flows, query_rows(models.Namespace.objects.all()))["data"][0]
    columns = [heatmap["x"].index(flow) for flow, *_ in table]
    assert [
        (heatmap["z"][row][column], heatmap["text"][row][column])
        for row, column in enumerate(columns, 1)
    ] == [(FIT_LEVELS[fit], word) for *_, fit, word in table]


def test_a_probe_that_saw_the_opposite_is_marked(client: Client) -> None:
    now = timezone.now()
    make.observation(
        student("ada"), outcome="blocked", reason="timed out", first_seen=now, last_seen=now
    )
    page = board(client)
    heatmap = figure(page)["data"][0]
    assert heatmap["text"][1][0] == "A!"
    assert heatmap["customdata"][1][0] == "<br>a probe saw: blocked (timed out)"
    assert "1 against the policies" in page


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [("blocked", "dropped"), ("unknown", "gateway-has-no-endpoint"), ("unknown", "no-route")],
)
def test_who_is_done_but_sees_it_fail_comes_before_who_is_just_done(
    client: Client, outcome: str, sign: str
) -> None:
    student("well", minutes=1)
    student("unwell", minutes=2)
    now = timezone.now()
    make.observation(
        models.Namespace.objects.get(student="unwell"),
        outcome=outcome,
        sign=sign,
        reason="nobody answered",
        first_seen=now,
        last_seen=now,
    )
    page = board(client)
    assert order(page) == ["unwell", "well"]
    assert page.count("<b>Done</b>, but not all works") == 1
    assert "the policies say allow, but nobody answered" in page


def test_what_cannot_be_told_is_a_question_and_no_mistake(client: Client) -> None:
    make.namespace("unread")
    heatmap = figure(board(client))["data"][0]
    assert set(heatmap["text"][1]) == {"?"}


def test_the_board_shows_the_environment_of_the_lab_and_others_when_asked(client: Client) -> None:
    student("ada")
    student("ada", environment="prod")
    models.Namespace.objects.create(
        name="student-gone-dev",
        student="gone",
        environment="dev",
        first_seen=make.NOON,
        last_seen=make.NOON,
        gone_at=make.NOON,
    )
    assert re.findall(r'<tr data-namespace="(.*?)"', board(client)) == ["student-ada-dev"]
    prod = client.get("/?environment=prod").content.decode()
    assert re.findall(r'<tr data-namespace="(.*?)"', prod) == ["student-ada-prod"]


@pytest.mark.parametrize("students", [1, 20])
def test_a_class_of_any_size_takes_the_same_queries(
    client: Client,
    students: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(students):
        namespace = student(f"s{number}")
        make.observation(namespace)
        models.StepReached.objects.create(namespace=namespace, step="dns", at=make.NOON)
    monkeypatch.setattr(timezone, "now", lambda: make.after(3600))  # a version ends with its minute
    board(client)
    with django_assert_num_queries(QUERIES):
        client.get("/")


def test_what_is_recorded_or_brought_in_shows_at_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: make.after(3600))
    ada = student("ada")

    def again() -> str:
        return client.get("/").content.decode()

    assert order(board(client)) == ["ada"]
    student("bob", "dns")
    assert order(again()) == ["bob", "ada"]
    make.snapshot(ada, seconds=60, summary=summary("dns", blocker="DNS is held up."))
    assert "DNS is held up." in again()
    models.Student.objects.create(login="ada", name="Ada L.", imported_at=make.NOON)
    assert "Ada L." in again()


def test_an_unchanged_page_is_told_so_without_reading_the_class(
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A page changes with the minute, which must not turn between the two requests.
    monkeypatch.setattr(timezone, "now", lambda: make.NOON)
    student("ada")
    found = re.search(r'hx-get="(/\?seen=.*?)"', board(client))
    assert found
    with django_assert_num_queries(5):
        assert client.get(found[1]).status_code == 204


def test_large_classes_are_drawn_without_letters() -> None:
    for number in range(101):
        student(f"s{number}")
    rows = query_rows(models.Namespace.objects.all())
    flows = order_flows(active_lab())
    few, many = draw_class_heatmap(flows, rows[:100]), draw_class_heatmap(flows, rows)
    assert [trace["type"] for trace in few["data"]] == ["heatmap", "scatter"]
    assert [trace["type"] for trace in many["data"]] == ["heatmap"]
    assert len(many["data"][0]["z"]) == 102


def test_nobody_has_looked_yet(client: Client) -> None:
    page = board(client)
    assert "Nobody has looked" in page
    assert "manage.py poll" in page


def test_a_poll_that_found_nobody_shows_how_namespaces_are_recognised(client: Client) -> None:
    make.heartbeat()
    page = board(client)
    assert "student-{student}-{environment}" in page
    assert "course.ziyotek.edu/environment=dev" in page


def test_a_poll_that_failed_is_no_class_without_students(client: Client) -> None:
    make.heartbeat(succeeded_at=None, error="ClusterError: refused")
    page = board(client)
    assert "never succeeded" in page
    assert "Nobody has looked" in page


def test_what_is_in_the_way_can_be_a_step_though_every_flow_is_met(client: Client) -> None:
    student("ada", "default-deny")
    assert "but “Default deny” does not hold" in board(client)


def test_an_environment_that_the_lab_does_not_have_is_not_there(client: Client) -> None:
    client.force_login(make.instructor())
    assert client.get("/?environment=nowhere%00").status_code == 404


def test_names_that_look_like_numbers_stay_names(client: Client) -> None:
    student("ada")
    axes = figure(board(client))["layout"]
    assert (axes["xaxis"]["type"], axes["yaxis"]["type"]) == ("category", "category")
