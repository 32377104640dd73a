"""A namespace's page: what works, what should, why not, and what changed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dashboard import models
from dashboard.active_lab import active_lab
from tests import make
from tests.dashboard.html import get

pytestmark = pytest.mark.django_db

ADDRESS = "/n/student-ada-dev/"
EXPECTED = {flow.name: flow.expected.value for flow in active_lab().flows}


def test_without_policies_everything_is_allowed_and_what_should_not_be_is_marked(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    page = get(ada, ADDRESS)
    assert {flow: answers[0] for flow, answers in page.cells().items()} == EXPECTED
    assert set(page.predicted().values()) == {"allow"}
    too_open = sum(expected == "deny" for expected in EXPECTED.values())
    assert page.html.count("≠</b>") == too_open + 1  # the legend's
    assert "There is no NetworkPolicy in this namespace" in page.text


def test_with_the_solution_every_flow_is_as_expected(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, *make.solution())
    page = get(ada, ADDRESS)
    assert page.predicted() == EXPECTED
    assert (
        "All 18 flows are as the lab wants them. Parts 8 and 9 are not checked here." in page.text
    )


def test_a_blocked_flow_says_why_and_links_to_the_policy(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, make.policy("deny.everything"))
    page = get(ada, ADDRESS)
    assert page.predicted()["student-app to DNS"] == "deny"
    assert "Blocked at student-app: deny.everything isolates student-app for egress" in page.text
    assert '<a href="#policy-deny.everything"><code>deny.everything</code></a>' in (page.html)
    assert 'id="policy-deny.everything"' in page.html


def test_the_first_thing_to_read_is_the_next_step_and_the_flow_in_its_way(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, *make.solution()[:3])
    assert "14 of 18 flows are as the lab wants them. Next: part 5, Allow the app to reach" in (
        shown := get(ada, ADDRESS).text
    )
    assert shown.index("student-app to redis: should be open. Blocked") < shown.index("Steps")


def test_the_three_answers_stand_side_by_side_with_age_and_vantage(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, *make.solution())
    seen = timezone.now() - timedelta(minutes=2)
    make.observation(namespace, outcome="blocked", reason="no way in", last_seen=seen)
    make.observation(namespace, "student-app to redis", last_seen=seen)
    page = get(ada, ADDRESS)
    assert page.cells()["Gateway to student-app"] == ("allow", "allow", "blocked")
    assert page.cells()["student-app to redis"] == ("allow", "allow", "reached")
    assert page.cells()["redis to DNS"] == ("allow", "allow", "unknown")
    shown = page.text
    assert "As the lab wants, but a probe saw the opposite (1)" in shown
    assert "Not the policy text: look for a pod that is not ready" in shown
    assert "No way in in 12 ms, the same since 2026-03-03 12:00:00 UTC." in shown
    assert "Seen by health, outside, 2 min ago." in shown
    assert "Not observed: no probe covers this flow." in shown


def test_what_was_seen_before_a_change_is_no_contradiction_to_it(
    ada: Client, namespace: models.Namespace
) -> None:
    now = timezone.now()
    make.observation(namespace, last_seen=now - timedelta(seconds=30))
    make.snapshot(namespace, make.policy(), first_seen=now - timedelta(seconds=10), last_seen=now)
    page = get(ada, ADDRESS)
    assert page.cells()["Gateway to student-app"] == ("allow", "deny", "unknown")
    assert "settling after a change; before it, a probe saw it reached" in page.text


def test_steps_tell_what_holds_what_was_reached_and_what_is_not_checked(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, *make.solution()[:1])
    for step in ("baseline", "default-deny", "dns"):
        models.StepReached.objects.create(namespace=namespace, step=step, at=make.NOON)
    shown = get(ada, ADDRESS).text
    assert "nothing is restricted done First reached 2026-03-03 12:00:00 UTC." in shown
    assert "Default deny holds now First reached 2026-03-03 12:00:00 UTC. Every pod" in shown
    assert "Allow DNS held once, no longer First reached" in shown
    assert "Allow the gateway in not yet Gateway to student-app" in shown
    assert "Committed to GitOps not checked" in shown


def test_it_says_who_is_a_stand_in(ada: Client, namespace: models.Namespace) -> None:
    make.snapshot(namespace, pods=[make.pod()])
    shown = get(ada, ADDRESS).text
    assert "No pod found for redis, uptime-kuma, DNS: assessed as the lab's stand-in" in shown
    assert "Always a stand-in: Gateway, Internet, Other student." in shown


def test_pods_stand_with_their_readiness_and_restarts(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    make.pod_state(namespace, "redis-0", ready=False, restarts=7, entities=["redis"])
    make.pod_state(namespace, "gone-0", is_open=False)
    shown = get(ada, ADDRESS).text
    assert "redis-0 redis Running not ready 7" in shown
    assert "gone-0" not in shown


def test_policies_read_as_a_person_would_write_them(
    ada: Client, namespace: models.Namespace
) -> None:
    """PostgreSQL gives keys back in an order of its own."""
    snapshot = make.snapshot(namespace, make.solution()[3])
    (policy,) = snapshot.policy_set.manifests
    models.PolicySet.objects.update(manifests=[dict(sorted(policy.items(), reverse=True))])
    assert (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n"
        "  name: allow-app-to-redis\nspec:\n  podSelector:\n    matchLabels:\n"
        "      app: student-app\n  policyTypes:\n  - Egress\n  egress:\n  - to:\n"
    ) in get(ada, ADDRESS).html


def test_the_bars_count_what_is_expected_and_what_is_allowed(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, make.policy())
    expected, allowed = get(ada, ADDRESS).figure("by-source")["data"]
    assert expected["y"] == ["Gateway", "student-app", "uptime-kuma", "redis"]
    assert (expected["x"], allowed["x"]) == ([2, 2, 3, 1], [0, 0, 0, 0])


def test_right_after_a_change_the_page_says_that_probes_look_again(
    ada: Client, namespace: models.Namespace
) -> None:
    now = timezone.now()
    make.snapshot(namespace, *make.solution(), first_seen=now, last_seen=now)
    assert "0 of 18 flows observed since the change; probes are looking" in get(ada, ADDRESS).text
    models.Snapshot.objects.update(first_seen=now - timedelta(hours=1))
    assert "0 of 18 flows observed; for the others the table" in get(ada, ADDRESS).text


def test_where_nothing_is_enforced_it_is_said_once_and_held_against_nobody(
    ada: Client, namespace: models.Namespace
) -> None:
    now = timezone.now()
    make.snapshot(namespace, make.policy(), first_seen=now - timedelta(hours=1), last_seen=now)
    flows = [flow.name for flow in active_lab().flows[:3]]
    for flow in flows:
        make.observation(namespace, flow, first_seen=now, last_seen=now)
    assert "probes passed 3 flows that the policies deny" in get(ada, ADDRESS).text
    models.Observation.objects.filter(flow=flows[0]).update(outcome="blocked")
    assert "Nothing seems to be enforced" not in get(ada, ADDRESS).text
