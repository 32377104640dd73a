"""Common mistakes: which of them are the same, since when, and who makes them now."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from dashboard.active_lab import active_lab
from dashboard.assess.class_assessment import AssessedNamespace, assess_class
from dashboard.assess.mistakes import MISTAKE_TITLES, Mistake
from dashboard.history.diagnoses import record_diagnoses
from dashboard.history.mistakes import NO_MISTAKES, list_mistakes, record_mistakes
from dashboard.history.snapshots import record_poll
from dashboard.models import Namespace, Snapshot, StoredDiagnosis
from netpol.diagnose import CauseCode, diagnose_namespace
from netpol.json_output import dump_cause, dump_finding
from netpol.lint import FindingCode, FindingLevel, lint_namespace
from netpol.load import build_manifest_set
from tests import make

pytestmark = pytest.mark.django_db
NAME = "student-ada-dev"
SOLUTION = make.solution()


def changed(index: int, path: tuple[str | int, ...], value: object) -> list[make.Json]:
    """The solution with another value in one place; `None` leaves it out."""
    manifests: list[Any] = deepcopy(list(SOLUTION))
    holder = manifests[index]
    for key in path[:-1]:
        holder = holder[key]
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return manifests


TYPO = changed(3, ("spec", "podSelector", "matchLabels", "app"), "studentapp")
NO_TCP = changed(1, ("spec", "egress", 0, "ports", 1), None)


def named(manifests: list[make.Json], name: str) -> list[make.Json]:
    """The same under names of one's own."""
    return [
        {**each, "metadata": {"name": f"{name}-{number}"}} for number, each in enumerate(manifests)
    ]


def found(manifests: list[make.Json]) -> list[tuple[str, str]]:
    written = build_manifest_set(manifests, NAME)
    causes = diagnose_namespace(active_lab(), written.cluster, NAME, written.policies).causes
    odd = lint_namespace(active_lab(), NAME, written, written.policies)
    said = list_mistakes(
        active_lab(), [dump_cause(each) for each in causes], [dump_finding(f) for f in odd]
    )
    return list(dict.fromkeys(said))


@pytest.mark.parametrize(
    ("manifests", "expected"),
    [
        (list(SOLUTION), []),
        ([], []),
        (list(SOLUTION[:1]), []),
        (list(SOLUTION[:3]), []),
        (NO_TCP, [("NP108", "")]),
        (TYPO, [("NP103", "")]),
        ([*SOLUTION[:4], *SOLUTION[5:]], [("NP104", "")]),
        ([SOLUTION[0], *SOLUTION[2:]], [("NP107", "")]),
        (changed(2, ("spec", "ingress", 0, "ports", 0, "port"), 8443), [("wrong-port", "gateway")]),
        (changed(4, ("spec", "ingress", 0, "from"), None), [("too-wide-peers", "app-redis")]),
        (changed(5, ("spec", "egress", 1), None), [("missing-rule", "kuma")]),
        (changed(3, ("spec", "policyTypes", 0), "Ingress"), [("NP109", "")]),
    ],
)
def test_what_counts_as_which_mistake(
    manifests: list[make.Json], expected: list[tuple[str, str]]
) -> None:
    """Steps to come are none, and what is said of one place by a finding and a cause is one."""
    assert found(manifests) == expected
    assert found(named(manifests, "mine")) == expected


def test_every_mistake_has_plain_words() -> None:
    codes = {code.value for code in FindingCode if code.level is not FindingLevel.INFO}
    codes |= set(CauseCode) - NO_MISTAKES - {CauseCode.MISSING_POLICY}
    assert codes == set(MISTAKE_TITLES)
    assert (
        Mistake.from_key("wrong-port.gateway").title(active_lab())
        == "A wrong port (Allow the gateway in)"
    )
    for unknown in ("", "nonsense", "wrong-port.nowhere", "NP108.", "x.y.z", "missing-policy"):
        assert Mistake.from_key(unknown).title(active_lab()) == MISTAKE_TITLES.get(
            unknown.strip("."), ""
        )


def see(*classmates: tuple[str, list[make.Json]], seconds: float = 0) -> None:
    """A poll."""
    readings = [make.reading(*policies, student=student) for student, policies in classmates]
    reading = make.cluster_reading(*readings, seconds=seconds)
    states = list(assess_class(active_lab(), reading))
    record_poll(reading.at, states)
    known = [one for one in states if isinstance(one, AssessedNamespace)]
    record_diagnoses(known, reading.surroundings)
    record_mistakes(known)


def kept(student: str = "ada") -> list[Mapping[str, str]] | None:
    row = Snapshot.objects.get(is_open=True, namespace__student=student)
    stored: list[Mapping[str, str]] | None = row.mistakes
    return stored


def test_a_mistake_is_as_old_as_the_state_in_which_it_first_was() -> None:
    see(("ada", list(SOLUTION)))
    assert kept() == []
    see(("ada", NO_TCP), seconds=60)
    both = deepcopy(NO_TCP)
    both[2]["spec"]["ingress"][0]["ports"][0]["port"] = 8443
    see(("ada", both), seconds=120)
    assert [(each["code"], each["since"]) for each in kept() or ()] == [
        ("NP108", make.after(60).isoformat()),
        ("wrong-port", make.after(120).isoformat()),
    ]
    see(("ada", list(SOLUTION)), seconds=180)
    assert kept() == []
    see(("ada", NO_TCP), seconds=240)
    assert [each["since"] for each in kept() or ()] == [make.after(240).isoformat()]


def test_a_state_that_waits_to_be_diagnosed_is_looked_through_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("dashboard.history.diagnoses.BUDGET", -1.0)
        see(("ada", NO_TCP))
    assert kept() is None
    see(("ada", NO_TCP), seconds=30)
    assert [each["since"] for each in kept() or ()] == [make.NOON.isoformat()]


def test_a_fault_with_one_diagnosis_costs_only_the_states_that_it_is_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    see(("ada", NO_TCP))
    Snapshot.objects.update(mistakes=None)
    odd = StoredDiagnosis.objects.get()
    odd.causes = [{"code": "of another version"}]
    odd.save()
    see(("ada", NO_TCP), ("ben", TYPO), seconds=30)
    assert kept("ada") is None
    assert [each["code"] for each in kept("ben") or ()] == ["NP103"]
    assert odd.digest in caplog.text


def test_a_poll_that_finds_nothing_new_reads_no_diagnosis(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    reading = make.cluster_reading(make.reading(*NO_TCP))
    see(("ada", NO_TCP))
    states = [
        one for one in assess_class(active_lab(), reading) if isinstance(one, AssessedNamespace)
    ]
    with django_assert_num_queries(1):
        record_mistakes(states)


def page(client: Client, query: str = "") -> str:
    client.force_login(make.instructor())
    answer = client.get(f"/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def students(text: str) -> list[str]:
    return re.findall(r'<tr data-namespace="student-(\w+)-dev"', text)


def clusters(text: str) -> list[tuple[str, str]]:
    return re.findall(r'<li data-mistake="(.*?)">\s*<b>(\d+)</b>', text)


def test_the_same_mistake_of_several_is_one_and_the_newest_comes_first(client: Client) -> None:
    see(("ada", NO_TCP), ("ben", TYPO))
    see(("ada", NO_TCP), ("ben", TYPO), ("cleo", named(NO_TCP, "my")), seconds=60)
    text = page(client)
    assert clusters(text) == [("NP108", "2"), ("NP103", "1")]
    assert "cleo, ada" in text
    found = page_again(client, re.findall(r'href="(\?mistake=\S+?)#students"', text)[0])
    assert sorted(students(found)) == ["ada", "cleo"]
    assert "2 of 3" in found
    assert 'href="?#students">Show everybody' in found


def page_again(client: Client, query: str) -> str:
    return client.get(f"/{query.replace('&amp;', '&')}").content.decode()


def test_what_is_not_diagnosed_is_not_taken_for_right(client: Client) -> None:
    see(("ada", NO_TCP), ("ben", list(SOLUTION)))
    see(("ada", list(SOLUTION)), ("ben", list(SOLUTION)), seconds=60)
    before = page(client)
    assert "None: nobody" in before
    assert "Not diagnosed" not in before
    Snapshot.objects.filter(namespace__student="ben").update(mistakes=None)
    then = page_again(client, f"?at={make.after(30).isoformat()[:-6]}Z")
    now = page_again(client, "")
    assert clusters(now) == []
    assert "None that is known." in now
    assert "Not diagnosed: 1 of 2 states; the next polls look" in now
    assert clusters(then) == [("NP108", "1")]
    assert "Not diagnosed: 1 of 2 states, over before a poll" in then


def test_only_what_holds_now_counts(client: Client) -> None:
    see(("ada", NO_TCP), ("ben", NO_TCP), ("cleo", NO_TCP))
    see(("ada", list(SOLUTION)), ("ben", NO_TCP), ("cleo", NO_TCP), seconds=60)
    Namespace.objects.filter(student="ben").update(failure="no", failing_since=make.NOON)
    Namespace.objects.filter(student="cleo").update(gone_at=make.NOON)
    assert clusters(page(client)) == []
    found = page_again(client, "?mistake=NP108")
    assert students(found) == []
    assert "Nobody of 2 is among those <strong>who make this mistake now" in found


@pytest.mark.parametrize("unknown", ["", "NP999", "wrong-port.nowhere", "%00%3Cscript%3E", "a.b.c"])
def test_a_mistake_that_is_none_gives_nobody_and_says_so(client: Client, unknown: str) -> None:
    see(("ada", NO_TCP))
    text = page(client, f"?mistake={unknown}")
    assert students(text) == []
    assert "There is no mistake called" in text
    assert "<script>" not in text


def test_a_student_sees_nothing_of_the_others(client: Client) -> None:
    see(("ada", NO_TCP), ("ben", NO_TCP))
    make.namespace("ada", "prod")
    client.force_login(make.user("ada"))
    text = client.get("/?mistake=NP108").content.decode()
    assert "student-ada-prod" in text
    assert "ben" not in text
    assert "mistake" not in re.sub(r'hx-get="[^"]*"', "", text)


def test_a_mistake_that_an_older_version_knew_is_shown_by_its_code(client: Client) -> None:
    see(("ada", NO_TCP))
    old = [{"code": "NP<b>", "step": "", "since": make.NOON.isoformat()}]
    Snapshot.objects.update(mistakes=old)
    assert "NP&lt;b&gt;" in page(client)


@pytest.mark.parametrize("size", [1, 20])
def test_the_board_reads_no_diagnosis(client: Client, size: int) -> None:
    see(*[(f"s{number}", NO_TCP) for number in range(size)])
    assert StoredDiagnosis.objects.count() == 1
    client.force_login(make.instructor())
    text = client.get("/").content.decode()
    assert clusters(text) == [("NP108", f"{size}")]
    with CaptureQueriesContext(connection) as queries:
        assert len(students(client.get("/?mistake=NP108").content.decode())) == size
    assert not [each for each in queries if "dashboard_diagnosis" in each["sql"]]
