"""The difference page: any two states of a namespace, and which policy turned which flow."""

import ast
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from dashboard import models
from dashboard.active_lab import active_lab
from tests import make
from tests.dashboard.html import Page, get

pytestmark = pytest.mark.django_db

EXPECTED = {flow.name: flow.expected.value for flow in active_lab().flows}


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
    held = "2026-03-03 12:01:30 UTC: a snapshot seen from 2026-03-03 12:01:00 UTC"
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
    assert "The policies are identical." in shown
    assert "unclear on one side" in shown


def test_two_equal_ends_differ_in_nothing(ada: Client, namespace: models.Namespace) -> None:
    make.snapshot(namespace)
    shown = ask(ada, "now", "now").text
    assert "No flow changed." in shown
    assert "The policies are identical, and so is what they mean." in shown


def test_an_assessment_of_another_version_is_not_compared(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, schema=99, assessment={"strange": True})
    page = ask(ada)
    assert page.status == 200
    assert "Another version of the dashboard assessed one of these snapshots" in page.text


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
    assert "0 flows opened, 0 closed, 1 unclear on one side." in page.text
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
    queries = 14 if "solution" in ends else 12  # which tiers are open, what could not be read
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
    models.HintSetting.objects.create(lab=active_lab().name, tiers=2)
    page = ask(ada, "now", "solution")
    assert line not in page.html
    assert "Your instructor has closed the hints that show the lines" in page.text
    assert page.predicted("after")["student-app to DNS"] == "allow"
    ada.force_login(make.instructor())
    assert line in ask(ada, "now", "solution").html


AT_NOON = "2026-03-03T12:00:00Z"


@pytest.fixture
def instructor(client: Client, db: None) -> Client:  # noqa: ARG001  # asked for the database
    client.force_login(make.instructor())
    return client


@pytest.fixture
def bob(namespace: models.Namespace) -> models.Namespace:
    """Who denied everything at noon and allowed DNS a minute later; Ada has no policy."""
    make.snapshot(namespace)
    other = make.namespace("bob")
    for minute in range(2):
        make.snapshot(other, *make.solution()[: minute + 1], seconds=60 * minute)
    return other


@pytest.mark.parametrize(
    ("before", "after", "dns", "titles"),
    [
        ("now", "student:student-bob-dev", ("allow", "allow"), ["Now", "student-bob-dev, now"]),
        (
            f"student:student-bob-dev@{AT_NOON}",
            "now",
            ("deny", "allow"),
            ["student-bob-dev, 2026-03-03 12:00:00 UTC", "Now"],
        ),
        ("student:student-bob-dev", "solution", ("allow", "allow"), ["The lab's solution"]),
        ("baseline", f"student:student-bob-dev@{AT_NOON}", ("allow", "deny"), ["No policy at all"]),
        (
            f"student:student-bob-dev@{AT_NOON}",
            "student:student-bob-dev",
            ("deny", "allow"),
            ["student-bob-dev, now"],
        ),
    ],
)
def test_an_instructor_compares_with_another_student_on_either_side(
    instructor: Client,
    bob: models.Namespace,
    before: str,
    after: str,
    dns: tuple[str, str],
    titles: list[str],
) -> None:
    page = ask(instructor, before, after)
    flow = "redis to DNS"
    assert (page.predicted("before")[flow], page.predicted("after")[flow]) == dns
    for title in titles:
        assert f"{title}: " in page.text
    assert bob.name in page.html


def test_what_is_evaluated_beside_another_student_has_their_pods(
    instructor: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    odd = [make.pod(labels={"app": "student-app"}, host_network=True)]
    make.snapshot(make.namespace("bob"), pods=odd)
    page = ask(instructor, "student:student-bob-dev", "solution")
    assert page.predicted("after")["student-app to redis"] == "unknown"


def test_a_draft_stays_in_its_own_namespace(instructor: Client, bob: models.Namespace) -> None:
    ada = models.Namespace.objects.get(name="student-ada-dev")
    draft = models.Draft.objects.create(
        namespace=ada, text=json.dumps(make.policy()), by="ada", at=make.NOON
    )
    page = ask(instructor, f"draft:{draft.pk}", f"student:{bob.name}")
    assert set(page.predicted("before").values()) == {"deny"}
    assert page.predicted("after")["redis to DNS"] == "allow"


@pytest.mark.parametrize(
    "end",
    [
        "student:student-bob-dev",
        f"student:student-bob-dev@{AT_NOON}",
        "student:student-nobody-dev",
        "student:student-ada-dev",
    ],
)
@pytest.mark.parametrize("side", ["from", "to"])
def test_a_student_names_no_other_namespace(
    ada: Client, bob: models.Namespace, end: str, side: str
) -> None:
    address = "/n/student-ada-dev/diff"
    assert ada.get(address, {side: end}).status_code == 404
    assert ada.get(address, {f"{side}_of": bob.name, side: "now"}).status_code == 404
    assert "bob" not in get(ada, address).html


def test_another_student_has_to_be_there_and_to_have_been_read(
    instructor: Client, bob: models.Namespace
) -> None:
    page = ask(instructor, "now", f"student:{bob.name}@2026-03-03T11:00:00Z")
    assert "The first poll that read student-bob-dev was at 2026-03-03 12:00:00" in page.text
    for nonsense in ("student:", "student:A/B", f"student:{bob.name}@noon", "student:bob-"):
        assert ask(instructor, "now", nonsense).status == 400


@pytest.mark.parametrize(
    ("sent", "led"),
    [
        ({"from": "now", "from_of": "student-bob-dev"}, "student:student-bob-dev&to=now"),
        (
            {"from": AT_NOON, "from_of": " student-bob-dev "},
            f"student:student-bob-dev@{AT_NOON}&to=now",
        ),
        (
            {"from": AT_NOON, "to": "now", "to_of": "student-bob-dev"},
            f"{AT_NOON}&to=student:student-bob-dev",
        ),
    ],
)
def test_the_form_leads_to_an_address_that_can_be_passed_on(
    instructor: Client, bob: models.Namespace, sent: dict[str, str], led: str
) -> None:
    response = instructor.get("/n/student-ada-dev/diff", sent)
    assert response.headers["Location"] == f"/n/student-ada-dev/diff?from={led}"
    page = get(instructor, response.headers["Location"])
    assert f'value="{bob.name}" list="others"' in page.html
    assert page.html.count(f'<option value="{bob.name}">') == 1


@pytest.mark.parametrize(
    ("typed", "led"),
    [
        ("bob", "student-bob-dev"),
        (" BOB ", "student-bob-dev"),
        ("Student-Bob-Prod", "student-bob-prod"),
        ("eve", "student-eve-prod"),
        ("student-ada-dev", None),
        ("ada", None),
    ],
)
def test_another_student_is_named_by_login_or_namespace(
    instructor: Client, bob: models.Namespace, typed: str, led: str | None
) -> None:
    """A login is that of the namespace in the same environment, or of the only one."""
    make.namespace("bob", "prod")
    make.namespace("eve", "prod")
    response = instructor.get("/n/student-ada-dev/diff", {"from": "baseline", "from_of": typed})
    end = f"student:{led}@baseline" if led else "baseline"
    assert response.headers["Location"] == f"/n/student-ada-dev/diff?from={end}&to=now"
    assert bob.environment == "dev"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("hugx", "No student and no namespace is called “hugx”: type a login, or a name like"),
        ("<b>\0", "No student and no namespace is called"),
        ("eve", "“eve” has several namespaces: type one, like student-eve-prod, student-eve-test."),
    ],
)
def test_who_is_nobody_is_answered_with_what_to_type_and_the_form_as_it_was(
    instructor: Client, bob: models.Namespace, typed: str, told: str
) -> None:
    for environment in ("prod", "test"):
        make.namespace("eve", environment)
    page = get(instructor, "/n/student-ada-dev/diff", to=AT_NOON, to_of=typed)
    assert (page.status, told in page.text) == (400, True)
    assert f'<option value="{AT_NOON}" selected>' in page.html
    if typed.isalpha():
        assert f'name="to_of" value="{typed}"' in page.html
        assert ask(instructor, "now", f"student:{typed}").status == 400
    assert bob.name in page.html


@pytest.mark.parametrize("evaluated", ["baseline", "solution"])
def test_what_is_evaluated_of_another_student_has_their_pods(
    instructor: Client, namespace: models.Namespace, evaluated: str
) -> None:
    """Those of the other end where that is of the same student, else those that are there now."""
    make.snapshot(namespace)
    bob, odd = make.namespace("bob"), [make.pod(labels={"app": "redis"}, host_network=True)]
    make.snapshot(bob, pods=odd)
    make.snapshot(bob, seconds=60)
    whose, flow = f"student:{bob.name}", "student-app to redis"
    for other, known in ((f"{whose}@{AT_NOON}", False), (whose, True), ("now", True)):
        page = ask(instructor, other, f"{whose}@{evaluated}")
        assert (page.predicted("after")[flow] != "unknown") is (known or evaluated == "baseline")
        title = {"baseline": "no policy at all", "solution": "the lab's solution"}[evaluated]
        there = "were there at 2026-03-03 12:00:00 UTC" if "@" in other else "are there now"
        assert f"{bob.name}, {title}: evaluated with the pods that {there}" in page.text


def test_a_draft_is_of_no_other_student(instructor: Client, bob: models.Namespace) -> None:
    draft = f"draft:{uuid4()}"
    page = get(instructor, "/n/student-ada-dev/diff", **{"from": draft, "from_of": "bob"})
    assert (page.status, f"is not {bob.name}'s: leave one of" in page.text) == (400, True)


def test_another_students_now_is_warned_of_like_ones_own(
    instructor: Client, bob: models.Namespace
) -> None:
    models.Namespace.objects.update(last_seen=timezone.now())
    whose = f"student:{bob.name}"
    assert 'id="stale' not in ask(instructor, "now", whose).html
    models.Namespace.objects.update(last_seen=make.NOON)
    stale = ask(instructor, "now", whose).html
    assert ('id="stale"' in stale, 'id="stale-student-bob-dev"' in stale) == (True, True)
    past = ask(instructor, AT_NOON, whose).html
    assert ('id="stale"' in past, 'id="stale-student-bob-dev"' in past) == (False, True)
    models.Namespace.objects.filter(pk=bob.pk).update(failure="<no>", failing_since=make.NOON)
    failing = ask(instructor, "now", whose)
    assert "student-bob-dev cannot be read, first noticed" in failing.text
    assert "&lt;no&gt;" in failing.html
    assert 'id="stale-student-bob-dev"' not in failing.html


@pytest.mark.usefixtures("bob")
@pytest.mark.parametrize("whose", ["", "student:student-bob-dev@"])
def test_what_is_still_to_come_is_no_end(instructor: Client, whose: str) -> None:
    page = get(instructor, "/n/student-ada-dev/diff", to=f"{whose}2999-01-01T00:00:00Z")
    assert (page.status, "2999-01-01 00:00:00 UTC is still to come." in page.text) == (400, True)


def test_what_no_run_of_this_lab_has_seen_is_not_offered(
    instructor: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    ahead = timezone.now() + timedelta(days=1)
    for name, of, ended in (
        ("other", "another lab", make.NOON),
        ("goes on", active_lab().name, ahead),
    ):
        models.Run.objects.create(name=f"<{name}>", lab=of, began_at=make.NOON, ended_at=ended)
    page = ask(instructor, AT_NOON, "now")
    assert "&lt;goes on&gt;, beginning: 2026-03-03" in page.html
    assert "&lt;goes on&gt;, end" not in page.html
    assert "&lt;other&gt;" not in page.html


def test_runs_are_offered_on_both_sides_by_their_names_to_those_who_named_them(
    instructor: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace)
    for name, began, ended in (("a moment", 0, 0), ("a lab", 0, 60), ("going on", 90, None)):
        models.Run.objects.create(
            name=f"<{name}>",
            lab=active_lab().name,
            began_at=make.after(began),
            ended_at=None if ended is None else make.after(ended),
        )
    models.Run.objects.filter(name="<a moment>").update(origin="session")
    page = ask(instructor, AT_NOON, "2026-03-03T12:01:00Z")
    assert "&lt;going on&gt;, beginning: 2026-03-03 12:01:30 UTC" in page.html
    chosen = '<option value="2026-03-03T12:01:00Z" selected>&lt;a lab&gt;, end: 2026-03-03 12:01'
    assert chosen in page.html
    assert page.html.count(f'<option value="{AT_NOON}" selected>') == 1
    assert page.html.count(f'<option value="{AT_NOON}">') == 1
    instructor.force_login(make.user("ada"))
    told = ask(instructor, AT_NOON, "2026-03-03T12:01:00Z").html
    assert ">Run of the class, beginning: 2026-03-03 12:01:30 UTC</option>" in told
    assert "a lab" not in told
    assert "going on" not in told


def test_any_other_time_can_be_typed_on_either_side(
    instructor: Client, bob: models.Namespace
) -> None:
    """It goes before what the list has, and leads to an address like every other."""
    time, address = "2026-03-03T12:00:07Z", "/n/student-ada-dev/diff"
    for typed, led in (
        ({"from": "baseline", "from_at": f" {time} ", "to": "now"}, f"from={time}&to=now"),
        ({"from": "baseline", "to": "now", "to_at": time}, f"from=baseline&to={time}"),
        (
            {"from_at": time, "from_of": "bob", "to": "now"},
            f"from=student:{bob.name}@{time}&to=now",
        ),
        # A page's own moment is that of what is not said.
        ({"at": time}, f"from=baseline&to={time}"),
        ({"at": time, "from": AT_NOON}, f"from={AT_NOON}&to={time}"),
        ({"at": time, "from": AT_NOON, "to": "now"}, f"from={AT_NOON}&to=now"),
    ):
        assert instructor.get(address, typed).headers["Location"] == f"{address}?{led}"
    page = get(instructor, address, **{"from": "now", "to_at": "<noon>"})
    assert (page.status, "“<noon>” is no time: write one like" in page.text) == (400, True)
    assert 'name="to_at" value="&lt;noon&gt;"' in page.html
    assert get(instructor, address, at="noon").status == 400


@pytest.mark.parametrize("replaces", [False, True])
def test_a_draft_has_one_name_and_says_what_it_was_put_to(
    instructor: Client, namespace: models.Namespace, *, replaces: bool
) -> None:
    """To the policies of the other end where that is a time, else to those that are there now."""
    make.snapshot(namespace, make.policy("default-deny-all"))
    make.snapshot(namespace, seconds=60)
    draft = models.Draft.objects.create(
        namespace=namespace,
        by="<staff>",
        at=make.NOON,
        replaces=replaces,
        text=json.dumps(make.solution()[1]),
    )
    how = "in place of" if replaces else "added to"
    instructor.force_login(make.user("ada"))  # it is not listed for her
    for other, there in (
        ("now", "are there now, and evaluated with the pods of now"),
        ("solution", "are there now, and evaluated with the pods of now"),
        (AT_NOON, "were there at 2026-03-03 12:00:00 UTC, and evaluated with the pods of then"),
    ):
        page = ask(instructor, other, f"draft:{draft.pk}")
        name = "Draft of 2026-03-03 12:00 UTC by <staff>"
        assert f"{name}: {how} the policies that {there}" in page.text
        assert f'<option value="draft:{draft.pk}" selected>{escape(name)}</option>' in page.html
        denied = page.predicted("after")["Gateway to redis"] == "deny"
        assert denied is (other == AT_NOON and not replaces)
