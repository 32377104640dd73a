"""Through real polls and looks: what worked and no longer does, by what, and until when."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.collect import probe_round
from dashboard.collect.http.answers import HttpAnswer
from dashboard.collect.http.hosts import ProbeAnswer
from dashboard.history import incidents
from dashboard.history.incidents import flow_histories as history
from dashboard.history.incidents import policy_losses as losses
from dashboard.history.incidents import recording
from dashboard.history.incidents.recent_outages import find_recent_outages
from dashboard.history.incidents.working_flows import NamespaceHistory
from dashboard.models import Incident, Namespace
from netpol.lab import Lab
from tests import make
from tests.dashboard.polls import see

pytestmark = pytest.mark.django_db

SOLUTION = make.solution()
DENY = SOLUTION[0]
WELL = HttpAnswer(200, b'{"status": "healthy", "redis": "connected"}', 0.01)
NO_DNS = HttpAnswer(200, b'{"status": "healthy", "redis": "disconnected"}', 20.1)
UNREADY = HttpAnswer(503, b"no healthy upstream", 0.01)
GATEWAY, DNS = "Gateway to student-app", "student-app to DNS"
OF_DNS = sorted(
    f"{app} to DNS{over}"
    for app in ("student-app", "redis", "uptime-kuma")
    for over in ("", " over TCP")
)


def without(name: str) -> list[make.Json]:
    return [policy for policy in SOLUTION if policy["metadata"]["name"] != name]


def look(answer: HttpAnswer, seconds: float, *students: str) -> None:
    at = make.after(seconds)
    seen = Namespace.objects.filter(student__in=students or ("ada",)).order_by("pk")
    probe_round.record_answers([(each, {"health": ProbeAnswer(at, answer)}) for each in seen], at)


def seconds(at: datetime | None) -> float | None:
    return None if at is None else (at - make.NOON).total_seconds()


def told(flow: str = DNS) -> list[tuple[str, list[str], float | None, float | None, float | None]]:
    return [
        (row.cause, row.policies, *map(seconds, (row.worked_at, row.opened_at, row.closed_at)))
        for row in Incident.objects.filter(flow=flow).order_by("opened_at", "pk")
    ]


def test_what_the_lab_itself_asks_for_is_no_incident() -> None:
    """From nothing to the solution a policy at a time, and from nothing to default deny again."""
    for number in range(len(SOLUTION) + 1):
        see(make.reading(*SOLUTION[:number]), seconds=30 * number)
    see(make.reading(), seconds=300)
    see(make.reading(DENY), seconds=330)
    assert not Incident.objects.exists()


@pytest.mark.parametrize("policies", [SOLUTION[:1], SOLUTION[2:]])
def test_a_step_that_was_never_reached_has_nothing_to_lose(policies: list[make.Json]) -> None:
    see(make.reading(*policies))
    see(make.reading(DENY), seconds=30)
    assert not Incident.objects.filter(flow__in=OF_DNS).exists()


def test_a_deleted_policy_opens_an_incident_for_each_flow_and_its_return_closes_it() -> None:
    see(make.reading(*SOLUTION))
    see(make.reading(*SOLUTION), seconds=20)
    see(make.reading(*without("allow-dns-egress")), seconds=50)
    assert told() == [("policy-removed", ["allow-dns-egress"], 20, 50, None)]
    see(make.reading(*SOLUTION), seconds=80)
    assert told() == [("policy-removed", ["allow-dns-egress"], 20, 50, 80)]
    assert sorted(Incident.objects.values_list("flow", flat=True)) == OF_DNS


def test_each_time_it_is_lost_again_is_an_incident_of_its_own() -> None:
    for number in range(5):
        policies = without("allow-dns-egress") if number % 2 else SOLUTION
        see(make.reading(*policies), seconds=60 * number)
    assert [row[2:] for row in told()] == [(0, 60, 120), (120, 180, 240)]


def test_a_changed_policy_is_told_as_such() -> None:
    wrong = make.policy("allow-dns-egress", podSelector={}, policyTypes=["Egress"], egress=[])
    see(make.reading(*SOLUTION))
    see(make.reading(*without("allow-dns-egress"), wrong), seconds=30)
    assert told() == [("policy-changed", ["allow-dns-egress"], 0, 30, None)]


def test_pods_that_the_same_policies_no_longer_fit_are_told_as_such() -> None:
    app = {"podSelector": {"matchLabels": {"app": "student-app"}}}
    fits = {"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}
    rule = {"from": [app], "ports": [{"port": 6379}]}
    own = make.policy(
        "allow-redis-from-app", podSelector=fits, policyTypes=["Ingress"], ingress=[rule]
    )
    policies = [*without("allow-redis-from-app"), own]
    for at, more in ((0, {}), (30, {"tier": "x"})):
        pods = [make.pod_manifest("redis-0", labels={"app": "redis", **more})]
        see(make.reading(*policies, pods=make.pod_readings(*pods)), seconds=at)
    assert told("student-app to redis") == [("pods-changed", [], 0, 30, None)]


def test_nobody_knows_what_works_in_a_namespace_that_cannot_be_read() -> None:
    see(make.reading(*SOLUTION))
    see(make.reading(*without("allow-dns-egress")), seconds=30)
    see(make.failure(), seconds=60)
    assert told()[0][-1] is None
    see(make.reading(*SOLUTION), seconds=90)
    assert told()[0][-1] == 90


def test_an_app_that_looks_see_fail_is_not_the_policies_until_a_look_sees_it_again() -> None:
    see(make.reading(*SOLUTION))
    for minute in range(3):
        look(WELL, 60 * minute)
    see(make.reading(*SOLUTION), seconds=175)
    look(UNREADY, 180)
    assert told(GATEWAY) == []  # one look may be wrong
    see(make.reading(*SOLUTION), seconds=235)
    look(UNREADY, 240)
    assert told(GATEWAY) == [("not-the-policies", [], 120, 180, None)]
    assert "no healthy endpoint" in Incident.objects.get(flow=GATEWAY).reason
    look(WELL, 300)
    look(WELL, 360)
    assert told(GATEWAY) == [("not-the-policies", [], 120, 180, 300)]
    assert not Incident.objects.exclude(flow=GATEWAY).exists()


def test_an_app_that_crashes_over_and_over_is_one_incident_until_it_is_well_for_a_while() -> None:
    """It is ready for a minute or two, then down for up to five."""
    see(make.reading(*SOLUTION))
    course = "wwwuuuwwuuuuuwwuuuwwwwwwwwwwwwwuuu"
    for minute, letter in enumerate(course):
        look(WELL if letter == "w" else UNREADY, 60 * minute)
        see(make.reading(*SOLUTION), seconds=60 * minute + 10)
    again = 60 * course.rindex("wuuu")
    assert told(GATEWAY) == [
        ("not-the-policies", [], 120, 180, 60 * 18),
        ("not-the-policies", [], again, again + 60, None),
    ]


def test_an_app_that_turned_unready_by_its_own_policies_is_no_incident_of_its_own() -> None:
    see(make.reading(*SOLUTION))
    for minute in range(3):
        look(WELL, 60 * minute)
    see(make.reading(*without("allow-dns-egress")), seconds=150)
    for minute in range(3, 7):
        see(make.reading(*without("allow-dns-egress")), seconds=60 * minute)
        look(UNREADY, 60 * minute + 1)
    see(make.reading(*SOLUTION), seconds=450)
    for minute in range(8, 11):  # it waits for its restart
        look(UNREADY, 60 * minute)
    assert told(GATEWAY) == []
    assert told() == [("policy-removed", ["allow-dns-egress"], 0, 150, 450)]


def test_what_is_lost_while_no_poll_can_confirm_the_policies_is_told_by_the_next() -> None:
    see(make.reading(*SOLUTION))
    for minute in range(3):
        look(WELL, 60 * minute)
    see(make.reading(*SOLUTION), seconds=130)
    for minute in range(3, 12):  # what took the flow took the API server, too
        look(UNREADY, 60 * minute)
    assert told(GATEWAY) == []
    see(make.reading(*SOLUTION), seconds=670)
    assert told(GATEWAY) == [("not-the-policies", [], 120, 180, None)]


def test_a_poll_that_was_killed_is_made_up_for_and_repeating_adds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    see(make.reading(*SOLUTION))
    with monkeypatch.context() as killed:
        killed.setattr(recording, "_record_incidents", lambda *_: None)
        see(make.reading(*without("allow-dns-egress")), seconds=30)
    assert told() == []
    see(make.reading(*without("allow-dns-egress")), seconds=60)
    for _ in range(2):
        incidents.record_after_poll(make.after(60), ())
    assert told() == [("policy-removed", ["allow-dns-egress"], 0, 30, None)]


def test_who_comes_second_finds_it_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker tells the same between this one's reading and its writing."""
    see(make.reading(*SOLUTION))
    real = losses.find_policy_losses

    def late(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]  # as it was called
        monkeypatch.setattr(recording, "find_policy_losses", real)
        incidents.record_after_poll(make.after(30), ())
        return found

    monkeypatch.setattr(recording, "find_policy_losses", late)
    see(make.reading(*without("allow-dns-egress")), seconds=30)
    assert len(told()) == 1


def test_a_fault_of_ours_costs_nobody_the_poll_nor_the_others_their_incidents(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    students = ("ada", "bob", "cy")
    see(*(make.reading(*SOLUTION, student=student) for student in students))
    bob, real = Namespace.objects.get(student="bob").pk, losses.find_policy_losses

    def broken_for_bob(lab: Lab, found: Mapping[int, NamespaceHistory]) -> list[losses.PolicyLoss]:
        if bob in found:
            raise KeyError(bob)
        return real(lab, found)

    with monkeypatch.context() as broken:
        broken.setattr(recording, "find_policy_losses", broken_for_bob)
        without_dns = [
            make.reading(*without("allow-dns-egress"), student=each) for each in students
        ]
        assert see(*without_dns, seconds=30).new == 3
    lost = Incident.objects.filter(flow=DNS).values_list("namespace__student", flat=True)
    assert sorted(lost) == ["ada", "cy"]
    assert f"incidents of namespace {bob} cannot be recorded" in caplog.text
    see(*without_dns, seconds=60)
    assert sorted(lost.all()) == ["ada", "bob", "cy"]


def test_a_fault_that_everybody_meets_costs_one_more_try_for_each_namespace(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    def broken(_lab: Lab, found: Mapping[int, NamespaceHistory]) -> list[losses.PolicyLoss]:
        tries.append(len(found))
        raise KeyError(*found)

    many = [f"s{number}" for number in range(5)]
    see(*(make.reading(*SOLUTION, student=student) for student in many))
    monkeypatch.setattr(recording, "find_policy_losses", broken)
    see(*(make.reading(*without("allow-dns-egress"), student=each) for each in many), seconds=30)
    assert tries == [5, 1, 1, 1, 1, 1]
    assert [each.getMessage() for each in caplog.records] == [
        f"incidents of namespace {key} cannot be recorded"
        for key in Namespace.objects.order_by("pk").values_list("pk", flat=True)
    ]


def test_a_big_class_is_told_in_parts_and_what_was_left_unmarked_is_made_up_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some, told_at_once, real = CLASS[:6], [], history.load_histories

    def counted(lab: Lab, namespaces: Collection[int], *more: Any) -> dict[int, NamespaceHistory]:
        told_at_once.append(len(namespaces))
        return real(lab, namespaces, *more)

    def broken(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(recording, "MOST", 4)
    monkeypatch.setattr(recording, "load_histories", counted)
    see(*(make.reading(*SOLUTION, student=student) for student in some))
    look(WELL, 60, *some)
    look(WELL, 120, *some)
    with monkeypatch.context() as killed:
        killed.setattr(recording, "mark_outages", broken)
        for minute in (3, 4):
            look(NO_DNS, 60 * minute, *some)
            see(
                *(make.reading(*SOLUTION, student=student) for student in some),
                seconds=60 * minute + 10,
            )
    assert {each[0] for each in told()} == {"not-the-policies"}
    assert set(told_at_once) == {4, 2}
    incidents.record_after_poll(make.after(270), ())
    assert [each[0] for each in told()] == ["outage"] * 6


CLASS = [f"s{number}" for number in range(200)]


def test_a_class_of_200_in_an_outage() -> None:
    see(*(make.reading(*SOLUTION, student=student) for student in CLASS))
    look(WELL, 60, *CLASS)
    lost = CLASS[:60]
    look(WELL, 120, *lost)
    everybody = [make.reading(*SOLUTION, student=student) for student in CLASS]
    for minute in (3, 4):
        see(*everybody, seconds=60 * minute + 10)
        look(NO_DNS, 60 * minute, *lost[:5])
        look(NO_DNS, 60 * minute + 40, *lost[5:])
    (outage,) = find_recent_outages(make.after(290)).flows
    assert (outage.flow, outage.lost, outage.of, outage.still) == (DNS, 60, 200, 60)
    assert (seconds(outage.began), outage.is_lasting) == (180, True)
    look(WELL, 300, *lost)
    look(WELL, 360, *lost)
    (outage,) = find_recent_outages(make.after(370)).flows
    assert (outage.lost, outage.still, seconds(outage.ended)) == (60, 0, 300)
    assert find_recent_outages(make.after(250)).is_lasting  # as it was then
    assert not find_recent_outages(make.after(9999)).flows


@pytest.mark.parametrize("students", [2, 12])
def test_what_many_lost_costs_as_many_queries_as_what_few_did(students: int) -> None:
    some = CLASS[:students]
    see(*(make.reading(*SOLUTION, student=student) for student in some))
    see(
        *(make.reading(*without("allow-dns-egress"), student=student) for student in some),
        seconds=30,
    )
    Incident.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        incidents.record_after_poll(make.after(30), ())
    assert Incident.objects.count() == 6 * students
    assert len(queries) == 18
    # What all of them do to their own policies is theirs.
    assert set(Incident.objects.values_list("cause", flat=True)) == {"policy-removed"}
