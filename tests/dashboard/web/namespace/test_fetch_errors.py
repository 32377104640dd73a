"""A namespace's page when there is little to show, or somebody means ill."""

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
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>&\"'`{{ 7 }}`"


def test_before_the_first_poll_it_says_what_to_do(ada: Client, namespace: models.Namespace) -> None:
    page = get(ada, ADDRESS)
    assert namespace.name in page.text
    assert "python manage.py poll --kubeconfig FILE" in page.text
    assert page.cells() == {}


def test_a_failing_namespace_shows_why_and_how_it_was_before(
    ada: Client, namespace: models.Namespace
) -> None:
    models.Namespace.objects.update(failure="403: may not list pods", failing_since=make.NOON)
    assert "403: may not list pods" in (page := get(ada, ADDRESS)).text
    assert "This namespace was never read" in page.text
    make.snapshot(namespace, *make.solution())
    assert "403: may not list pods" in (page := get(ada, ADDRESS)).text
    assert "What stands below is how it was" in page.text
    assert "tell your instructor" in page.text
    assert page.predicted() == EXPECTED


def test_what_could_not_be_read_since_is_not_said_to_hold_now(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, *make.solution())
    assert "UTC now 18/18" in get(ada, ADDRESS).text
    models.Namespace.objects.update(failure="403: may not list pods", failing_since=make.NOON)
    page = get(ada, ADDRESS)
    assert "UTC, not read since 18/18" in page.text
    assert "in a state since" in page.text


def test_a_deleted_namespace_still_shows_how_it_was(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, *make.solution(), is_open=False)
    models.Namespace.objects.update(gone_at=make.after(60))
    page = get(ada, ADDRESS)
    assert "This namespace was deleted" in page.text
    assert page.predicted() == EXPECTED


def test_a_flow_that_is_newer_than_the_assessment_is_unknown(
    ada: Client, namespace: models.Namespace
) -> None:
    snapshot = make.snapshot(namespace)
    flows = [flow for flow in snapshot.assessment.body["flows"] if flow["flow"] != "redis to DNS"]
    renamed = flows[0] | {"flow": "A flow of last year's lab file"}
    make.reassessed(snapshot, flows=[*flows, renamed], steps=[])
    page = get(ada, ADDRESS)
    assert page.predicted()["redis to DNS"] == "unknown"
    assert page.predicted().keys() == EXPECTED.keys()
    assert "the lab file was changed after this state was assessed" in page.text


def test_an_assessment_of_another_version_is_not_misread(
    ada: Client, namespace: models.Namespace
) -> None:
    make.snapshot(namespace, make.policy(), schema=99, assessment={"strange": True})
    page = get(ada, ADDRESS)
    assert page.status == 200
    assert "Another version of the dashboard assessed this state" in page.text
    assert 'id="policy-default-deny-all"' in page.html


def test_nothing_that_others_wrote_becomes_markup(ada: Client, namespace: models.Namespace) -> None:
    snapshot = make.snapshot(namespace, make.policy())
    flows = [flow | {"explanation": HOSTILE} for flow in snapshot.assessment.body["flows"]]
    steps = [step | {"evidence": HOSTILE} for step in snapshot.assessment.body["steps"]]
    make.reassessed(snapshot, flows=flows, steps=steps)
    (policy,) = snapshot.policy_set.manifests
    hostile = policy | {"metadata": {"name": HOSTILE}, "spec": {HOSTILE: [HOSTILE]}}
    models.PolicySet.objects.update(manifests=[hostile])
    make.pod_state(namespace, HOSTILE)
    make.observation(namespace, reason=HOSTILE, last_seen=timezone.now())
    models.Namespace.objects.update(failure=HOSTILE, failing_since=make.NOON)
    page = get(ada, ADDRESS)
    assert page.status == 200
    assert "<img src=x" not in page.html
    assert "<script>" not in page.html
    hints = str(page.figure("matrix")["data"])
    assert "&lt;img" in hints
    assert "<img" not in hints
