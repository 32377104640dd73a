"""What a prober leaves in a namespace: believed about that namespace and its own flows alone."""

import json

import pytest

from dashboard.active_lab import active_lab
from dashboard.cluster_reading import ProberOutcome, ProberReport
from dashboard.collect.cluster import ClusterConnection
from dashboard.collect.methods.prober import RESULTS
from dashboard.collect.methods.prober_report import parse_report
from dashboard.models import Observation, PodState
from tests import make
from tests.apiserver import PODS, ApiServer
from tests.dashboard.polls import see
from tests.dashboard.reads import ADA, read, readings
from tests.make import Json

REDIS, INTERNET = "student-app to redis", "student-app to internet HTTPS"
GOOD = make.message({REDIS: ["connected", 3], INTERNET: ["timeout", 3000]})


def found(pod: Json) -> ProberReport:
    read = parse_report(pod, active_lab())
    assert read is not None
    return read


def test_a_good_message_is_believed_as_of_when_the_kubelet_saw_it_end() -> None:
    read = found(make.prober_pod(GOOD))
    assert (read.entity, read.at, read.fault) == ("student-app", make.NOON, "")
    assert {name: (one.outcome.value, one.latency_ms) for name, one in read.flows.items()} == {
        REDIS: ("connected", 3),
        INTERNET: ("timeout", 3000),
    }


def test_a_prober_that_has_not_ended_says_nothing_yet() -> None:
    assert parse_report(make.prober_pod(None), active_lab()) is None


def test_one_that_was_started_again_is_known_by_its_last_end() -> None:
    pod = make.prober_pod(None)
    ended = {"finishedAt": "2026-03-03T11:59:00Z", "message": GOOD}
    pod["status"]["containerStatuses"][0]["lastState"] = {"terminated": ended}
    assert found(pod).at == make.after(-60)


def test_a_pod_of_the_students_own_is_no_prober() -> None:
    assert parse_report(make.prober_pod(GOOD, labels={"app": "student-app"}), active_lab()) is None


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("", "without a message"),
        ("<script>alert(1)</script>", "is not JSON"),
        ("[" * 3000, "is not JSON"),
        ("[]", "is not a prober's"),
        (GOOD + " " * 4096, "too long"),
        (make.message(namespace="student-bob-dev"), "another namespace"),
        (make.message(entity="redis"), "another entity"),
        (make.message({"redis to DNS": ["connected", 1]}), "do not begin at student-app"),
        (make.message({"no such flow": ["connected", 1]}), "do not begin at student-app"),
        (make.message({REDIS: ["excellent", 1]}), "no prober writes"),
        (make.message({REDIS: ["connected", -1]}), "no prober writes"),
        (make.message({REDIS: ["connected"]}), "no prober writes"),
        (make.message({REDIS: ["connected", int("9" * 30)]}), "number that no prober"),
        (GOOD.replace('"v": 1', '"v": 2'), "another version"),
        ('{"v": 1, "v": 1}', "duplicate keys"),
        (json.dumps({"v": 1, "namespace": ADA, "entity": "student-app"}), "is not a prober's"),
    ],
)
def test_any_other_message_is_a_finding_and_nothing_of_it_is_believed(
    message: str, fault: str
) -> None:
    read = found(make.prober_pod(message))
    assert fault in read.fault
    assert read.flows == {}
    assert "<" not in read.fault


def test_who_speaks_for_an_entity_needs_its_labels() -> None:
    labels = {"app": "redis", "course.ziyotek.edu/prober": "student-app"}
    assert "lacks its labels" in found(make.prober_pod(GOOD, labels=labels)).fault


@pytest.mark.parametrize("odd", [None, "x", {"containerStatuses": [None, {"state": 7}]}])
def test_a_status_that_is_none_says_nothing(odd: object) -> None:
    assert parse_report(make.prober_pod(GOOD) | {"status": odd}, active_lab()) is None


@pytest.mark.usefixtures("two_students")
def test_a_poll_brings_reports_and_counts_no_prober_among_the_pods(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.add(PODS, make.prober_pod(GOOD))
    reading = readings(read(connection))[ADA]
    assert [one.entity for one in reading.reports] == ["student-app"]
    assert not any("prober" in pod.pod.name for pod in reading.pods)


@pytest.mark.django_db
def test_a_report_is_a_look_at_each_of_its_flows() -> None:
    see(make.reading(reports=[found(make.prober_pod(GOOD))]))
    rows = Observation.objects.order_by("flow")
    assert [(row.flow, row.outcome, row.latency_ms) for row in rows] == [
        (INTERNET, "blocked", None),
        (REDIS, "reached", 3),
    ]
    assert {(row.method, row.vantage) for row in rows} == {("prober", "inside, as student-app")}
    assert not PodState.objects.exists()


@pytest.mark.django_db
def test_the_same_report_in_the_next_poll_is_no_second_look() -> None:
    for seconds in (0, 30):
        see(make.reading(reports=[found(make.prober_pod(GOOD))]), seconds=seconds)
    assert set(Observation.objects.values_list("looks", flat=True)) == {1}


@pytest.mark.django_db
def test_the_newest_of_several_reports_counts() -> None:
    later = make.message({REDIS: ["timeout", 3000]})
    reports = [
        found(make.prober_pod(later, finished="2026-03-03T12:01:00Z")),
        found(make.prober_pod(GOOD)),
    ]
    see(make.reading(reports=reports))
    assert Observation.objects.get(flow=REDIS).outcome == "blocked"


LATE = "2026-03-03T12:01:01Z"
"""By a second more than a node's clock may be ahead of a poll at noon."""


@pytest.mark.django_db
def test_a_report_from_the_future_is_refused_with_a_note() -> None:
    see(make.reading(reports=[found(make.prober_pod(GOOD, finished=LATE))]))
    rows = Observation.objects.all()
    assert {(row.outcome, row.sign, row.last_seen) for row in rows} == {
        ("unknown", "malformed", make.NOON)
    }
    assert {row.reason for row in rows} == {"the prober's report is from the future"}


@pytest.mark.django_db
def test_a_report_from_the_future_hides_no_other() -> None:
    later = make.message({REDIS: ["timeout", 3000]})
    reports = [found(make.prober_pod(later, finished=LATE)), found(make.prober_pod(GOOD))]
    see(make.reading(reports=reports))
    assert Observation.objects.get(flow=REDIS).outcome == "reached"


@pytest.mark.django_db
def test_a_node_whose_clock_is_a_little_ahead_is_believed() -> None:
    see(make.reading(reports=[found(make.prober_pod(GOOD, finished="2026-03-03T12:01:00Z"))]))
    assert Observation.objects.get(flow=REDIS).outcome == "reached"


@pytest.mark.django_db
def test_a_message_that_is_not_believed_makes_the_entitys_flows_unknown() -> None:
    see(make.reading(reports=[found(make.prober_pod("hello"))]))
    rows = Observation.objects.all()
    mine = {flow.name for flow in active_lab().flows if flow.source == "student-app"}
    assert {row.flow for row in rows} == mine
    assert {(row.outcome, row.sign) for row in rows} == {("unknown", "malformed")}


@pytest.mark.parametrize(
    ("met", "outcome"),
    [
        ("connected", "reached"),
        ("refused", "reached"),
        ("service-refused", "unknown"),
        ("timeout", "blocked"),
        ("unreachable", "unknown"),
        ("no-name", "unknown"),
        ("error", "unknown"),
    ],
)
def test_what_a_prober_met_proves(met: str, outcome: str) -> None:
    assert RESULTS[ProberOutcome(met)].outcome == outcome
