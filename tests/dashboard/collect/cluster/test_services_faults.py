"""What leads to pods, where some of it cannot be read: a note, and the poll goes on."""

import pytest

from dashboard.collect.cluster import ClusterConnection
from dashboard.collect.cluster.services import PATIENCE
from tests import make
from tests.apiserver import (
    EXPIRED,
    NAMESPACES,
    PODS,
    POLICIES,
    ROUTES,
    SERVICES,
    SLICES,
    Answer,
    ApiServer,
    forbidden,
    within,
)
from tests.dashboard.reads import ADA, BOB, failures, read, readings

KINDS = (SERVICES, SLICES, ROUTES)


@pytest.fixture
def everything(server: ApiServer, two_students: None) -> None:  # noqa: ARG001  asked for them
    server.add(SERVICES, make.service_manifest())
    server.add(SLICES, make.slice_manifest("student-app-svc", True))
    server.add(ROUTES, make.route_manifest("uptime-kuma", make.parent()))


def seen(server: ApiServer, connection: ClusterConnection) -> tuple[set[str], tuple[str, ...]]:
    """The kinds that were seen of Ada's namespace, and the notes; both students were read."""
    reading = read(connection)
    assert set(readings(reading)) == {ADA, BOB}
    assert server.asked(ROUTES)
    ada = readings(reading)[ADA]
    services, endpoints = ada.services, [each.ready for each in ada.services or ()]
    kinds = ((SERVICES, services), (SLICES, any(endpoints)), (ROUTES, ada.routes))
    return {kind for kind, one in kinds if one}, reading.notes


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(Answer(body="<html>"), "is not JSON", id="another server"),
        pytest.param(Answer(body="[]"), "JSON that is not an object", id="no object"),
        pytest.param(Answer(body='{"items": [7]}'), "no list of objects", id="no list"),
        pytest.param(Answer(body="{}", breaks_off=True), "broke", id="breaking off"),
        pytest.param(EXPIRED, "forgot the list", id="never in time"),
        pytest.param(Answer(500, "etcd is on fire"), "Not visible", id="an error"),
    ],
)
def test_a_kind_that_cannot_be_read_is_noted_and_the_others_are_seen(
    path: str, answer: Answer, words: str, server: ApiServer, connection: ClusterConnection
) -> None:
    server.instead[path] = [answer]
    kinds, notes = seen(server, connection)
    # Without Services nobody asks what is behind them.
    assert kinds == set(KINDS) - ({SERVICES, SLICES} if path == SERVICES else {path})
    (note,) = notes
    assert words in note
    assert path.rpartition("/")[2] in note


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("path", KINDS)
def test_a_kind_that_is_forbidden_everywhere_is_noted_with_the_rule(
    path: str, server: ApiServer, connection: ClusterConnection
) -> None:
    plural = path.rpartition("/")[2]
    for place in (path, within(ADA, path), within(BOB, path)):
        server.instead[place] = [forbidden(path)]
    kinds, (note,) = seen(server, connection)
    assert kinds == set(KINDS) - ({SERVICES, SLICES} if path == SERVICES else {path})
    assert f"Not visible: {plural}" in note
    (rule,) = read(connection).missing_rights
    assert f"resources: [{plural}]" in rule


@pytest.mark.usefixtures("everything")
def test_pods_that_are_forbidden_in_one_namespace_cost_it_alone(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.instead[PODS] = [forbidden(PODS)]
    server.instead[within(BOB, PODS)] = [forbidden(PODS, BOB)]
    reading = read(connection)
    assert set(failures(reading)) == {BOB}
    assert readings(reading)[ADA].services


STUDENTS = [f"student-s{number:02}-dev" for number in range(40)]


@pytest.fixture
def class_of_forty(server: ApiServer) -> None:
    """Nobody may list Services but one by one."""
    server.add(NAMESPACES, *map(make.namespace_manifest, STUDENTS))
    for kind in (POLICIES, SERVICES, SLICES, ROUTES):
        server.add(kind)
    server.add(SERVICES, *(make.service_manifest(namespace=name) for name in STUDENTS))
    server.instead[SERVICES] = [forbidden(SERVICES)]


def asked_for_services(server: ApiServer) -> list[str]:
    return [name for name in STUDENTS if server.asked(within(name, SERVICES))]


@pytest.mark.parametrize(("students", "tried"), [(1, 1), (10, 10), (15, 8), (40, PATIENCE)])
@pytest.mark.usefixtures("class_of_forty")
def test_a_kind_that_nobody_may_read_is_tried_in_a_few_namespaces_from_all_over_the_class(
    students: int, tried: int, server: ApiServer, connection: ClusterConnection
) -> None:
    del server.objects[NAMESPACES][students:]
    for name in STUDENTS:
        server.instead[within(name, SERVICES)] = [forbidden(SERVICES, name)]
    assert any("Not visible: services" in note for note in read(connection).notes)
    asked = asked_for_services(server)
    assert asked == STUDENTS[:students][:: -(-students // PATIENCE)]
    assert len(asked) == tried


@pytest.mark.usefixtures("class_of_forty")
def test_a_class_whose_first_half_is_hidden_shows_its_second(
    server: ApiServer, connection: ClusterConnection
) -> None:
    hidden = STUDENTS[:20]
    for name in hidden:
        server.instead[within(name, SERVICES)] = [forbidden(SERVICES, name)]
    found = readings(read(connection))
    assert [name for name in STUDENTS if found[name].services is None] == hidden
