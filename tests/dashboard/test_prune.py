"""`manage.py prune` on real rows: what goes, what stays, and what pages still answer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from dashboard.assess import stored
from dashboard.history import retention
from dashboard.history.retention import rule
from dashboard.history.retention.rule import FLAPS
from dashboard.models import (
    Diagnosis,
    Incident,
    Namespace,
    Observation,
    ObservedOutcome,
    PodState,
    PolicySet,
    Run,
    Snapshot,
    StoredAssessment,
)
from tests import make
from tests.dashboard.html import get
from tests.dashboard.polls import DENY, intervals, see

pytestmark = pytest.mark.django_db

LATER = make.after(86400 * 100)


def named(name: str) -> dict[str, Any]:
    """A policy that selects nobody: another state with the same verdicts."""
    return make.policy(name, podSelector={"matchLabels": {"app": "nobody"}}, policyTypes=["Egress"])


def edits() -> None:
    """Each for an hour: what opens nothing under five names, default deny, nothing."""
    names = ("first", *(f"try-{number}" for number in range(4)))
    for hour, policies in enumerate([*([named(name)] for name in names), [DENY], []]):
        for seconds in (0, 3300):
            see(make.reading(*policies), seconds=3600 * hour + seconds)


def prune() -> dict[str, int]:
    found = retention.prune(LATER, apply=True)
    return {each.table: each.rows for each in found if each.rows}


def held(minute: int) -> tuple[object, str]:
    (snapshot,) = Snapshot.objects.holding(make.after(60 * minute)).light()
    return snapshot.summary, snapshot.step


def test_states_without_a_new_verdict_go_and_every_moment_still_shows_the_same() -> None:
    edits()
    before = [held(minute) for minute in range(0, 420, 7)]
    # The last of the four was there ten minutes before default deny was first reached.
    assert prune() == {"snapshots": 3, "sets of policies": 3, "assessments": 3}
    assert intervals() == [
        (1, 0, 3 * 3600 + 3300, False),
        (1, 4 * 3600, 4 * 3600 + 3300, False),
        (1, 5 * 3600, 5 * 3600 + 3300, False),
        (0, 6 * 3600, 6 * 3600 + 3300, True),
    ]
    assert [held(minute) for minute in range(0, 420, 7)] == before
    assert prune() == {}


def test_nothing_goes_that_is_not_old_or_while_nobody_says_yes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    edits()
    age = (timezone.now() - make.NOON).days
    call_command("prune", "--days", str(age - 1))
    said = capsys.readouterr().out
    assert "snapshots                    3 of         7 rows" in said
    assert "Nothing was removed. With --yes this would be" in said
    call_command("prune", "--days", str(age + 1), "--yes")
    assert Snapshot.objects.count() == 7
    call_command("prune", "--days", str(age - 1), "--yes")
    assert "Removed: about " in capsys.readouterr().out
    assert Snapshot.objects.count() == 4


@pytest.mark.parametrize("before", [LATER, make.after(2.5 * 3600)])
def test_of_two_who_prune_at_once_the_second_leaves_no_hole(
    before: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By other days, between this one's reading and its writing."""
    edits()
    real = rule.states

    def pruned_meanwhile(*given: Any) -> list[rule.Merge]:
        monkeypatch.setattr(rule, "states", real)
        retention.prune(LATER, apply=True)
        return list(real(*given))

    monkeypatch.setattr(rule, "states", pruned_meanwhile)
    found = retention.prune(before, apply=True)
    assert {each.table: each.rows for each in found}["snapshots"] == 0
    assert [row[:3] for row in intervals()][:2] == [(1, 0, 14_100), (1, 14_400, 17_700)]


def test_of_two_who_fold_a_day_at_once_the_second_leaves_no_hole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = make.namespace()
    for minute in range(FLAPS + 1):
        times: dict[str, Any] = {
            "first_seen": make.after(60 * minute),
            "last_seen": make.after(60 * minute + 30),
        }
        make.observation(ada, is_open=False, **times)
    real = rule.flapping

    def pruned_meanwhile(*given: Any) -> list[rule.Merge]:
        monkeypatch.setattr(rule, "flapping", real)
        retention.prune(LATER, apply=True)
        return list(real(*given))

    monkeypatch.setattr(rule, "flapping", pruned_meanwhile)
    assert not any(each.rows for each in retention.prune(LATER, apply=True))
    row = Observation.objects.get()
    assert (row.last_seen, row.looks) == (make.after(60 * FLAPS + 30), FLAPS + 1)


def test_a_day_is_judged_once_it_is_over(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    edits()
    monkeypatch.setattr(timezone, "now", lambda: make.after(36 * 3600 - 60))
    call_command("prune", "--days", "1", "--yes")
    assert capsys.readouterr().out.startswith("Over before 2026-03-03 00:00 UTC, and")
    assert Snapshot.objects.count() == 7
    monkeypatch.setattr(timezone, "now", lambda: make.after(36 * 3600))
    call_command("prune", "--days", "1")
    said = capsys.readouterr().out
    assert said.startswith("Over before 2026-03-04 00:00 UTC, and")
    assert "snapshots                    3 of         7 rows" in said


@pytest.mark.parametrize(
    ("began", "ended", "left"),
    [(90, 90, 5), (90, 160, 6), (500, 500, 4), (65, None, 7)],
)
def test_what_a_run_speaks_of_stays(began: int, ended: int | None, left: int) -> None:
    edits()
    end = make.after(60 * ended) if ended else None
    Run.objects.create(name="r", lab="l", began_at=make.after(60 * began), ended_at=end)
    prune()
    assert Snapshot.objects.count() == left


def test_what_an_incident_speaks_of_stays() -> None:
    edits()
    Incident.objects.create(
        namespace=Namespace.objects.get(),
        flow="student-app to redis",
        cause="policy-added",
        worked_at=make.after(90 * 60),
        opened_at=make.after(91 * 60),
        closed_at=make.after(150 * 60),
    )
    prune()
    assert Snapshot.objects.count() == 6


def test_what_an_instructor_marked_stays() -> None:
    edits()
    ada = Namespace.objects.get()
    ada.step_marks.create(
        step="committed", by="grace", at=make.after(-9000), taken_back_at=make.after(9000)
    )
    assert prune()["snapshots"] == 2
    assert ada.step_marks.count() == 1


def test_reports_of_the_past_are_the_same_after_pruning(admin_client: Client) -> None:
    """Looks that differ in words alone, that one look interrupts, that pause; pods that restart."""
    edits()
    ada = Namespace.objects.get()
    words = ["is connected to Redis", "answered"]
    for number, (outcome, looks) in enumerate(
        [("reached", 5), ("reached", 3), ("blocked", 1), ("reached", 4), ("unknown", 1)] * 9
    ):
        begin = 2700 + 480 * number
        times: dict[str, Any] = {
            "first_seen": make.after(begin),
            "last_seen": make.after(begin + 60 * (looks - 1)),
        }
        told: dict[str, Any] = {"reason": words[number % 2], "latency_ms": number, "looks": looks}
        make.observation(ada, outcome=outcome, is_open=False, **told, **times)
        make.pod_state(ada, ready=number % 3 > 0, restarts=number // 2, is_open=False, **times)

    def judged(minute: float) -> list[object]:
        at = make.after(60 * minute)
        (report,) = admin_client.get(f"/report/gradebook.json?at={at:%FT%TZ}").json()["reports"]
        criteria = [each for area in report["points"]["areas"] for each in area["criteria"]]
        items = [*report["steps"], *report["checklist"], *(i for c in criteria for i in c["items"])]
        return [report["points"]["earned"], report["points"]["judged"]] + [
            (item["key"], item["state"], _seen(item)) for item in items
        ]

    # Some minutes after each change: right after it, a look from before it counts again.
    moments = [60 * hour + minute for hour in range(1, 6) for minute in (7, 18, 23, 36, 54)]
    before = [judged(minute) for minute in moments]
    assert prune()["snapshots"] == 3
    assert [judged(minute) for minute in moments] == before


def _seen(item: dict[str, Any]) -> object:
    """What probes and pods prove to the word and second, policies by whatever name they had."""
    by_policies = item["source"] in ("policies", "findings")
    return None if by_policies else (item["proof"], item["at"])


def test_what_could_not_be_read_stays_and_what_was_read_in_between() -> None:
    for seconds in (0, 60, 120, 180):
        see(make.failure() if seconds in (60, 180) else make.reading(DENY), seconds=seconds)
    see(make.reading(DENY), seconds=240)
    assert prune() == {}
    assert Namespace.objects.get().read_failures.count() == 2


def test_what_changes_all_the_time_is_kept_as_one_a_day() -> None:
    ada = make.namespace()
    outcomes = ["reached", "blocked"] * FLAPS
    for number, outcome in enumerate(outcomes):
        times: dict[str, Any] = {
            "first_seen": make.after(60 * number),
            "last_seen": make.after(60 * number + 30),
        }
        make.observation(ada, outcome=outcome, is_open=False, **times)
        make.pod_state(ada, ready=number % 2 == 0, restarts=number, is_open=False, **times)
        times["last_seen"] += timedelta(seconds=25 if number == 7 else 0)
        ada.read_failures.create(
            reason=f"try {number}", failing_since=times["first_seen"], is_open=False, **times
        )
    calm = make.observation(ada, flow="other", is_open=False)
    assert retention.fold(make.after(86400)) == 0
    assert retention.fold(make.after(2 * 86400)) == 3 * (len(outcomes) - 1)
    folded = Observation.objects.exclude(pk=calm.pk).get()
    assert (folded.outcome, folded.looks) == (ObservedOutcome.UNKNOWN, len(outcomes))
    assert folded.reason.endswith(f"reached {FLAPS} times, blocked {FLAPS} times, unknown 0 times")
    assert folded.last_seen == make.after(60 * (len(outcomes) - 1) + 30)
    pod = PodState.objects.get()
    assert (pod.ready, pod.restarts) == (False, len(outcomes) - 1)
    failure = ada.read_failures.get()
    assert f"{len(outcomes)} times, of which only this one, the longest, is" in failure.reason
    assert failure.reason.endswith(": try 7")
    known = failure.failing_since, failure.first_seen, failure.last_seen
    assert known == (make.after(420), make.after(420), make.after(475))
    assert retention.fold(make.after(2 * 86400)) == 0


def test_diagnoses_go_with_the_last_state_that_they_were_of() -> None:
    edits()
    for row in Snapshot.objects.whole():
        key = stored.diagnosis_key(row.policy_set.manifests, row.assessment.body, row.pods)
        fields: dict[str, Any] = {"causes": [], "findings": [], "edits": [], "policies": []}
        Diagnosis.objects.get_or_create(digest=key, defaults=fields)
    assert Diagnosis.objects.count() == 7
    assert prune()["diagnoses"] == 3
    assert Diagnosis.objects.count() == 4


def test_what_a_poll_meanwhile_uses_again_stays() -> None:
    edits()
    gone = PolicySet.objects.get(snapshots__first_seen=make.after(3600))
    Snapshot.objects.filter(policy_set=gone).delete()
    (key,) = retention.contents.unused(set())[PolicySet]
    see(make.reading(named("try-0")), seconds=30_000)
    assert retention.contents.remove(PolicySet, [key]) == 0
    assert Snapshot.objects.filter(is_open=True, policy_set=gone).exists()


def test_what_a_poll_keeps_meanwhile_stays() -> None:
    edits()

    def poll(*_: object) -> None:
        fields: dict[str, Any] = {"causes": [], "findings": [], "edits": [], "policies": []}
        Diagnosis.objects.get_or_create(digest="new", defaults=fields)

    assert retention.contents.unused(set(), poll)[Diagnosis] == []
    assert Diagnosis.objects.exists()


def test_pages_still_work_when_all_that_could_go_went(client: Client) -> None:
    edits()
    prune()
    assert StoredAssessment.objects.count() == 4
    client.force_login(make.instructor())
    assert get(client, "/").status == 200
    page = get(client, "/n/student-ada-dev/")
    assert page.status == 200
    assert page.text.count("Compare") >= 1
    moment = (make.NOON + timedelta(minutes=90)).isoformat().replace("+00:00", "Z")
    assert get(client, "/n/student-ada-dev/diff", **{"from": moment}).status == 200
