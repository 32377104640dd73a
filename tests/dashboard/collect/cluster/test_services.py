"""What leads to pods: Services with their endpoints and HTTPRoutes, read and kept as intervals."""

import pytest

from dashboard.active_lab import active_lab
from dashboard.cluster_reading import RouteReading, ServiceReading
from dashboard.collect.cluster import ClusterConnection
from dashboard.collect.cluster.parse.services import parse_route, parse_services
from dashboard.models import RouteState, ServiceState
from netpol.model import Protocol
from tests import make
from tests.apiserver import PODS, ROUTES, SERVICES, SLICES, ApiServer, forbidden, within
from tests.dashboard.polls import see
from tests.dashboard.reads import ADA, BOB, read, readings
from tests.make import Json

APP = ((80, 5000, Protocol.TCP),)


def service(*slices: Json, manifest: Json | None = None) -> ServiceReading:
    pods = make.pod_readings(make.pod_manifest())
    (found,) = parse_services(active_lab(), [manifest or make.service_manifest()], slices, pods)
    return found


@pytest.mark.parametrize(
    ("slices", "ready", "unready"),
    [
        ([], 0, 0),
        ([make.slice_manifest("student-app-svc", True)], 1, 0),
        ([make.slice_manifest("student-app-svc", True, False)], 1, 1),
        ([make.slice_manifest("student-app-svc", None)], 1, 0),
        ([make.slice_manifest("another", True)], 0, 0),
        ([make.slice_manifest("student-app-svc", True, endpoints=None)], 0, 0),
        ([make.slice_manifest("student-app-svc", True, endpoints=["odd", {}])], 1, 0),
        # The same pod in both address families.
        ([make.slice_manifest("student-app-svc", False)] * 2, 0, 1),
    ],
)
def test_endpoints_are_counted_by_pod(slices: list[Json], ready: int, unready: int) -> None:
    found = service(*slices)
    assert (found.ready, found.unready) == (ready, unready)


def test_endpoints_that_may_not_be_read_are_not_zero() -> None:
    (found,) = parse_services(active_lab(), [make.service_manifest()], None, ())
    assert (found.ready, found.unready) == (None, None)


@pytest.mark.parametrize(
    ("selector", "entities"),
    [
        ({"app": "student-app"}, ("student-app",)),
        ({"app": "redis"}, ("redis",)),  # by its stand-in: no pod runs
        ({"app": "studentapp"}, ()),
        ({}, ()),
        ({"app": "student-app", "tier": "web"}, ()),
    ],
)
def test_a_service_stands_for_the_entities_that_it_selects(
    selector: Json, entities: tuple[str, ...]
) -> None:
    assert service(manifest=make.service_manifest(selector=selector)).entities == entities


def test_what_is_malformed_about_a_service_is_left_out() -> None:
    odd = {"metadata": {"name": "odd"}, "spec": {"selector": "app", "ports": [{"port": "x"}, 7]}}
    assert service(manifest=odd) == ServiceReading("odd", (), (), 0, 0)
    assert service(manifest={"metadata": {"name": "odd"}, "spec": None}).ports == ()


@pytest.mark.parametrize(
    ("parents", "accepted", "resolved", "reason"),
    [
        ([], None, None, ""),
        ([make.parent()], True, True, ""),
        ([make.parent(), make.parent("False", reason="NotAllowed")], False, True, "NotAllowed"),
        ([make.parent(resolved="False", message="no such Service")], True, False, "no such"),
        ([make.parent("Unknown")], None, True, ""),
        ([make.parent("False", observedGeneration=0)], None, None, ""),
        (["odd", {"conditions": [None]}], None, None, ""),
    ],
)
def test_a_route_is_accepted_where_every_gateway_says_so(
    parents: list[Json], accepted: object, resolved: object, reason: str
) -> None:
    found = parse_route(make.route_manifest("uptime-kuma", *parents))
    assert (found.accepted, found.resolved) == (accepted, resolved)
    assert reason in found.reason
    assert found.services == ("uptime-kuma",)


@pytest.mark.usefixtures("two_students")
def test_a_poll_reads_them_class_wide(server: ApiServer, connection: ClusterConnection) -> None:
    server.add(SERVICES, make.service_manifest())
    server.add(SLICES, make.slice_manifest("student-app-svc", True))
    server.add(ROUTES, make.route_manifest("uptime-kuma", make.parent()))
    found = readings(read(connection))
    assert found[ADA].services == (ServiceReading("student-app-svc", APP, ("student-app",), 1, 0),)
    assert [route.name for route in found[ADA].routes or ()] == ["uptime-kuma"]
    assert (found[BOB].services, found[BOB].routes) == ((), ())


@pytest.mark.usefixtures("two_students")
@pytest.mark.parametrize("ended", [None, make.message()])
def test_probers_that_a_service_selects_are_no_endpoints(
    ended: str | None, server: ApiServer, connection: ClusterConnection
) -> None:
    """They have the app's labels; ready or not, they serve nobody."""
    server.add(PODS, make.prober_pod(ended))
    server.add(SERVICES, make.service_manifest())
    listed = make.slice_manifest("student-app-svc", True, False, True, None)
    for number, name in enumerate(["student-app-1", "student-app-2", "prober-student-app"]):
        listed["endpoints"][number]["targetRef"]["name"] = name
    listed["endpoints"][3]["targetRef"]["name"] = "prober-student-app"
    server.add(SLICES, listed)
    (found,) = readings(read(connection))[ADA].services or ()
    assert (found.ready, found.unready) == (1, 1)


@pytest.mark.usefixtures("two_students")
def test_where_they_are_forbidden_everywhere_the_poll_goes_on(
    server: ApiServer, connection: ClusterConnection
) -> None:
    for path in (SERVICES, SLICES, ROUTES):
        server.instead[path] = [forbidden(path)]
        for name in (ADA, BOB):
            server.instead[within(name, path)] = [forbidden(path, name)]
    reading = read(connection)
    assert readings(reading)[ADA].services is None
    assert any("Not visible: services, endpointslices" in note for note in reading.notes)
    assert any("endpointslices" in rule for rule in reading.missing_rights)


@pytest.mark.usefixtures("two_students")
def test_what_is_not_installed_is_no_right_that_is_missing(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.add(SERVICES)
    server.add(SLICES)
    reading = read(connection)
    assert readings(reading)[ADA].routes is None
    assert reading.missing_rights == ()
    assert not any("httproutes" in note for note in reading.notes)


@pytest.mark.django_db
def test_they_are_kept_as_intervals() -> None:
    for seconds, ready in ((0, 0), (30, 0), (60, 1)):
        services = (ServiceReading("student-app-svc", APP, ("student-app",), ready, 1 - ready),)
        routes = (RouteReading("uptime-kuma", (), ("uptime-kuma",), bool(ready), True),)
        see(make.reading(services=services, routes=routes), seconds=seconds)
    states = ServiceState.objects.order_by("first_seen")
    assert [(state.ready, state.last_seen, state.is_open) for state in states] == [
        (0, make.after(30), False),
        (1, make.after(60), True),
    ]
    accepted = RouteState.objects.order_by("first_seen").values_list("accepted", "is_open")
    assert list(accepted) == [(False, False), (True, True)]


@pytest.mark.django_db
def test_what_can_be_seen_no_longer_is_over() -> None:
    services = (ServiceReading("student-app-svc", APP, ("student-app",), 1, 0),)
    see(make.reading(services=services))
    see(make.reading(services=None), seconds=30)
    assert not ServiceState.objects.filter(is_open=True).exists()
