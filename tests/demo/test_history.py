"""The past that a demo starts with is what its students did, recorded by the product's own code."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from dashboard.models import Namespace, Observation, Snapshot
from demo import history
from demo.classroom.roster import build_classroom, create_student
from demo.classroom.stories import STORIES
from demo.programs import format_kubeconfig
from netpol import lab
from tests.demo.test_stories import START

TOLD = (
    "early", "stopped", "absent", "reapplies", "tinkerer", "unreadable", "malformed", "undoes",
    "at-once", "unenforced", "cilium-gateway", "crashing", "detached",
)  # fmt: skip
NUMBERS = {story.key: number for number, story in enumerate(STORIES) if story.key in TOLD}
ROOM = build_classroom(
    START, tuple(map(create_student, NUMBERS.values())), lab.load_default_lab().namespaces
)


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _past(
    django_db_setup: None,  # noqa: ARG001  # used
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Recorded once, since it takes seconds; the tests only read it."""
    file = tmp_path_factory.mktemp("past") / "kubeconfig"
    file.write_text(format_kubeconfig("http://127.0.0.1:1"))  # nobody is asked
    cluster = override_settings(KUBECONFIG=str(file), KUBE_CONTEXT="demo")
    with django_db_blocker.unblock(), transaction.atomic():
        with cluster:
            history.record_past(ROOM)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("_past")
def test_each_change_of_meaning_is_a_snapshot_and_nothing_else_is() -> None:
    assert met("early") == [12, 6, 12, 14, 15, 18]
    assert met("stopped") == [12, 6]
    assert met("absent") == [12]
    assert met("reapplies") == [12, 6, 12, 14, 15, 18]  # and the same again, many times
    assert met("tinkerer")[4:9] == [18, 17, 18, 17, 18]
    assert met("unreadable") == [12, 6, 12]  # readable once
    assert met("malformed") == [12, 6, 12]
    failing = Namespace.objects.exclude(failure="").values_list("name", flat=True)
    assert list(failing) == [namespace("malformed")]


def namespace(story: str) -> str:
    return ROOM.dev_namespace(create_student(NUMBERS[story])).name


def met(story: str) -> list[int]:
    snapshots = Snapshot.objects.filter(namespace__name=namespace(story)).order_by("first_seen")
    return [snapshot.summary["met"] for snapshot in snapshots]


@pytest.mark.usefixtures("_past")
def test_snapshots_follow_one_another_from_three_hours_ago_until_the_start() -> None:
    for each in ROOM.namespaces.values():
        if each.student.story.key == "malformed":
            continue
        snapshots = list(Snapshot.objects.filter(namespace__name=each.name).order_by("first_seen"))
        assert snapshots[0].first_seen == START - timedelta(hours=3)
        assert snapshots[-1].last_seen == START
        assert [snapshot.is_open for snapshot in snapshots].count(True) == 1
        assert snapshots[-1].is_open


@pytest.mark.usefixtures("_past")
def test_what_is_over_was_diagnosed_as_polls_would_have() -> None:
    over = Snapshot.objects.filter(is_open=False)
    assert not over.filter(mistakes__isnull=True).exists()
    begun = {row.first_seen.isoformat() for row in over}
    made = [each for row in over for each in row.mistakes or ()]
    assert made
    assert {each["since"] for each in made} <= begun


@pytest.mark.usefixtures("_past")
def test_probes_saw_what_the_policies_of_the_time_did() -> None:
    flow = "student-app to DNS"
    rows = Observation.objects.filter(namespace__name=namespace("undoes"), flow=flow)
    seen = [(row.outcome, row.is_open) for row in rows.filter(method="health").order_by("pk")]
    assert seen == [
        ("reached", False),
        ("unknown", False),  # default deny keeps the gateway out, which is how a probe gets in
        ("reached", False),  # although Redis is not
        ("reached", False),
        ("blocked", True),  # the policy for DNS is gone again
    ]


# Of each kind one: the story, a flow, the method that looks at it, and what it saw last.
ANSWERS = [
    ("unenforced", "Gateway to student-app", "health", "reached", "answered"),
    ("unenforced", "student-app to internet HTTPS", "prober", "reached", "answered"),
    ("cilium-gateway", "Gateway to student-app", "visits", "blocked", "gateway-denied"),
    ("crashing", "Gateway to student-app", "health", "unknown", "gateway-has-no-endpoint"),
    ("detached", "Gateway to uptime-kuma", "status-page", "unknown", "no-route"),
    ("undoes", "uptime-kuma to internet HTTPS", "status-page", "blocked", "kuma-blind"),
    ("at-once", "uptime-kuma to DNS", "status-page", "unknown", "kuma-stale"),
    ("reapplies", "uptime-kuma to DNS", "status-page", "unknown", "unclear"),
    ("early", "redis to DNS", "prober", "reached", "answered"),
    ("stopped", "student-app to DNS", "prober", "blocked", "dropped"),
]


@pytest.mark.usefixtures("_past")
def test_each_kind_of_answer_can_be_seen() -> None:
    opened = Observation.objects.filter(is_open=True).select_related("namespace")
    seen = {
        (row.namespace.name, row.flow, row.method, row.outcome, row.sign)
        for row in opened
        if row.vantage in {settings.PROBE_VANTAGE, "uptime-kuma"} or row.method == "prober"
    }
    expected = {(namespace(story), *answer) for story, *answer in ANSWERS}
    assert expected <= seen, expected - seen
