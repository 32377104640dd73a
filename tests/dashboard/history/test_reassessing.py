"""`manage.py reassess`: the history by another lab file or evaluator."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from pytest_django import Settings

from dashboard.assess.assessed_snapshot import AssessedSnapshot
from dashboard.cluster_reading import Surroundings
from dashboard.collect.poll import record_reading
from dashboard.history import anew
from dashboard.history.reassessing import Reassessed, reassess
from dashboard.history.rediagnosing import rediagnose
from dashboard.history.snapshots import store_contents
from dashboard.models import (
    Incident,
    Namespace,
    Snapshot,
    StepReached,
    StoredAssessment,
    StoredDiagnosis,
)
from netpol import model
from tests import make
from tests.dashboard.polls import DENY, see

pytestmark = pytest.mark.django_db


def again(**options: Any) -> Reassessed:
    return reassess(Namespace.objects.all(), **{"apply": True} | options)


def rows() -> list[Any]:
    tables = (Snapshot, StepReached, Incident)
    return [row for table in tables for row in QuerySet(table).order_by("pk").values()]


def diagnosed() -> int:
    return rediagnose(Namespace.objects.all(), anew=False)


def over_udp_only() -> list[dict[str, Any]]:
    """Default deny, and names over UDP alone."""
    (dns,) = (each for each in make.solution() if each["metadata"]["name"] == "allow-dns-egress")
    (rule,) = dns["spec"]["egress"]
    ports = [port for port in rule["ports"] if port["protocol"] == "UDP"]
    return [DENY, dns | {"spec": dns["spec"] | {"egress": [rule | {"ports": ports}]}}]


def steps() -> list[tuple[str, int]]:
    """Of each state the step to do, and since when it was that one."""
    found = Snapshot.objects.order_by("first_seen")
    return [(row.step, int((row.step_since - make.NOON).total_seconds())) for row in found]


def reached(step: str) -> list[int]:
    found = StepReached.objects.filter(step=step)
    return [int((each.at - make.NOON).total_seconds()) for each in found]


@pytest.fixture
def a_lab_that_asks_for_udp_only(settings: Settings, tmp_path: Path) -> Callable[[], None]:
    """The lab as it is until the test asks for the other."""
    text = ours.LAB_FILE.read_text("utf-8")
    step, rest = text.split("    title: Allow DNS\n", 1)
    asked = "\n".join(line for line in rest.split("\n") if not line.endswith("to DNS over TCP"))
    for solution in ours.LAB_FILE.parent.glob("*-solution.yaml"):
        (tmp_path / solution.name).write_bytes(solution.read_bytes())
    file = tmp_path / "lab.yaml"
    file.write_text(f"{step}    title: Allow DNS\n{asked}", "utf-8")

    def change() -> None:
        settings.LAB_FILE = file

    return change


def test_where_nothing_changed_nothing_is_cast_to_text() -> None:
    pods = [make.pod_reading(), make.pod_reading("student-app-2")]
    prober = make.pod_readings(make.pod_manifest("redis-0", labels={"app": "redis", "x": "y"}))
    bobs = make.policy(namespace="student-bob-dev")
    see(make.reading(pods=pods), make.reading(bobs, student="bob"))
    see(make.reading(*make.solution(), pods=[*pods, *prober]), seconds=60)
    see(make.reading(*over_udp_only()), make.reading(student="bob"), seconds=120)
    assert diagnosed() == 5
    before = rows()
    assert again() == Reassessed(states=5)
    assert rows() == before
    assert again(since=make.after(70)).states == 4


def test_what_surrounded_a_state_is_taken_as_it_was() -> None:
    kube = model.LabeledNamespace("kube-system", {"kubernetes.io/metadata.name": "kube-system"})
    dns = model.Pod("kube-system", "coredns-1", {"k8s-app": "kube-dns"})
    unsupported = model.UnsupportedPolicy("CiliumNetworkPolicy", "all", "student-ada-dev")
    for seconds, around in enumerate([((), ()), ((dns,), ()), ((dns,), (unsupported,))]):
        pods, others = around
        reading = make.cluster_reading(make.reading(*make.solution()), seconds=seconds)
        record_reading(replace(reading, surroundings=Surroundings((kube,), pods, others)))
    diagnosed()
    before = rows()
    assert again() == Reassessed(states=3)
    assert rows() == before


def test_another_lab_file_changes_steps_and_their_first_times(
    a_lab_that_asks_for_udp_only: Callable[[], None],
) -> None:
    see(make.reading())
    see(make.reading(DENY), seconds=60)
    see(make.reading(*over_udp_only()), seconds=120)
    see(make.reading(DENY), seconds=180)
    assert steps() == [("default-deny", 0), ("dns", 60), ("dns", 60), ("dns", 60)]
    assert reached("dns") == []
    a_lab_that_asks_for_udp_only()
    tried = again(apply=False)
    assert (tried.changed, tried.verdicts, tried.reached) == (4, {}, {"dns": 1})
    assert reached("dns") == []
    assert replace(again(), mistakes=0) == tried
    assert steps() == [("default-deny", 0), ("dns", 60), ("gateway", 120), ("dns", 180)]
    assert reached("dns") == [120]
    done = rows()
    assert again() == Reassessed(states=4)
    assert rows() == done
    assert see(make.reading(DENY), seconds=240).unchanged == 1


def test_another_lab_file_changes_what_was_lost(
    a_lab_that_asks_for_udp_only: Callable[[], None],
) -> None:
    """Whose step was not reached had nothing to lose, until it was all that was asked for."""
    for minute, policies in enumerate([over_udp_only(), over_udp_only(), [DENY], over_udp_only()]):
        see(make.reading(*policies), seconds=60 * minute)
    assert not Incident.objects.exists()
    a_lab_that_asks_for_udp_only()
    assert again(apply=False).incidents == 3
    assert not Incident.objects.exists()
    assert again().incidents == 3
    lost = Incident.objects.order_by("flow").values_list("flow", "cause", "opened_at", "closed_at")
    assert list(lost) == [
        (f"{app} to DNS", "policy-removed", make.after(120), make.after(180))
        for app in ("redis", "student-app", "uptime-kuma")
    ]
    assert again() == Reassessed(states=3)


def test_another_diagnosis_changes_the_mistakes_of_the_past() -> None:
    for minute, policies in enumerate([[], over_udp_only(), [*over_udp_only(), make.policy("x")]]):
        see(make.reading(*policies), seconds=60 * minute)
    assert diagnosed() == 3
    right = rows()
    since = make.after(60).isoformat()
    assert [[made["since"] for made in row["mistakes"]] for row in right[:3]] == [
        [],
        [since],
        [since],
    ]
    StoredDiagnosis.objects.update(causes=[], findings=[])
    Snapshot.objects.update(mistakes=[])
    assert diagnosed() == 0
    assert again(since=make.after(125)).mistakes == 1
    assert again().mistakes == 2
    assert rows() == right


def test_another_evaluator_changes_verdicts_and_takes_steps_back() -> None:
    see(make.reading())
    see(make.reading(DENY), seconds=60)
    see(make.reading(), seconds=120)
    diagnosed()
    right = rows()
    for row in Snapshot.objects.with_contents():
        old = row.assessment
        old.pk, old.schema = f"{row.pk:064x}", 1
        old.body = {"of": "another version"}
        old.summary |= {"flows": old.summary["flows"] | {"student-app to redis": "partial"}}
        old.summary |= {"steps": dict.fromkeys(old.summary["steps"], True), "step": "all-flows"}
        old.save(force_insert=True)
        Snapshot.objects.filter(pk=row.pk).update(assessment=old, step="all-flows", mistakes=[])
    ada = Namespace.objects.get()
    StepReached.objects.create(namespace=ada, step="all-flows", at=make.NOON)
    StepReached.objects.create(namespace=ada, step="dns", at=make.after(-3600))
    StepReached.objects.create(namespace=ada, step="committed", at=make.after(30))
    StepReached.objects.filter(step="default-deny").update(at=make.after(0))
    found = again()
    assert (found.changed, found.verdicts) == (3, {"student-app to redis": 3})
    assert found.unreached == {"all-flows": 1}
    assert (found.reached, found.moved) == ({}, {"default-deny": 1})
    kept = {"dns": [-3600], "committed": [30], "all-flows": [], "default-deny": [60]}
    assert {step: reached(step) for step in kept} == kept
    StepReached.objects.filter(step__in=["dns", "committed"]).delete()
    assert rows() == right
    assert StoredAssessment.objects.filter(schema=1).count() == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_pruned_before_a_state_refers_to_it_is_kept_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    see(make.reading(DENY))
    right = Snapshot.objects.get().assessment_id
    old = StoredAssessment(digest="old", body={}, summary=Snapshot.objects.get().summary, schema=1)
    old.save()
    Snapshot.objects.update(assessment=old)

    def pruned(states: Iterable[AssessedSnapshot]) -> None:
        monkeypatch.setattr(anew, "store_contents", store_contents)
        store_contents(states)
        StoredAssessment.objects.filter(pk=right).delete()

    monkeypatch.setattr(anew, "store_contents", pruned)
    assert again().changed == 1
    assert Snapshot.objects.get().assessment_id == right


def test_a_step_that_a_poll_finds_reached_meanwhile_stays() -> None:
    see(make.reading())
    ada = Namespace.objects.get()
    StepReached.objects.create(namespace=ada, step="default-deny", at=make.after(60))
    again()
    assert reached("default-deny") == [60]


@pytest.mark.parametrize(
    ("placeholders", "flow", "left"),
    [(True, "deny", 0), (False, "deny", 1), (True, "unknown", 1)],
)
def test_a_state_whose_surroundings_were_not_kept_is_left_where_they_mattered(
    placeholders: bool,  # noqa: FBT001  a table's column
    flow: str,
    left: int,
) -> None:
    see(make.reading(DENY))
    row = Snapshot.objects.with_contents().get()
    old = row.assessment
    old.pk = "old"
    old.body |= {} if placeholders else {"placeholders": []}
    old.summary |= {"flows": old.summary["flows"] | {"redis to DNS": flow}, "met": 0}
    old.save(force_insert=True)
    Snapshot.objects.update(assessment=old, surroundings=None)
    found = again()
    assert (found.changed, found.left.total()) == (1 - left, left)
    assert Snapshot.objects.filter(assessment="old").count() == left


def test_who_has_too_little_kept_costs_no_classmate_their_mistakes() -> None:
    see(make.reading(DENY), make.reading(make.policy(namespace="student-bob-dev"), student="bob"))
    (old,) = StoredAssessment.objects.all()
    old.body |= {"placeholders": []}
    old.save()
    Snapshot.objects.filter(namespace__student="ada").update(surroundings=None)
    assert diagnosed() == 1
    assert Snapshot.objects.get(mistakes__isnull=False).namespace.student == "bob"


def test_what_cannot_be_read_any_more_is_left_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    see(make.reading(DENY))
    row = Snapshot.objects.with_contents().get()
    row.policy_set.manifests[0]["spec"] = {"podSelector": 3}
    row.policy_set.save()
    call_command("reassess")
    said = capsys.readouterr().out
    assert "1 stay as they were: it cannot be assessed: " in said
    assert "1 states assessed: 0 have another result now\n  no flow has" in said


def test_what_comes_of_another_lab_file_is_said_by_step_and_the_same_of_a_trial(
    a_lab_that_asks_for_udp_only: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    see(make.reading(DENY))
    see(make.reading(*over_udp_only()), seconds=60)
    see(make.reading(*make.solution()), seconds=120)
    a_lab_that_asks_for_udp_only()
    StepReached.objects.filter(step="all-flows").delete()
    for options in (["--dry-run"], []):
        call_command("reassess", *options)
        said = capsys.readouterr().out
        assert "  no flow has another verdict in any of them\n" in said
        assert "  Allow DNS, first reached, by namespaces: at another time by 1\n" in said
        assert "them, first reached, by namespaces: now by 1 that had not\n" in said


def test_one_namespace_and_a_time_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    see(make.reading(), make.reading(student="bob"))
    see(make.reading(DENY), make.reading(student="bob"), seconds=60)
    options = ["--namespace", "student-ada-dev", "--since", "2026-03-03T12:00:59Z", "--dry-run"]
    call_command("reassess", *options)
    assert capsys.readouterr().out.startswith("2 states assessed: 0 have")
    for wrong in (["--namespace", "student-cy-dev"], ["--since", "now"], ["--since", "today"]):
        with pytest.raises(CommandError):
            call_command("reassess", *wrong)
