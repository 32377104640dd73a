"""A student at the beginning of the lab: what they have is kept, and a cause says what opens."""

from copy import deepcopy
from typing import Any

import pytest

from netpol.diagnose import CauseCode, diagnose_namespace
from netpol.model import build_cluster
from tests.netpol.mistakes import LAB, solution

NAMESPACE = "student-ada-dev"
DENY, *ALLOWING = solution()
ONE_WAY = deepcopy(DENY)
ONE_WAY["spec"] = {"podSelector": {}, "policyTypes": ["Ingress"]}
OWN_NAME = deepcopy(ONE_WAY)
OWN_NAME["metadata"] = {"name": "mine"}
REDIS = next(each for each in ALLOWING if each["metadata"]["name"] == "allow-redis-from-app")
NO_REDIS = [each for each in ALLOWING if each is not REDIS]
UNTRUE = "may not"


@pytest.mark.parametrize(
    ("manifests", "most_edits"),
    [
        ([], 6),
        ([DENY], 6),
        ([ONE_WAY], 6),
        ([OWN_NAME], 6),
        ([ONE_WAY, REDIS], 5),
        (NO_REDIS, 1),
        ([DENY, *NO_REDIS], 1),
    ],
)
def test_what_is_there_stays_and_what_is_added_is_needed(
    manifests: list[Any], most_edits: int
) -> None:
    found = diagnose_namespace(
        LAB, build_cluster([LAB.namespaces.label_namespace(NAMESPACE)]), NAMESPACE, manifests
    )
    repair = found.repair
    assert (repair.why_not, repair.delete) == ("", ())
    assert len(repair.edits) <= most_edits
    assert all(edit.opens or edit.closes for edit in repair.edits)
    kept = {each["metadata"]["name"]: each["spec"] for each in repair.policies}
    assert all(kept[each["metadata"]["name"]] == each["spec"] for each in manifests)
    unmet = {each.flow.name for each in found.flows if each.predicted is not each.flow.expected}
    assert {flow for cause in found.causes for flow in cause.flows} == unmet
    assert not any(cause.code is CauseCode.OUTSIDE for cause in found.causes)


def test_what_should_be_closed_is_never_told_as_what_may_not_pass() -> None:
    found = diagnose_namespace(
        LAB, build_cluster([LAB.namespaces.label_namespace(NAMESPACE)]), NAMESPACE, []
    )
    for cause in found.causes:
        assert UNTRUE not in cause.message
        assert "which the lab wants closed" in cause.message


def test_what_is_written_wrongly_comes_before_what_is_not_there_yet() -> None:
    wrong = deepcopy(REDIS)
    wrong["spec"]["ingress"][0]["ports"][0]["port"] = 6380
    manifests = [DENY, *(each for each in ALLOWING[:3] if each is not REDIS), wrong]
    found = diagnose_namespace(
        LAB, build_cluster([LAB.namespaces.label_namespace(NAMESPACE)]), NAMESPACE, manifests
    )
    assert (found.causes[0].code, found.causes[0].policy) == (
        CauseCode.WRONG_PORT,
        "allow-redis-from-app",
    )
    assert found.causes[-1].policy is None


def test_what_the_api_does_not_know_is_not_in_what_is_to_be_applied() -> None:
    odd = deepcopy(REDIS)
    (rule,) = odd["spec"]["ingress"]
    rule["to"] = rule.pop("from")
    odd["spec"]["podSelector"]["matchLabel"] = {"app": "x"}
    found = diagnose_namespace(
        LAB,
        build_cluster([LAB.namespaces.label_namespace(NAMESPACE)]),
        NAMESPACE,
        [DENY, *NO_REDIS, odd],
    )
    after = {each["metadata"]["name"]: each["spec"] for each in found.repair.policies}
    assert after["allow-redis-from-app"] == REDIS["spec"]


@pytest.mark.parametrize("spec", ["::/0", [], 7, {"ingress": "from"}, {"ingress": [{"from": 1}]}])
def test_what_is_no_spec_gives_way(spec: Any) -> None:
    broken = [{**each, "spec": spec} if each == REDIS else each for each in solution()]
    found = diagnose_namespace(
        LAB, build_cluster([LAB.namespaces.label_namespace(NAMESPACE)]), NAMESPACE, broken
    )
    assert found.repair.why_not == ""
    again = diagnose_namespace(
        LAB,
        build_cluster([LAB.namespaces.label_namespace(NAMESPACE)]),
        NAMESPACE,
        found.repair.policies,
    )
    assert again.causes == ()
