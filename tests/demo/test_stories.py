"""What the simulated students do means what their stories say."""

from datetime import UTC, datetime, timedelta

import pytest

from demo.classroom.manifests import load_manifests, policy_name
from demo.classroom.roster import build_classroom, create_students
from demo.classroom.stories import SOLUTION, STORIES
from demo.classroom.timeline import build_timeline
from netpol import lab, parse
from netpol.assess import assess_namespace
from netpol.model import Policy, build_cluster

START = datetime(2026, 2, 17, 14, 0, tzinfo=UTC)
NAMESPACE = "student-ada-dev"
DNS = {f"{app} to DNS" for app in ("student-app", "redis", "uptime-kuma")}
DNS_TCP = {f"{flow} over TCP" for flow in DNS}

UNMET = {
    # These two stay closed by what the other policies isolate.
    "denies-ingress-only": set(),
    "denies-the-app-only": set(),
    "dns-on-port-54": DNS | DNS_TCP,
    "dns-without-tcp": DNS_TCP,
    "dns-malformed": DNS | DNS_TCP,
    "gateway-to-studentapp": {"Gateway to student-app"},
    "gateway-to-service-port": {"Gateway to student-app"},
    "gateway-and-app": {"Gateway to student-app", "Gateway to uptime-kuma"},
    "redis-from-app-or-system": {"Gateway to redis"},
    "redis-from-anybody": {"Gateway to redis", "Other student to redis"},
    "egress-without-its-type": {"student-app to redis"},
    "app-to-anywhere": {"student-app to internet HTTPS"},
    "kuma-without-http": {"uptime-kuma to internet HTTP"},
}

# How many of the 18 flows are as expected: before the first act, and after each.
MET = {
    "steady": "12 6 12 14 15 18 18 12 6 12 14 15 18",
    "early": "12 6 12 14 15 18",
    "port-54": "12 6 6 12 14 15 18",
    "stopped": "12 6",
    "absent": "12",
    "service-port": "12 6 12 13 14 13 14",
    "label-typo": "12 6 12 13 14 15 18",
    "one-sided": "12 6 12 14 14 17 18",
    "or-not-and": "12 6 12 14 14 17",
    "and-not-or": "12 6 12 12 14 15 18",
    "type-left-out": "12 6 12 14 14",
    "udp-only": "12 6 9 11 12 15",
    "world-open": "12 6 12 14 14 17",
    "tinkerer": "12 6 12 14 18 17 18",
    "unreadable": "12 6 12",
    "malformed": "12 6 12 6",
    "reapplies": "12 6 12 14 15 18 18",
    "undoes": "12 6 12 14 15 18 12 18",
    "half-deny": "12 12 12 14 14 15",
    "app-only": "12 9 11 12 13",
    "late": "12 6 12 14 15 18 18",
    "at-once": "12 18",
    "starts-over": "12 6 6 7 8 12 6 12 14 15 18",
    "https-only": "12 6 12 14 15 17",
    "unenforced": "12 6",
    "cilium-gateway": "12 6 12 14 15 18",
    "crashing": "12 6 12 14 15 18",
    "detached": "12 6 12 14 15 18",
}


def test_the_tables_name_every_mistake_and_every_story() -> None:
    assert set(UNMET) == set(load_manifests()) - set(SOLUTION)
    assert set(MET) == {story.key for story in STORIES}


@pytest.mark.parametrize("mistake", UNMET)
def test_a_mistake_in_the_solution_leaves_these_flows_unmet(mistake: str) -> None:
    rest = {key for key in SOLUTION if key != policy_name(mistake)}
    assert unmet(rest | {mistake}) == UNMET[mistake]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_story_goes_on_as_it_claims(story) -> None:  # type: ignore[no-untyped-def]  # see MET
    claimed = [int(count) for count in MET[story.key].split()]
    revisions = build_timeline(story.acts, story.again, START, START + timedelta(days=1), pace=1)
    assert [18 - len(unmet(each.manifest_keys)) for each in revisions[: len(claimed)]] == claimed
    assert bool(story.again) or len(revisions) == len(claimed)


def test_the_class_is_the_same_whenever_it_is_asked_for() -> None:
    pattern = lab.load_default_lab().namespaces
    first, second = (build_classroom(START, create_students(30), pattern) for _ in range(2))
    assert first == second
    assert len({each.login.lower() for each in first.students}) == 30


def test_every_namespace_tells_whose_it_is_by_labels_and_by_name() -> None:
    pattern = lab.load_default_lab().namespaces
    for namespace in build_classroom(START, create_students(28), pattern).namespaces.values():
        login, environment = namespace.student.login, namespace.environment
        assert pattern.find_owner(namespace.name, namespace.labels) is not None
        for labels, student in ((namespace.labels, login), ({}, login.lower())):
            owner = pattern.find_owner(namespace.name, labels)
            assert owner is not None
            assert (owner.student, owner.environment) == (student, environment)


def unmet(applied: set[str] | frozenset[str]) -> set[str]:
    exercise = lab.load_default_lab()
    policies = [policy for key in applied for policy in readable(key)]
    cluster = build_cluster([exercise.namespaces.label_namespace(NAMESPACE)], policies=policies)
    assessment = assess_namespace(exercise, cluster, NAMESPACE)
    return {flow.flow for flow in assessment.flows if not flow.is_met}


def readable(key: str) -> list[Policy]:
    try:
        return [parse.parse_policy(load_manifests()[key], namespace=NAMESPACE)]
    except parse.InvalidManifestError:
        return []
