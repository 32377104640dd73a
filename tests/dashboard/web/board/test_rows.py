"""A student's row on the board: the step they are at, what they reached, what is against it."""

import pytest

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.assess.flow_answers import CONTRADICTIONS
from dashboard.assess.steps import StepStatus
from dashboard.web.board.overview import count_failing_flows, count_stages
from dashboard.web.board.queries import query_rows
from dashboard.web.board.rows import BoardRow
from netpol.model import Outcome
from tests import make
from tests.dashboard.classes import CHECKED, student, summary

pytestmark = pytest.mark.django_db


def rows() -> list[BoardRow]:
    return query_rows(models.Namespace.objects.all())


def only() -> BoardRow:
    (row,) = rows()
    return row


@pytest.mark.parametrize(
    ("missing", "title"),
    [
        (CHECKED, "Default deny"),
        (["dns", "all-flows"], "Allow DNS"),
        (["all-flows"], "All flows as the lab wants them"),
        ([], None),
    ],
)
def test_the_current_step_is_the_first_that_does_not_hold(
    missing: list[str], title: str | None
) -> None:
    student("ada", *missing)
    row = only()
    assert (row.current_step.title if row.current_step else None) == title


def test_a_step_that_cannot_be_told_is_not_done() -> None:
    make.snapshot(
        make.namespace(), summary=summary() | {"steps": {"default-deny": True, "dns": None}}
    )
    row = only()
    assert row.current_step is not None
    assert row.current_step.key == "dns"


def test_marks_tell_what_holds_what_was_lost_and_what_is_not_list_checked_steps() -> None:
    namespace = student("ada", "dns", "kuma", "all-flows")
    for key in ("baseline", "default-deny", "dns"):
        models.StepReached.objects.create(namespace=namespace, step=key, at=make.NOON)
    row = only()
    assert {mark.step.key: mark.status for mark in row.marks} == {
        "baseline": StepStatus.DONE,
        "default-deny": StepStatus.HOLDS,
        "dns": StepStatus.LOST,
        "gateway": StepStatus.HOLDS,
        "app-redis": StepStatus.HOLDS,
        "kuma": StepStatus.OPEN,
        "all-flows": StepStatus.OPEN,
        "committed": StepStatus.NOT_CHECKED,
        "charts": StepStatus.NOT_CHECKED,
    }
    assert row.marks[0].reached == make.NOON


def test_everybody_is_counted_at_one_place() -> None:
    student("one", *CHECKED)
    student("two", *CHECKED)
    student("three", "kuma", "all-flows")
    student("done")
    make.namespace("unread")
    counted = {
        stage.title: stage.count for stage in count_stages(active_lab(), rows()) if stage.count
    }
    assert counted == {
        "Cannot be read": 1,
        "Default deny": 2,
        "Allow Uptime Kuma to monitor": 1,
        "Done": 1,
    }


def test_the_flows_that_fail_most_are_counted_over_those_that_could_be_read() -> None:
    student("ada", flows={"redis to DNS": Outcome.DENY, "student-app to redis": Outcome.PARTIAL})
    student("grace", flows={"redis to DNS": Outcome.UNKNOWN})
    make.namespace("unread")
    found = count_failing_flows(rows())
    assert [(item.flow.name, item.count) for item in found] == [
        ("redis to DNS", 2),
        ("student-app to redis", 1),
    ]


@pytest.mark.parametrize("predicted", Outcome)
@pytest.mark.parametrize("observed", models.ObservedOutcome)
def test_only_the_opposite_of_the_prediction_contradicts_it(
    predicted: Outcome, observed: models.ObservedOutcome
) -> None:
    opposite = {("allow", "blocked"), ("deny", "reached")}
    assert ((predicted, observed) in CONTRADICTIONS) is ((predicted, observed) in opposite)
