"""What if: tried and told, nothing kept that nobody asked to keep, nobody else's to see."""

from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.web.try_fix.views import MOST_DRAFTS, MOST_TEXT
from tests import make
from tests.dashboard.html import Page, get

pytestmark = pytest.mark.django_db

ADDRESS = "/n/student-ada-dev/what-if"
SOLUTION = yaml.safe_dump_all(make.solution())
LOWER = SOLUTION.replace("protocol: UDP", "protocol: udp")
EXPECTED = {flow.name: flow.expected.value for flow in active_lab().flows}


@pytest.fixture(autouse=True)
def _denied(namespace: models.Namespace) -> None:
    """Ada has default deny alone."""
    make.snapshot(namespace, make.policy("default-deny-all"))


def tried(client: Client, text: str, **fields: Any) -> Page:
    response = client.post(ADDRESS, {"yaml": text, "mode": "add"} | fields)
    return Page(response.status_code, response.content.decode())


def test_all_is_told_of_what_would_be_and_nothing_is_kept(ada: Client) -> None:
    before = models.Snapshot.objects.values().get()
    page = tried(ada, SOLUTION)
    assert page.predicted() == EXPECTED
    assert "18 of 18 flows would be as the lab wants them; now it is 6" in page.text
    assert page.predicted("now")["student-app to redis"] == "deny"
    assert page.predicted("would be")["student-app to redis"] == "allow"
    assert 'data-step="all-flows" data-holds="true"' in page.html
    assert models.Snapshot.objects.values().get() == before
    assert not models.Draft.objects.exists()


def test_added_policies_take_the_place_of_their_namesakes_and_leave_the_others(ada: Client) -> None:
    one = yaml.safe_dump(make.policy("other", ingress=[{}]))
    added = tried(ada, one)
    assert added.predicted()["Gateway to redis"] == "allow"
    assert added.predicted()["student-app to DNS"] == "deny"
    same = tried(ada, one.replace("other", "default-deny-all"))
    assert same.predicted()["student-app to DNS"] == "allow"
    replaced = tried(
        ada,
        yaml.safe_dump(make.policy("x", podSelector={"matchLabels": {"a": "b"}})),
        mode="replace",
    )
    assert set(replaced.predicted().values()) == {"allow"}


def test_a_file_stands_for_the_text(ada: Client) -> None:
    file = SimpleUploadedFile("policies.yaml", SOLUTION.encode())
    assert tried(ada, "ignored", file=file).predicted() == EXPECTED


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("kind: NetworkPolicy\n  bad: [", 2, "is not YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, 'the key "a" stands twice'),
        (LOWER, LOWER.splitlines().index("      protocol: udp") + 1, '"udp" is not supported'),
        (
            "kind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {containers: []}",
            None,
            "there is no NetworkPolicy in it",
        ),
        ("- just\n- a list", None, "is no Kubernetes object"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    ada: Client, text: str, line: int | None, message: str
) -> None:
    page = tried(ada, text)
    assert page.status == 200
    assert message in page.text
    if line:
        assert f'data-line="{line}"' in page.html
        assert f"{text.splitlines()[line - 1].strip()}" in page.text


def test_what_counts_is_judged_beside_what_does_not(ada: Client) -> None:
    broken = yaml.safe_dump(make.policy("broken", podSelector={"matchLabels": 1}))
    elsewhere = yaml.safe_dump(make.policy("elsewhere", namespace="student-bob-dev"))
    page = tried(ada, f"{SOLUTION}---\n{broken}---\n{elsewhere}")
    assert page.predicted() == EXPECTED
    assert "broken): spec.podSelector" in page.text
    assert "elsewhere): metadata.namespace: another namespace is named" in page.text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"yaml": ""}, "Paste NetworkPolicies as YAML, or choose a file."),
        ({"yaml": "#" * (MOST_TEXT + 1)}, "at most"),
        ({"yaml": "a\0b"}, "Null characters are not allowed."),
        ({"yaml": "a", "mode": "delete"}, "not one of the available choices"),
        ({"file": SimpleUploadedFile("a", b"#" * (MOST_TEXT + 1))}, "larger than 256 KiB"),
        ({"file": SimpleUploadedFile("a", b"\xff\xfe")}, "not UTF-8 text"),
        ({"file": SimpleUploadedFile("a", b"a\0b")}, "NUL bytes"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_a_reason(
    ada: Client, fields: dict[str, Any], message: str
) -> None:
    page = tried(ada, "", **fields)
    assert page.status == 400
    assert message in page.text


def test_hostile_text_is_shown_as_text(ada: Client) -> None:
    hostile = "<script>alert(1)</script>"
    page = tried(ada, f"{hostile}: [")
    assert hostile not in page.html
    page = tried(ada, yaml.safe_dump(make.policy("p", podSelector={"matchLabels": {hostile: "x"}})))
    assert hostile not in page.html
    assert f"</textarea>{hostile}" not in tried(ada, f"</textarea>{hostile}").html


def test_what_is_too_much_is_refused(ada: Client, namespace: models.Namespace) -> None:
    models.Snapshot.objects.all().delete()
    pods = [make.pod(f"p{number}", labels={"app": f"a{number}"}) for number in range(100)]
    make.snapshot(namespace, make.policy(), pods=pods)
    rules: list[dict[str, Any]] = [{"from": [{"podSelector": {}}]}] * 400
    page = tried(ada, yaml.safe_dump(make.policy("huge", ingress=rules)))
    assert "It is too large to evaluate" in page.text


def test_findings_wait_for_the_tier_that_names_fields(ada: Client) -> None:
    udp = yaml.safe_dump(
        make.policy(
            "dns", policyTypes=["Egress"], egress=[{"ports": [{"port": 53, "protocol": "UDP"}]}]
        )
    )
    found = tried(ada, udp)
    assert 'data-finding="' in found.html
    assert "Line " in found.text
    models.HintSetting.objects.create(lab=active_lab().name, tiers=1)
    closed = tried(ada, udp)
    assert 'data-finding="' not in closed.html
    assert "Your instructor has closed the hints" in closed.text


def test_one_may_start_from_what_is_there(ada: Client) -> None:
    page = get(ada, ADDRESS, start="now")
    assert "name: default-deny-all" in page.html
    assert 'value="replace" checked' in page.html


def kept(client: Client, text: str = SOLUTION, mode: str = "add") -> models.Draft:
    response = client.post(ADDRESS, {"yaml": text, "mode": mode, "keep": "yes"})
    draft = models.Draft.objects.latest("at")
    assert response["Location"] == f"{ADDRESS}?draft={draft.pk}"
    return draft


def test_a_draft_is_kept_on_request_and_opened_by_its_address(ada: Client) -> None:
    draft = kept(ada, mode="replace")
    assert (draft.text, draft.replaces, draft.by) == (SOLUTION, True, "ada")
    page = get(ada, ADDRESS, draft=str(draft.pk))
    assert page.predicted() == EXPECTED
    assert 'value="replace" checked' in page.html


def test_a_draft_is_an_end_of_a_difference(ada: Client) -> None:
    draft = kept(ada)
    page = get(ada, "/n/student-ada-dev/diff", **{"from": "now", "to": f"draft:{draft.pk}"})
    assert page.predicted("after") == EXPECTED
    assert "12 flows opened, 0 closed" in page.text
    assert f'<option value="draft:{draft.pk}" selected>Draft of' in page.html


def test_a_draft_without_anything_that_counts_is_no_end_of_a_difference(ada: Client) -> None:
    draft = kept(ada, "nonsense: [")
    page = get(ada, "/n/student-ada-dev/diff", to=f"draft:{draft.pk}")
    assert "Nothing in this draft counts" in page.text
    assert not page.cells("after")


def test_drafts_are_seen_within_rights_alone(ada: Client, client: Client) -> None:
    mine = kept(ada)
    client.force_login(make.instructor())
    theirs = kept(client, SOLUTION + "\n# by the instructor")
    assert f'data-draft="{mine.pk}"' in get(client, ADDRESS).html
    client.force_login(make.user("bob"))
    for address in (f"{ADDRESS}?draft={mine.pk}", f"/n/student-ada-dev/diff?to=draft:{mine.pk}"):
        assert client.get(address).status_code == 404
    assert client.post(f"/n/student-ada-dev/drafts/{mine.pk}/delete").status_code == 404
    make.snapshot(make.namespace("bob"), make.policy())
    assert client.get(f"/n/student-bob-dev/what-if?draft={mine.pk}").status_code == 404
    assert client.get(f"/n/student-bob-dev/diff?to=draft:{mine.pk}").status_code == 404
    assert models.Draft.objects.count() == 2
    assert theirs.by == "instructor"


def test_a_student_lists_own_drafts_and_opens_others_by_address(client: Client) -> None:
    client.force_login(make.instructor())
    theirs = kept(client)
    client.force_login(make.user("ada"))
    assert f'data-draft="{theirs.pk}"' not in get(client, ADDRESS).html
    assert get(client, ADDRESS, draft=str(theirs.pk)).predicted() == EXPECTED
    assert client.post(f"/n/student-ada-dev/drafts/{theirs.pk}/delete").status_code == 404


def test_a_draft_is_deleted_by_whoever_wrote_it(ada: Client) -> None:
    draft = kept(ada)
    assert ada.post(f"/n/student-ada-dev/drafts/{draft.pk}/delete").status_code == 302
    assert not models.Draft.objects.exists()
    assert ada.get(f"{ADDRESS}?draft={draft.pk}").status_code == 404


@pytest.mark.parametrize("key", ["1", "x" * 400, "'; drop table"])
def test_what_is_no_key_is_not_there(ada: Client, key: str) -> None:
    assert ada.get(ADDRESS, {"draft": key}).status_code == 404


def test_there_is_an_end_to_drafts(ada: Client) -> None:
    for _ in range(MOST_DRAFTS):
        kept(ada)
    page = tried(ada, SOLUTION, keep="yes")
    assert page.status == 400
    assert f"has {MOST_DRAFTS} drafts already" in page.text
    assert models.Draft.objects.count() == MOST_DRAFTS


def test_before_the_first_poll_there_is_nothing_to_try_on(ada: Client) -> None:
    models.Snapshot.objects.all().delete()
    assert "Nobody has read this namespace yet" in tried(ada, SOLUTION).text


def test_the_namespaces_services_are_known_here_too(
    ada: Client, namespace: models.Namespace
) -> None:
    models.ServiceState.objects.create(
        namespace=namespace,
        service="student-app-svc",
        ports=[[80, 5000, "TCP"]],
        entities=["student-app"],
        first_seen=make.NOON,
        last_seen=make.NOON,
    )
    page = tried(ada, SOLUTION.replace("port: 5000", "port: 80"))
    assert 'data-finding="NP106"' in page.html
