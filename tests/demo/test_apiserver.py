"""The simulated API, through the ordinary Kubernetes client over HTTP."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from kubernetes import watch
from kubernetes.client import ApiClient, ApiException, Configuration, CoreV1Api, NetworkingV1Api

from dashboard.cluster_reading import NamespaceReading
from dashboard.collect.cluster import fetch_class, fetch_prober_reports, open_connection
from demo.apiserver.access import ApiAccount
from demo.apiserver.app import create_server
from demo.apiserver.paging import COMPACTED_AFTER
from demo.classroom import prober
from demo.programs import format_kubeconfig
from netpol import lab
from tests.demo.serving import Clock, a_class, serving
from tests.demo.test_stories import START

ROOM = a_class()
UNREADABLE = "student-oskar-dev"
STEADY = "student-amara-o-dev"
WITHOUT_PROBERS = "student-chen-li-dev"
CRASHING, DETACHED = "student-bea-w-dev", "student-ciro-dev"
FORBIDDEN = (
    'networkpolicies.networking.k8s.io is forbidden: User "{user}" cannot list resource '
    '"networkpolicies" in API group "networking.k8s.io" in the namespace "{namespace}"'
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def address(clock: Clock) -> Iterator[str]:
    with serving(create_server(ROOM, clock)) as url:
        yield url


@pytest.fixture
def auditor(address: str) -> Iterator[ApiClient]:
    with client(address, ApiAccount.AUDITOR) as found:
        yield found


@pytest.fixture
def dashboard(address: str) -> Iterator[ApiClient]:
    with client(address, ApiAccount.DASHBOARD) as found:
        yield found


def client(address: str, token: str) -> ApiClient:
    configuration = Configuration()
    configuration.host = address
    configuration.api_key = {"authorization": f"Bearer {token}"}
    configuration.retries = False
    return ApiClient(configuration)


def raw(response: Any) -> dict[str, Any]:
    """What went over the wire, in place of the client's models."""
    found: dict[str, Any] = json.loads(response.data)
    return found


def names(listed: dict[str, Any]) -> list[tuple[str, str]]:
    found = [item["metadata"] for item in listed["items"]]
    return [(metadata.get("namespace", ""), metadata["name"]) for metadata in found]


def body(error: ApiException) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(error.body or "")
    assert found["kind"] == "Status"
    return found


def refused(error: ApiException) -> tuple[int | None, str, str]:
    return error.status, body(error)["reason"], body(error)["message"]


def events(list_: Callable[..., object], **query: object) -> Iterator[dict[str, Any]]:
    """The watch that belongs to a list."""
    watching = watch.Watch()  # type: ignore[no-untyped-call]  # theirs is half typed
    yield from watching.stream(list_, **query)  # type: ignore[no-untyped-call]  # the same


def test_the_clients_own_models_accept_every_list(auditor: ApiClient) -> None:
    core, networking = CoreV1Api(auditor), NetworkingV1Api(auditor)
    namespaces = {item.metadata and item.metadata.name for item in core.list_namespace().items}
    assert namespaces == {"default", "kube-system", *ROOM.namespaces}
    pods = core.list_pod_for_all_namespaces().items
    addresses = {item.status and item.status.pod_ip for item in pods}
    assert len(addresses) == len(pods)
    assert all(address and address.startswith("10.244.") for address in addresses)
    assert networking.list_network_policy_for_all_namespaces().items


def test_services_lead_to_pods_that_are_ready_and_routes_say_who_took_them(
    address: str, tmp_path: Path
) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(format_kubeconfig(address))
    with open_connection(str(file), "demo") as connection:
        reading = fetch_class(connection, lab.load_default_lab())
    found = {
        each.namespace.name: each
        for each in reading.namespaces
        if isinstance(each, NamespaceReading)
    }
    services = {each.name: each for each in found[CRASHING].services or ()}
    assert (services["student-app-svc"].ready, services["student-app-svc"].unready) == (0, 1)
    assert services["redis"].ready == 1
    assert services["uptime-kuma"].entities == ("uptime-kuma",)
    assert [route.accepted for route in found[CRASHING].routes or ()] == [True]
    (route,) = found[DETACHED].routes or ()
    assert (route.accepted, route.services) == (False, ("uptime-kuma",))
    assert "not found" in route.reason


def test_probers_leave_what_the_product_believes(address: str, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(format_kubeconfig(address))
    with open_connection(str(file), "demo") as connection:
        reports = fetch_prober_reports(connection, lab.load_default_lab(), STEADY)
        assert fetch_prober_reports(connection, lab.load_default_lab(), WITHOUT_PROBERS) == []
    assert {each.entity for each in reports} == {"student-app", "redis", "uptime-kuma"}
    assert [each.fault for each in reports] == ["", "", ""]
    assert all(START - 2 * prober.EVERY < each.at <= START for each in reports)


def test_list_items_say_nothing_of_their_kind_and_have_lost_empty_lists(auditor: ApiClient) -> None:
    policies = NetworkingV1Api(auditor).list_namespaced_network_policy(
        STEADY, field_selector="metadata.name=default-deny-all", _preload_content=False
    )
    (item,) = raw(policies)["items"]
    assert item.keys() == {"metadata", "spec"}
    assert item["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_pages_together_are_the_list_as_it_was_when_the_first_was_asked_for(
    auditor: ApiClient, clock: Clock
) -> None:
    policies = NetworkingV1Api(auditor).list_network_policy_for_all_namespaces
    whole = raw(policies(_preload_content=False))
    page = raw(policies(limit=7, _preload_content=False))
    found = names(page)
    while "continue" in page["metadata"]:
        assert page["metadata"]["remainingItemCount"] == len(whole["items"]) - len(found)
        clock.advance(seconds=10)  # students go on meanwhile
        going_on = page["metadata"]["continue"]
        page = raw(policies(limit=7, _continue=going_on, _preload_content=False))
        assert page["metadata"]["resourceVersion"] == whole["metadata"]["resourceVersion"]
        found += names(page)
    assert found == names(whole)
    assert names(raw(policies(_preload_content=False))) != found


def test_no_count_remains_where_a_selector_is_used_and_no_pages_in_the_cache(
    auditor: ApiClient,
) -> None:
    pods = CoreV1Api(auditor).list_pod_for_all_namespaces
    page = raw(pods(limit=2, label_selector="app=redis", _preload_content=False))
    assert "remainingItemCount" not in page["metadata"]
    cached = raw(pods(limit=2, resource_version="0", _preload_content=False))
    assert len(cached["items"]) > 2


def test_a_page_asked_for_too_late_is_gone_but_offers_to_go_on(
    auditor: ApiClient, clock: Clock
) -> None:
    namespaces = CoreV1Api(auditor).list_namespace
    first = raw(namespaces(limit=3, _preload_content=False))
    clock.advance(seconds=COMPACTED_AFTER.total_seconds() + 1)
    with pytest.raises(ApiException) as error:
        namespaces(limit=3, _continue=first["metadata"]["continue"])
    assert refused(error.value)[:2] == (410, "Expired")
    token = body(error.value)["metadata"]["continue"]
    rest = raw(namespaces(_continue=token, _preload_content=False))
    assert len(names(first) + names(rest)) == len(ROOM.namespaces) + 2


@pytest.mark.parametrize(
    ("selector", "apps"),
    [
        ("app=redis", {"redis"}),
        ("app==redis,app", {"redis"}),
        ("app!=redis,!k8s-app", {"student-app", "uptime-kuma"}),
        ("app in (redis, uptime-kuma)", {"redis", "uptime-kuma"}),
        ("app notin (redis),k8s-app", {None}),
        ("k8s-app = kube-dns", {None}),
    ],
)
def test_label_selectors(auditor: ApiClient, selector: str, apps: set[str | None]) -> None:
    pods = CoreV1Api(auditor).list_pod_for_all_namespaces
    found = raw(pods(label_selector=selector, _preload_content=False))["items"]
    assert {item["metadata"]["labels"].get("app") for item in found} == apps


@pytest.mark.parametrize(
    "query",
    [
        {"label_selector": "app in redis"},
        {"field_selector": "spec.secret=1"},
        {"_continue": "nonsense"},
    ],
)
def test_what_cannot_be_understood_is_a_bad_request(
    auditor: ApiClient, query: dict[str, Any]
) -> None:
    with pytest.raises(ApiException) as error:
        CoreV1Api(auditor).list_pod_for_all_namespaces(**query)
    assert refused(error.value)[:2] == (400, "BadRequest")


def test_without_a_known_token_nothing_is_told(address: str) -> None:
    with client(address, "stolen") as stranger, pytest.raises(ApiException) as error:
        CoreV1Api(stranger).list_namespace()
    assert refused(error.value) == (401, "Unauthorized", "Unauthorized")


def test_the_dashboard_reads_policies_by_namespace_and_one_namespace_refuses(
    dashboard: ApiClient,
) -> None:
    networking = NetworkingV1Api(dashboard)
    assert CoreV1Api(dashboard).list_pod_for_all_namespaces().items
    with pytest.raises(ApiException) as everywhere:
        networking.list_network_policy_for_all_namespaces()
    assert refused(everywhere.value)[:2] == (403, "Forbidden")
    for namespace in ROOM.namespaces.keys() - {UNREADABLE}:
        networking.list_namespaced_network_policy(namespace)
    with pytest.raises(ApiException) as there:
        networking.list_namespaced_network_policy(UNREADABLE)
    assert refused(there.value) == (
        403,
        "Forbidden",
        FORBIDDEN.format(user=ApiAccount.DASHBOARD.user_name, namespace=UNREADABLE),
    )


def test_nobody_may_write(auditor: ApiClient) -> None:
    with pytest.raises(ApiException) as error:
        CoreV1Api(auditor).delete_namespace(STEADY)
    assert refused(error.value)[:2] == (403, "Forbidden")


def test_an_object_can_be_had_by_its_name_or_is_not_found(auditor: ApiClient) -> None:
    core = CoreV1Api(auditor)
    found = raw(core.read_namespaced_pod("redis-0", STEADY, _preload_content=False))
    assert (found["kind"], found["apiVersion"]) == ("Pod", "v1")
    with pytest.raises(ApiException) as error:
        core.read_namespaced_pod("redis-9", STEADY)
    assert refused(error.value) == (404, "NotFound", 'pods "redis-9" not found')


@pytest.mark.parametrize(
    "path", ["/apis/cilium.io/v2/ciliumnetworkpolicies", "/api/v1/secrets", "/api/v2", "/metrics"]
)
def test_what_is_not_installed_has_no_address(auditor: ApiClient, path: str) -> None:
    url = auditor.configuration.host + path
    response = auditor.call_api("GET", url, {"authorization": f"Bearer {ApiAccount.AUDITOR}"})
    text = response.read()  # type: ignore[no-untyped-call]  # theirs is half typed
    assert (response.status, text) == (404, b"404 page not found\n")


def test_a_watch_goes_on_where_a_list_ended_and_tells_what_changed(
    auditor: ApiClient, clock: Clock
) -> None:
    policies = NetworkingV1Api(auditor).list_network_policy_for_all_namespaces
    before = raw(policies(_preload_content=False))
    clock.advance(minutes=4)
    after = raw(policies(_preload_content=False))
    expected = changes(before, after)
    version = before["metadata"]["resourceVersion"]
    seen = set()
    for event in islice(
        events(policies, resource_version=version, timeout_seconds=60), len(expected)
    ):
        metadata = event["raw_object"]["metadata"]
        assert event["raw_object"]["kind"] == "NetworkPolicy"
        seen.add((event["type"], metadata["namespace"], metadata["name"]))
    assert seen == expected
    assert {kind for kind, _, _ in seen} >= {"ADDED", "MODIFIED"}


def changes(before: dict[str, Any], after: dict[str, Any]) -> set[tuple[str, str, str]]:
    old, new = (
        {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in each["items"]}
        for each in (before, after)
    )
    return (
        {("ADDED", *key) for key in new.keys() - old.keys()}
        | {("DELETED", *key) for key in old.keys() - new.keys()}
        | {("MODIFIED", *key) for key in old.keys() & new.keys() if old[key] != new[key]}
    )


def test_bookmarks_come_each_minute_and_shortly_before_the_end(
    auditor: ApiClient, clock: Clock
) -> None:
    namespaces = len(ROOM.namespaces) + 2
    seen, later_still = [], iter((61, 58, 2))
    for event in events(
        CoreV1Api(auditor).list_namespace,
        allow_watch_bookmarks=True,
        send_initial_events=True,
        resource_version_match="NotOlderThan",
        timeout_seconds=120,
    ):
        seen.append(event)
        if event["type"] == "BOOKMARK":
            clock.advance(seconds=next(later_still))
    assert [event["type"] for event in seen] == ["ADDED"] * namespaces + ["BOOKMARK"] * 3
    first, *later = (event["raw_object"]["metadata"] for event in seen[namespaces:])
    assert first["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert all("annotations" not in each for each in later)


def test_a_watch_from_too_long_ago_brings_one_error_event(auditor: ApiClient, clock: Clock) -> None:
    namespaces = CoreV1Api(auditor).list_namespace
    version = raw(namespaces(_preload_content=False))["metadata"]["resourceVersion"]
    clock.advance(seconds=COMPACTED_AFTER.total_seconds() + 1)
    with pytest.raises(ApiException) as error:
        list(events(namespaces, resource_version=version, timeout_seconds=60))
    assert error.value.status == 410
