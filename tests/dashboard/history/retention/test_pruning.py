"""`manage.py prune` on real rows: what goes, what stays, and what pages still answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from dashboard.assess import json_columns as stored
from dashboard.history import retention
from dashboard.history.retention import compaction, pruning
from dashboard.history.retention.compaction import MOST_A_DAY
from dashboard.history.retention.unused import find_unused, remove_unused
from dashboard.models import (
    FetchError,
    Incident,
    Namespace,
    Observation,
    ObservedOutcome,
    PodState,
    PolicySet,
    Run,
    Snapshot,
    StepReached,
    StoredAssessment,
    StoredDiagnosis,
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
    (snapshot,) = Snapshot.objects.holding(make.after(60 * minute)).without_bodies()
    return snapshot.summary, snapshot.step


def test_old_snapshots_go_and_moments_in_runs_still_show_the_same() -> None:
    edits()
    Run.objects.create(
        name="r", lab="l", began_at=make.after(60 * 90), ended_at=make.after(60 * 100)
    )
    # Steps were first reached in the first and the sixth snapshot, the latter just after the fifth.
    before = [held(minute) for minute in (90, 95, 100, 300, 330, 360, 419)]
    assert prune() == {"snapshots": 2, "sets of policies": 2, "assessments": 2}
    assert intervals() == [
        (1, 0, 3300, False),
        (1, 3600, 3600 + 3300, False),
        (1, 4 * 3600, 4 * 3600 + 3300, False),
        (1, 5 * 3600, 5 * 3600 + 3300, False),
        (0, 6 * 3600, 6 * 3600 + 3300, True),
    ]
    assert [held(minute) for minute in (90, 95, 100, 300, 330, 360, 419)] == before
    assert prune() == {}


def test_a_deleted_time_after_a_kept_snapshot_is_unknown_not_as_before(client: Client) -> None:
    edits()
    Run.objects.create(name="r", lab="l", began_at=make.after(5400), ended_at=make.after(5400))
    prune()
    ada = Namespace.objects.get()
    gap = ada.fetch_errors.get()
    assert (gap.first_seen, gap.last_seen, gap.is_open) == (
        make.after(2 * 3600),
        make.after(4 * 3600),
        False,
    )
    client.force_login(make.instructor())
    for minute, is_known in [(90, True), (119, True), (121, False), (180, False), (239, False)]:
        moment = make.after(60 * minute).isoformat().replace("+00:00", "Z")
        page = get(client, "/n/student-ada-dev/", at=moment)
        assert page.status == 200
        assert ("has been deleted" in page.text) is not is_known
    assert ada.fetch_errors.holding(make.after(4 * 3600)).count() == 0


def test_the_snapshot_that_holds_at_the_border_and_the_newest_one_stay() -> None:
    edits()
    StepReached.objects.all().delete()
    retention.prune(make.after(2.5 * 3600), apply=True)
    assert [row[1] for row in intervals()] == [3600 * hour for hour in range(2, 7)]
    Snapshot.objects.filter(is_open=True).update(is_open=False)
    prune()
    assert [row[1] for row in intervals()] == [6 * 3600]


def test_closed_rows_of_probes_and_pods_go_and_open_ones_stay() -> None:
    ada = make.namespace()
    Run.objects.create(name="r", lab="l", began_at=make.after(7200), ended_at=make.after(7300))
    for hours in (1, 2, 3):
        times: dict[str, Any] = {
            "first_seen": make.after(3600 * hours),
            "last_seen": make.after(3600 * hours + 60),
        }
        make.observation(ada, is_open=hours == 3, **times)
        make.pod_state(ada, is_open=hours == 3, **times)
    assert prune() == {"observations": 1, "states of pods": 1}
    for model in (Observation, PodState):
        firsts = model.objects.order_by("first_seen").values_list("first_seen", flat=True)
        assert list(firsts) == [make.after(7200), make.after(10_800)]


def test_nothing_goes_that_is_not_old_or_while_nobody_says_yes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    edits()
    age = (timezone.now() - make.NOON).days
    call_command("prune", "--days", str(age - 1))
    said = capsys.readouterr().out
    assert "snapshots                    3 of         7 rows" in said
    assert "Nothing was removed: --yes removes it" in said
    call_command("prune", "--days", str(age + 1), "--yes")
    assert Snapshot.objects.count() == 7
    call_command("prune", "--days", str(age - 1), "--yes")
    assert "Removed: about " in capsys.readouterr().out
    assert Snapshot.objects.count() == 4


def test_of_two_who_prune_at_once_the_second_records_no_gap_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By other days, between this one's reading and its writing."""
    edits()
    Run.objects.create(name="r", lab="l", began_at=make.after(5400), ended_at=make.after(5400))
    real = pruning.delete_closed

    def pruned_meanwhile(*given: Any) -> int:
        monkeypatch.setattr(pruning, "delete_closed", real)
        retention.prune(LATER, apply=True)
        return real(*given)

    monkeypatch.setattr(pruning, "delete_closed", pruned_meanwhile)
    retention.prune(make.after(3.5 * 3600), apply=True)
    assert [row[1] for row in intervals()] == [0, 3600, 4 * 3600, 5 * 3600, 6 * 3600]
    assert FetchError.objects.count() == 1


def test_of_two_who_compact_a_day_at_once_the_second_leaves_no_hole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = make.namespace()
    for minute in range(MOST_A_DAY + 1):
        times: dict[str, Any] = {
            "first_seen": make.after(60 * minute),
            "last_seen": make.after(60 * minute + 30),
        }
        make.observation(ada, is_open=False, **times)
    real = compaction.find_flapping
    day_after = make.after(2 * 86400)

    def compacted_meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(compaction, "find_flapping", real)
        retention.compact_flapping(day_after)
        return real(*given)

    monkeypatch.setattr(compaction, "find_flapping", compacted_meanwhile)
    retention.compact_flapping(day_after)
    row = Observation.objects.get()
    assert (row.last_seen, row.looks) == (make.after(60 * MOST_A_DAY + 30), MOST_A_DAY + 1)


def test_a_day_is_judged_once_it_is_over(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    edits()
    monkeypatch.setattr(timezone, "now", lambda: make.after(36 * 3600 - 60))
    call_command("prune", "--days", "1", "--yes")
    assert capsys.readouterr().out.startswith("Over before 2026-03-03 00:00 UTC, outside")
    assert Snapshot.objects.count() == 7
    monkeypatch.setattr(timezone, "now", lambda: make.after(36 * 3600))
    call_command("prune", "--days", "1")
    said = capsys.readouterr().out
    assert said.startswith("Over before 2026-03-04 00:00 UTC, outside")
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


def test_reports_of_a_run_are_the_same_after_pruning(admin_client: Client) -> None:
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

    Run.objects.create(name="r", lab="l", began_at=make.after(8000), ended_at=make.after(10_000))
    moments = range(134, 167, 4)
    before = [judged(minute) for minute in moments]
    assert prune()["snapshots"] == 2
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
    assert Namespace.objects.get().fetch_errors.count() == 2


def test_what_changes_all_the_time_is_kept_as_one_a_day() -> None:
    ada = make.namespace()
    outcomes = ["reached", "blocked"] * MOST_A_DAY
    for number, outcome in enumerate(outcomes):
        times: dict[str, Any] = {
            "first_seen": make.after(60 * number),
            "last_seen": make.after(60 * number + 30),
        }
        make.observation(ada, outcome=outcome, is_open=False, **times)
        make.pod_state(ada, ready=number % 2 == 0, restarts=number, is_open=False, **times)
        times["last_seen"] += timedelta(seconds=25 if number == 7 else 0)
        ada.fetch_errors.create(
            reason=f"try {number}", failing_since=times["first_seen"], is_open=False, **times
        )
    calm = make.observation(ada, flow="other", is_open=False)
    assert retention.compact_flapping(make.after(86400)) == 0
    assert retention.compact_flapping(make.after(2 * 86400)) == 3 * (len(outcomes) - 1)
    folded = Observation.objects.exclude(pk=calm.pk).get()
    assert (folded.outcome, folded.looks) == (ObservedOutcome.UNKNOWN, len(outcomes))
    assert folded.reason.endswith(
        f"reached {MOST_A_DAY} times, blocked {MOST_A_DAY} times, unknown 0 times"
    )
    assert folded.last_seen == make.after(60 * (len(outcomes) - 1) + 30)
    pod = PodState.objects.get()
    assert (pod.ready, pod.restarts) == (False, len(outcomes) - 1)
    failure = ada.fetch_errors.get()
    assert (
        f"{len(outcomes)} times on that day, of which only this one, the longest, is"
        in failure.reason
    )
    assert failure.reason.endswith(": try 7")
    known = failure.failing_since, failure.first_seen, failure.last_seen
    assert known == (make.after(420), make.after(420), make.after(475))
    assert retention.compact_flapping(make.after(2 * 86400)) == 0


def test_diagnoses_go_with_the_last_state_that_they_were_of() -> None:
    edits()
    for row in Snapshot.objects.with_contents():
        key = stored.compute_diagnosis_key(row.policy_set.manifests, row.assessment.body, row.pods)
        fields: dict[str, Any] = {"causes": [], "findings": [], "edits": [], "policies": []}
        StoredDiagnosis.objects.get_or_create(digest=key, defaults=fields)
    assert StoredDiagnosis.objects.count() == 7
    assert prune()["diagnoses"] == 3
    assert StoredDiagnosis.objects.count() == 4


def test_what_a_poll_meanwhile_uses_again_stays() -> None:
    edits()
    gone = PolicySet.objects.get(snapshots__first_seen=make.after(3600))
    Snapshot.objects.filter(policy_set=gone).delete()
    (key,) = find_unused(set())[PolicySet]
    see(make.reading(named("try-0")), seconds=30_000)
    assert remove_unused(PolicySet, [key]) == 0
    assert Snapshot.objects.filter(is_open=True, policy_set=gone).exists()


def test_what_a_poll_keeps_meanwhile_stays() -> None:
    edits()

    def poll(*_: object) -> None:
        fields: dict[str, Any] = {"causes": [], "findings": [], "edits": [], "policies": []}
        StoredDiagnosis.objects.get_or_create(digest="new", defaults=fields)

    assert find_unused(set(), poll)[StoredDiagnosis] == []
    assert StoredDiagnosis.objects.exists()


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
