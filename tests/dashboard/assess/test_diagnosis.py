"""What the answers mean together: the most important sentence first, and nothing held against who
could not help it.
"""

from typing import Any

import pytest

from dashboard.active_lab import active_lab
from dashboard.assess.flows import FlowEvidence, FlowRow, FlowStatus, build_flow_rows
from dashboard.assess.json_columns import parse_assessment
from dashboard.assess.namespace_objects import NamespaceObjects, group_pods
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.models import ObservedOutcome, PodState, ProbeSign, RouteState, ServiceState
from dashboard.web.namespace.page import summarize_namespace
from netpol.model import Profile
from tests import make

APP, REDIS, WORLD = (
    "Gateway to student-app",
    "student-app to redis",
    "uptime-kuma to internet HTTPS",
)
BLOCKED, REACHED, UNKNOWN = (
    ObservedOutcome.BLOCKED,
    ObservedOutcome.REACHED,
    ObservedOutcome.UNKNOWN,
)
SOLUTION = make.solution()
DENY = make.policy()


def pods(*, ready: bool, restarts: int = 0, entity: str = "student-app") -> list[PodState]:
    return [PodState(pod="p", ready=ready, restarts=restarts, entities=[entity])]


def around(found: list[PodState] | None = None, **leading: Any) -> NamespaceObjects:
    listed = found or []
    return NamespaceObjects(listed, pods_by_entity=group_pods(listed), **leading)


def row(
    flow: str,
    outcome: ObservedOutcome,
    sign: ProbeSign = ProbeSign.NONE,
    *,
    policies: tuple[make.Json, ...] = SOLUTION,
    profile: Profile = Profile.KUBERNETES,
    beside: NamespaceObjects | None = None,
) -> FlowRow:
    unseen = ObservedFlow(UNKNOWN, "not probed yet")
    observed = {each.name: unseen for each in active_lab().flows}
    observed[flow] = ObservedFlow(outcome, "as a probe saw it", sign, seen=make.NOON)
    seen = FlowEvidence(observed, beside or around())
    rows = build_flow_rows(
        active_lab(), parse_assessment(make.state_of(*policies).assessment), seen, profile
    )
    return next(each for each in rows if each.flow.name == flow)


def said(found: FlowRow) -> str:
    return " | ".join((*found.diagnosis.obstacles, *found.diagnosis.meanings))


@pytest.mark.parametrize(
    ("outcome", "policies", "expected"),
    [
        (REACHED, SOLUTION, "works"),
        (BLOCKED, (DENY,), "blocked, as the policies say"),
        (BLOCKED, SOLUTION, "not the policy text: look for a pod that is not ready"),
        (REACHED, (DENY,), "the network plugin (CNI) does not enforce this"),
        (UNKNOWN, SOLUTION, "not observed: as a probe saw it"),
    ],
)
def test_the_table_of_the_three_answers(
    outcome: ObservedOutcome, policies: tuple[make.Json, ...], expected: str
) -> None:
    assert said(row(REDIS, outcome, policies=policies)).startswith(expected)


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [
        (BLOCKED, ProbeSign.GATEWAY_NOT_CONNECTED),
        (UNKNOWN, ProbeSign.GATEWAY_HAS_NO_ENDPOINT),
        # A headless Service without a ready pod has no name to connect to.
        (UNKNOWN, ProbeSign.NOT_TRIED),
    ],
)
def test_who_is_not_ready_is_named_first(outcome: ObservedOutcome, sign: ProbeSign) -> None:
    beside = around(pods(ready=False, restarts=4))
    found = row(APP, outcome, sign, beside=beside)
    assert found.diagnosis.obstacles == (
        "No pod of student-app is ready (4 restarts): nothing is sent there, whatever policies say",
    )


def test_what_only_pods_hinder_stands_apart_from_what_works() -> None:
    beside = around(pods(ready=False))
    found = row(APP, UNKNOWN, ProbeSign.GATEWAY_HAS_NO_ENDPOINT, beside=beside)
    assert (found.is_met, found.status) == (True, FlowStatus.HINDERED)
    assert summarize_namespace([found], []).first is found
    denied = row(APP, UNKNOWN, ProbeSign.GATEWAY_HAS_NO_ENDPOINT, policies=(DENY,), beside=beside)
    assert denied.status is FlowStatus.UNMET


def test_readiness_that_waits_for_a_blocked_flow_says_which() -> None:
    found = row(
        APP,
        UNKNOWN,
        ProbeSign.GATEWAY_HAS_NO_ENDPOINT,
        policies=(DENY, SOLUTION[2]),
        beside=around(pods(ready=False)),
    )
    assert "waits for student-app to DNS and student-app to redis" in said(found)
    assert "become ready by themselves" in said(found)
    well = row(APP, UNKNOWN, ProbeSign.GATEWAY_HAS_NO_ENDPOINT, beside=around(pods(ready=False)))
    assert "readiness probe waits" not in said(well)


def test_pods_that_are_ready_or_another_entitys_are_no_reason() -> None:
    for found in (pods(ready=True), pods(ready=False, entity="redis")):
        assert row(APP, BLOCKED, beside=around(found)).diagnosis.obstacles == ()
    reached = row(APP, REACHED, beside=around(pods(ready=False)))
    assert said(reached) == "works"


@pytest.mark.parametrize(
    ("sign", "ready", "unready", "expected"),
    [
        (
            ProbeSign.GATEWAY_HAS_NO_ENDPOINT,
            0,
            0,
            "Service svc has no endpoint: compare its selector",
        ),
        (ProbeSign.REFUSED, 1, 0, "compare its targetPort"),
    ],
)
def test_a_service_that_leads_nowhere_is_named(
    sign: ProbeSign, ready: int, unready: int, expected: str
) -> None:
    service = ServiceState(service="svc", entities=["student-app"], ready=ready, unready=unready)
    found = row(APP, UNKNOWN, sign, beside=around(services=[service]))
    assert expected in said(found)


def test_a_route_that_no_gateway_took_is_named_with_the_gateways_reason() -> None:
    service = ServiceState(service="svc", entities=["student-app"], ready=1, unready=0)
    route = RouteState(
        route="app", services=["svc"], accepted=False, reason="NotAllowedByListeners"
    )
    beside = around(services=[service], routes=[route])
    found = said(row(APP, UNKNOWN, ProbeSign.NO_ROUTE, beside=beside))
    assert found.startswith("The gateway has not accepted HTTPRoute app (NotAllowedByListeners)")


def test_what_the_clusters_plugin_explains_is_held_against_nobody() -> None:
    denied: dict[str, Any] = {"sign": ProbeSign.GATEWAY_DENIED, "beside": around(pods(ready=True))}
    here = row(APP, BLOCKED, profile=Profile.CILIUM, **denied)
    assert (here.is_contradicted, here.is_explained, here.status) == (False, True, FlowStatus.MET)
    assert said(here).startswith("As this cluster's network plugin has it, and nothing to mend")
    assert "CiliumNetworkPolicy" in here.diagnosis.remedy
    elsewhere = row(APP, BLOCKED, **denied)
    assert (elsewhere.is_contradicted, elsewhere.status) == (True, FlowStatus.CONTRADICTED)
    assert "CNI_PROFILE=cilium" in said(elsewhere)


def test_where_policies_are_not_enforced_nothing_that_passes_is_a_surprise() -> None:
    found = row("Gateway to redis", REACHED, profile=Profile.UNENFORCED)
    assert (found.is_contradicted, found.is_explained) == (False, True)
    assert "network plugin ignores policies" in said(found)


def test_a_verdict_that_depends_on_the_plugin_says_so_though_nobody_looked() -> None:
    found = row(APP, UNKNOWN)
    assert "`ingress`" in found.diagnosis.other_plugins
    assert "fromEntities" in found.diagnosis.remedy
    assert row(REDIS, UNKNOWN).diagnosis.other_plugins == ""


def test_a_blind_kuma_is_its_dns_where_the_policies_block_that() -> None:
    port_54 = {**SOLUTION[1], "spec": {**SOLUTION[1]["spec"]}}
    port_54["spec"]["egress"] = [{"ports": [{"protocol": "UDP", "port": 54}]}]
    policies = (SOLUTION[0], port_54, *SOLUTION[2:])
    found = said(row(WORLD, BLOCKED, ProbeSign.KUMA_BLIND, policies=policies))
    assert "uptime-kuma to DNS is blocked by the policies" in found
    assert "this cluster's own gateway" in said(row(WORLD, BLOCKED, ProbeSign.KUMA_BLIND))


def test_a_blind_kuma_is_held_against_nobody_where_the_plugin_knows_no_way_back() -> None:
    here = row(WORLD, BLOCKED, ProbeSign.KUMA_BLIND, profile=Profile.CILIUM)
    assert (here.is_contradicted, here.status) == (False, FlowStatus.MET)
    assert said(here).startswith("As this cluster's network plugin has it, and nothing to mend")
    plain = row(WORLD, BLOCKED, ProbeSign.KUMA_BLIND)
    assert plain.is_contradicted
    other = row(WORLD, BLOCKED, ProbeSign.DROPPED, profile=Profile.CILIUM)
    assert other.is_contradicted
