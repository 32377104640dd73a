"""The difference page: any two states of a namespace, and which policy turned which flow."""

import ast
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard import models
from dashboard.current import lab
from tests import make
from tests.dashboard.html import Page, get

pytestmark = pytest.mark.django_db

EXPECTED = {flow.name: flow.expected.value for flow in lab().flows}


def ask(client: Client, before: str = "", after: str = "") -> Page:
    return get(client, "/n/student-ada-dev/diff", **{"from": before, "to": after})


@pytest.mark.parametrize("written", ["yesterday", "2026-03-01", "<script>", "😀" * 1000])
def test_nonsense_is_a_bad_request_that_says_what_can_be_asked(
    ada: Client, namespace: models.Namespace, written: str
) -> None:
    make.snapshot(namespace)
    page = ask(ada, "now", written)
    assert page.status == 400
    assert "is no moment: say baseline, now, solution, draft: with its key" in page.text
    assert "<script>" not in page.html


@pytest.mark.parametrize("ends", [(), ("", ""), ("baseline", "now")])
def test_without_a_choice_it_compares_no_policy_at_all_with_now(
    ada: Client, namespace: models.Namespace, ends: tuple[str, ...]
) -> None:
    make.snapshot(namespace, make.policy())
    page = ask(ada, *ends)
    assert set(page.predicted("before").values()) == {"allow"}
    assert set(page.predicted("after").values()) == {"deny"}
    assert "0 flows opened, 18 closed. 12 flows as the lab wants before, 6 after." in page.text
    chosen = '<option value="baseline" selected>No policy at all</option>'
    assert page.html.count(chosen) == 1


def test_the_solution_is_evaluated_for_the_pods_that_were_there(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, pods=[make.pod(labels={"app": "student-app"}, host_network=True)])
    page = ask(ada, "now", "solution")
    after = page.predicted("after")
    assert after["redis to internet HTTPS"] == "deny"
    assert after["student-app to redis"] == "unknown"


def test_a_time_means_the_state_that_held_then(ada: Client, namespace: models.Namespace) -> None:
    for count in range(3):
        make.snapshot(namespace, *make.solution()[:count], seconds=60 * count)
    page = ask(ada, "2026-03-03T12:00:59Z", "2026-03-03T13:01:30+01:00")
    assert set(page.predicted("before").values()) == {"allow"}
    assert set(page.predicted("after").values()) == {"deny"}
    held = "2026-03-03 12:01:30 UTC: a state seen from 2026-03-03 12:01:00 UTC"
    assert held in page.text


def test_a_time_before_the_first_state_says_so(ada: Client, namespace: models.Namespace) -> None:
    make.snapshot(namespace)
    long_ago = "2020-01-01T00:00:00Z"
    for ends in ((long_ago, "now"), ("now", long_ago)):
        page = ask(ada, *ends)
        assert page.status == 200
        assert "Nothing is known that far back" in page.text
        assert "was at 2026-03-03 12:00:00 UTC" in page.text


def test_before_the_first_poll_there_is_nothing_to_compare(
    ada: Client, namespace: models.Namespace
) -> None:
    shown = ask(ada).text
    assert "Nobody has read this namespace yet There is a difference to see after" in shown
    assert namespace.name in shown


def test_states_of_the_history_can_be_chosen(ada: Client, namespace: models.Namespace) -> None:
    make.snapshot(namespace)
    make.snapshot(namespace, make.policy(), seconds=60)
    page = ask(ada, "2026-03-03T12:00:00Z", "2026-03-03T12:00:30Z").html
    listed = "2026-03-03 12:00:00 UTC: 12 of 18 flows met</option>"
    assert f'<option value="2026-03-03T12:00:00Z" selected>{listed}' in page
    own = '<option value="2026-03-03T12:00:30Z" selected>2026-03-03 12:00:30 UTC</option>'
    assert own in page


def test_a_flow_that_opened_names_the_policy_that_opened_it(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, *make.solution()[:3])
    make.snapshot(namespace, *make.solution()[:5], seconds=60)
    page = ask(ada, "2026-03-03T12:00:00Z", "now")
    shown = page.text
    assert "1 flow opened, 0 closed." in shown
    (row,) = re.findall(r"student-app to redis allow DENY ALLOW opened (.*?)\. ", shown)
    assert "allow-app-to-redis" in row
    assert "allow-redis-from-app" in row
    assert '<a href="#policy-allow-app-to-redis">' in page.html
    assert 'id="policy-allow-app-to-redis"' in page.html


def test_the_matrices_show_before_after_and_what_turned(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, make.policy())
    page = ask(ada, "now", "solution")
    before, after, change = (
        page.figure(name)["data"][1]["text"] for name in ("before", "after", "change")
    )
    assert (set(before), set(after)) == ({"D"}, {"A", "D"})
    opened = sum(expected == "allow" for expected in EXPECTED.values())
    assert (change.count("+"), change.count("="), len(change)) == (opened, 18 - opened, 18)


def test_allowed_flows_are_counted_by_source_before_and_after(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, *make.solution())
    before, after = ask(ada).figure("by-source")["data"]
    assert (before["name"], before["x"]) == ("before", [3, 3, 4, 2])
    assert (after["name"], after["x"]) == ("after", [2, 2, 3, 1])


def test_each_end_shows_what_probes_saw_then(ada: Client, namespace: models.Namespace) -> None:
    make.snapshot(namespace)
    make.snapshot(namespace, make.policy(), seconds=60)
    make.observation(namespace, last_seen=make.after(30), is_open=False)
    page = ask(ada, "2026-03-03T12:00:30Z", "2026-03-03T12:01:00Z")
    flow = "Gateway to student-app"
    assert page.cells("before")[flow] == ("allow", "allow", "reached")
    assert page.cells("after")[flow] == ("allow", "deny", "unknown")


def test_policies_that_came_went_and_stayed_are_told_apart(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, make.policy("stays"), make.policy("goes"))
    make.snapshot(namespace, make.policy("stays"), make.policy("comes"), seconds=60)
    page = ask(ada, "2026-03-03T12:00:00Z", "now")
    shown = page.text
    assert "comes added + apiVersion: networking.k8s.io/v1 + kind: NetworkPolicy" in shown
    assert "goes removed - apiVersion: networking.k8s.io/v1 - kind: NetworkPolicy" in shown
    assert "Unchanged: stays." in shown
    assert "No change in meaning: the text of the policies differs" in shown


def test_the_same_policies_can_mean_something_else_for_other_pods(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, *make.solution(), pods=[make.pod(labels={"app": "redis"})])
    odd = [make.pod(labels={"app": "redis"}, host_network=True)]
    make.snapshot(namespace, *make.solution(), pods=odd, seconds=60)
    shown = ask(ada, "2026-03-03T12:00:00Z", "now").text
    assert "The policies are the same to the letter" in shown
    assert "cannot be told or could not" in shown


def test_two_equal_ends_differ_in_nothing(ada: Client, namespace: models.Namespace) -> None:
    make.snapshot(namespace)
    shown = ask(ada, "now", "now").text
    assert "No flow changed." in shown
    assert "The policies are the same, and so is what they mean." in shown


def test_an_assessment_of_another_version_is_not_compared(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, schema=99, assessment={"strange": True})
    page = ask(ada)
    assert page.status == 200
    assert "Another version of the dashboard assessed one of these states" in page.text


def test_now_of_a_namespace_that_is_gone_is_no_more_than_its_last_state(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, is_open=False)
    models.Namespace.objects.update(gone_at=make.after(60))
    assert "This namespace was deleted" in ask(ada).text


def test_a_flow_that_the_lab_did_not_have_then_cannot_be_told(
    ada: Client, namespace: models.Namespace
) -> None:
    snapshot = make.snapshot(namespace)
    first, *others = snapshot.assessment.body["flows"]
    make.reassessed(snapshot, flows=[*others, first | {"flow": "one that the lab dropped"}])
    make.snapshot(namespace, seconds=60)
    page = ask(ada, "2026-03-03T12:00:00Z", "now")
    assert "0 flows opened, 0 closed, 1 cannot be told or could not." in page.text
    assert "not both states were assessed with this flow" in page.text
    assert page.predicted("before")[first["flow"]] == "unknown"


def test_a_moment_that_is_both_ends_can_be_chosen_once(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    own = "2026-03-03T12:00:30.123456Z"
    page = ask(ada, own, own)
    assert "No flow changed." in page.text
    assert page.html.count(f'<option value="{own}" selected>') == 2


@pytest.mark.parametrize("ends", [(), ("2026-03-03T12:00:00Z", "solution")])
def test_a_long_history_costs_no_more_queries(
    ada: Client,
    namespace: models.Namespace,
    django_assert_num_queries: DjangoAssertNumQueries,
    ends: tuple[str, ...],
) -> None:
    queries = 12 if "solution" in ends else 11  # which tiers are open
    make.snapshot(namespace)
    with django_assert_num_queries(queries):
        ask(ada, *ends)
    for minute in range(1, 20):
        make.snapshot(namespace, *make.solution()[: minute % 8], seconds=60 * minute)
    with django_assert_num_queries(queries):
        ask(ada, *ends)


def test_nothing_that_others_wrote_becomes_markup(ada: Client, namespace: models.Namespace) -> None:
    hostile = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
    snapshot = make.snapshot(namespace, make.policy())
    (policy,) = snapshot.policy_set.manifests
    policy |= {"metadata": {"name": hostile}, "spec": {hostile: hostile}}
    models.PolicySet.objects.update(manifests=[policy])
    renamed = str(snapshot.assessment.body).replace("default-deny-all", hostile)
    make.reassessed(snapshot, **ast.literal_eval(renamed))
    page = ask(ada)
    assert "onerror" in page.text
    assert "<img src=x" not in page.html
    assert "<script>" not in page.html
    hints = str(page.figure("change")["data"])
    assert "&lt;img" in hints
    assert "<img" not in hints


def test_the_solutions_lines_are_kept_back_where_hints_do_not_show_lines(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, make.policy())
    line = "kubernetes.io/metadata.name: kube-system"
    assert line in ask(ada, "now", "solution").html
    models.HintSetting.objects.create(lab=lab().name, tiers=2)
    page = ask(ada, "now", "solution")
    assert line not in page.html
    assert "Your instructor has closed the hints that show the lines" in page.text
    assert page.predicted("after")["student-app to DNS"] == "allow"
    ada.force_login(make.instructor())
    assert line in ask(ada, "now", "solution").html
