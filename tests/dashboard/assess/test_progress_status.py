"""Who is stuck, in which order students stand, and what fails for whom."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import AssessmentSummary, find_due_flows, parse_summary
from dashboard.assess.fetch_problems import FetchProblem
from dashboard.assess.progress_status import NamespaceProgress as State
from dashboard.assess.progress_status import (
    ProgressStatus,
    StuckRule,
    describe_patience,
    find_work_begin,
)
from dashboard.models import Namespace, StepReached
from dashboard.web.board.overview import count_failing_flows, count_stages
from dashboard.web.board.queries import query_rows
from dashboard.web.board.rows import BoardNamespace, BoardRow, build_row, sort_by_need
from netpol.model import Outcome, Profile
from tests import make
from tests.dashboard.classes import CHECKED, student, summary
from tests.dashboard.html import get

MINUTE = timedelta(minutes=1)
NOW = make.NOON
UNREAD = parse_summary(active_lab(), {"flows": {}, "steps": {}, "blocker": ""}, Profile.KUBERNETES)


def at(*missing: str, baseline: bool = False, **fields: object) -> AssessmentSummary:
    told = summary(*missing, **fields)  # type: ignore[arg-type]  # as `summary` has them
    told["steps"]["baseline"] = baseline
    return parse_summary(active_lab(), told, Profile.KUBERNETES)


NOT_BEGUN = at(*CHECKED, baseline=True)


@pytest.mark.parametrize(
    ("state", "minutes", "began", "need"),
    [
        (at("dns", "all-flows"), 14, None, ProgressStatus.ON_THE_WAY),
        (at("dns", "all-flows"), 15, None, ProgressStatus.ON_THE_WAY),
        (at("dns", "all-flows"), 16, None, ProgressStatus.STUCK),
        (at("kuma", "all-flows"), 16, None, ProgressStatus.ON_THE_WAY),
        (at("kuma", "all-flows"), 26, None, ProgressStatus.STUCK),
        (at(), 600, None, ProgressStatus.DONE),
        (NOT_BEGUN, 600, None, ProgressStatus.NOT_BEGUN),
        (NOT_BEGUN, 600, 10, ProgressStatus.NOT_BEGUN),
        (NOT_BEGUN, 600, 16, ProgressStatus.STUCK),
        (NOT_BEGUN, 5, 16, ProgressStatus.NOT_BEGUN),
    ],
)
def test_who_is_at_a_step_for_longer_than_the_lab_allows_is_stuck(
    state: AssessmentSummary, minutes: int, began: int | None, need: ProgressStatus
) -> None:
    since = NOW - minutes * MINUTE
    late = StuckRule(NOW, None if began is None else NOW - began * MINUTE)
    assert late.find_status(State(state, since, since)) is need


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        ((15, 15, 25, 15), "15 min, at “Allow the gateway in” 25 min"),
        ((90, 90, 90, 90), "1 h 30 min"),
        ((None, None, 25, None), "as long as it takes, at “Allow the gateway in” 25 min"),
        ((None, None, None, None), ""),
    ],
)
def test_the_board_says_for_how_long_one_may_be_at_a_step(
    minutes: tuple[int | None, ...], words: str
) -> None:
    steps = tuple(
        replace(step, stuck_after=each * MINUTE if each else None)
        for step, each in zip(active_lab().steps[1:5], minutes, strict=True)
    )
    assert describe_patience(replace(active_lab(), steps=steps)) == words


@pytest.mark.parametrize(("begun", "others", "works"), [(1, 0, True), (1, 1, False), (2, 1, True)])
def test_a_class_is_at_work_when_most_of_it_has_begun(begun: int, others: int, works: bool) -> None:  # noqa: FBT001
    held = [State(at("dns"), NOW, NOW)] * begun + [State(NOT_BEGUN, NOW, NOW)] * others
    assert find_work_begin(sum(each.has_begun for each in held), len(held), NOW) == (
        NOW if works else None
    )


def one(
    name: str, state: AssessmentSummary | None, minutes: float = 0, failure: str = ""
) -> BoardRow:
    owned = BoardNamespace(
        hash(name), name, name, NOW, FetchProblem(failure, NOW) if failure else None
    )
    since = NOW - minutes * MINUTE
    held = State(state, since, since) if state else None
    return build_row(owned, held, UNREAD, StuckRule(NOW, NOW - 60 * MINUTE))


def test_who_needs_help_most_stands_first() -> None:
    rows = [
        one("done", at(), 600),
        one("just-here", at("dns"), 1),
        one("here-longer", at("dns"), 9),
        one("at-the-long-step", at("kuma"), 20),
        one("stuck", at("dns"), 16),
        one("stuck-longer", at("gateway"), 90),
        one("never-began", NOT_BEGUN, 600),
        one("late-to-begin", NOT_BEGUN, 14),
        one("unread", None),
        one("failing", at("dns"), 30, failure="forbidden"),
    ]
    assert [row.namespace.name for row in sort_by_need(rows)] == [
        "failing",
        "unread",
        "never-began",
        "stuck-longer",
        "stuck",
        "at-the-long-step",
        "here-longer",
        "just-here",
        "late-to-begin",
        "done",
    ]
    counted = {
        stage.title: (stage.count, stage.stuck) for stage in count_stages(active_lab(), rows)
    }
    assert counted["Allow DNS"] == (3, 1)
    assert counted["Cannot be read"] == (2, 0)
    assert sum(count for count, _ in counted.values()) == len(rows)


@pytest.mark.parametrize(
    ("step", "flow", "asked"),
    [
        ("default-deny", "redis to DNS", False),
        ("dns", "redis to DNS", True),
        ("dns", "Gateway to student-app", False),
        ("gateway", "Gateway to student-app", True),
        ("gateway", "redis to DNS", True),
        ("kuma", "Other student to student-app", False),
        ("all-flows", "Other student to student-app", True),
        (None, "Other student to student-app", True),
    ],
)
def test_a_flow_is_asked_for_from_a_step_on(step: str | None, flow: str, asked: bool) -> None:  # noqa: FBT001
    found = next((each for each in active_lab().steps if each.key == step), None)
    assert (flow in find_due_flows(active_lab(), found)) is asked


def test_a_flow_fails_only_for_those_whose_steps_ask_for_it() -> None:
    closed = {"redis to DNS": Outcome.DENY, "Gateway to student-app": Outcome.DENY}
    rows = [
        one("at-deny", at(*CHECKED, flows=closed)),
        one("at-dns", at(*CHECKED[1:], flows=closed)),
        one("at-gateway", at(*CHECKED[2:], flows=closed)),
        one("failing", at(*CHECKED[2:], flows=closed), failure="no"),
    ]
    assert [(each.flow.name, each.count) for each in count_failing_flows(rows)] == [
        ("redis to DNS", 2),
        ("Gateway to student-app", 1),
    ]


@pytest.mark.django_db
def test_the_board_says_who_is_stuck_and_for_how_long(client: Client) -> None:
    student("ada", "dns", "all-flows")
    client.force_login(make.instructor())
    then = f"{make.after(20 * 60):%Y-%m-%dT%H:%M:%SZ}"
    page = client.get("/", {"at": then}).content.decode()
    assert 'data-need="stuck"' in page
    assert ">stuck</b> for <time" in page
    assert ">20 min</time>" in page
    assert "1 stuck" in page


@pytest.mark.django_db
def test_who_has_not_begun_is_not_stuck_while_nobody_has() -> None:
    ada, ben = make.namespace("ada"), make.namespace("ben")
    for namespace in (ada, ben):
        make.snapshot(namespace)
    found = query_rows(Namespace.objects.all())
    assert {row.need for row in found} == {ProgressStatus.NOT_BEGUN}
    assert not any(row.brief.has_begun for row in found)
    make.snapshot(ben, *make.solution()[:1], seconds=60)
    make.snapshot(make.namespace("cy"), *make.solution()[:1], seconds=60)
    StepReached.objects.create(namespace=ben, step="default-deny", at=make.after(60))
    needs = {row.namespace.student: row.need for row in query_rows(Namespace.objects.all())}
    assert needs["ada"] is ProgressStatus.STUCK  # it is long after noon
    assert timezone.now() - make.NOON > timedelta(minutes=16)


@pytest.mark.django_db
def test_a_student_is_waited_for_as_soon_as_their_class_is_at_work(client: Client) -> None:
    for environment in ("dev", "prod"):
        make.snapshot(make.namespace("ada", environment))
    client.force_login(make.user("ada"))
    needs = 'data-need="stuck"', 'data-need="not-begun"'

    def shown() -> list[int]:
        return [get(client, "/").html.count(need) for need in needs]

    assert shown() == [0, 2]
    for login in ("ben", "cy"):
        other = make.namespace(login)
        make.snapshot(other, *make.solution()[:1], seconds=60)
        StepReached.objects.create(namespace=other, step="default-deny", at=make.after(60))
    assert shown() == [1, 1]
