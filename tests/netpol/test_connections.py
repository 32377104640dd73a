"""Connection sets of small clusters: what is one answer and what is told apart."""

from dataclasses import replace
from typing import Any

import pytest

from netpol.connections import AddressRange, ConnectionCell, Connections
from netpol.model import Cluster, ContainerPort, Pod, Protocol, build_cluster
from tests.netpol.drawing import PODS, cluster, drawn, pod, policies
from tests.netpol.test_conformance import VECTORS
from tests.netpol.test_conformance import cluster as conformance

ALL = "0.0.0.0-255.255.255.255"
ALL6 = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
WEB = ContainerPort("web", 8080, Protocol.TCP)


def sets(state: Cluster) -> dict[tuple[str, str], str]:
    """Pairs and their ports, those that are unknown in brackets; not a pod and itself."""
    connections = Connections.from_cluster(state)

    def name(end: int | AddressRange) -> str:
        return connections.ends[end].name if isinstance(end, int) else str(end)

    def text(mask: int) -> str:
        if mask == connections.distinctions.ports.all_ports:
            return "all"
        ranges = connections.distinctions.ports.list_ranges(mask)
        return " ".join(f"{each.protocol}/{each.first}-{each.last}" for each in ranges)

    return {
        (name(cell.source), name(cell.destination)): " ".join(
            [text(cell.allowed)] * bool(cell.allowed)
            + [f"[{text(cell.unknown)}]"] * bool(cell.unknown)
        )
        for cell in connections.list_cells()
        if not is_one_pod(connections, cell)
    }


def is_one_pod(connections: Connections, cell: ConnectionCell) -> bool:
    end = cell.source
    return isinstance(end, int) and end == cell.destination and len(connections.ends[end].pods) == 1


def between(state: Cluster, source: str, destination: str) -> str:
    return sets(state).get((source, destination), "")


def into_a(rule: str, *pods: Pod) -> Cluster:
    return cluster(
        f"{{podSelector: {{matchLabels: {{pod: a}}}}, ingress: [{rule}]}}", pods=pods or PODS
    )


@pytest.mark.parametrize(
    ("ports", "answer"),
    [
        ("[{port: 80}, {port: 81}, {port: 83}]", "TCP/80-81 TCP/83-83"),
        ("[{port: 80, endPort: 90}, {port: 85, endPort: 100}]", "TCP/80-100"),
        ("[{protocol: SCTP, port: 65535}, {protocol: UDP}]", "UDP/1-65535 SCTP/65535-65535"),
        ("[{port: 1, endPort: 65535}, {protocol: UDP}, {protocol: SCTP}]", "all"),
        ("[{port: web}]", ""),
        ("[]", "all"),
    ],
)
def test_ports_of_a_pair_are_one_set_of_the_fewest_ranges(ports: str, answer: str) -> None:
    assert between(into_a(f"{{ports: {ports}}}"), "y/a", "x/a") == answer


def test_a_name_is_the_number_that_each_destination_declares() -> None:
    pods = (pod("x/a"), pod("x/b", ports=[WEB]), pod("y/a", ports=[replace(WEB, number=9090)]))
    spec = "{podSelector: {matchLabels: {pod: a}}, egress: [{ports: [{port: web}]}]}"
    found = sets(cluster(spec, pods=pods))
    assert found["x/a", "x/b"] == "TCP/8080-8080"
    assert found["x/a", "y/a"] == "TCP/9090-9090"
    assert ("x/a", ALL) not in found


def test_a_name_says_nothing_of_a_pod_that_may_be_its_node() -> None:
    node = pod("x/b", ports=[WEB], host_network=True)
    spec = "{podSelector: {matchLabels: {pod: a}}, egress: [{ports: [{port: web}]}]}"
    assert between(cluster(spec, pods=(pod("x/a"), node)), "x/a", "x/b") == "[all]"


def test_addresses_outside_are_split_where_the_policies_of_a_pod_tell_them_apart() -> None:
    four, six = "{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}", "{cidr: fd00::/8}"
    rule = f"{{from: [{{ipBlock: {four}}}, {{ipBlock: {six}}}]}}"
    found = sets(into_a(rule, pod("x/a", "192.0.2.1"), pod("x/b", "192.0.2.2")))
    assert [source for source, destination in found if destination == "x/a"] == [
        "10.0.0.0-10.0.255.255",
        "10.2.0.0-10.255.255.255",
        "fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]
    assert {(source, to) for source, to in found if to == "x/b"} == {
        ("x/a", "x/b"),
        (ALL, "x/b"),
        (ALL6, "x/b"),
    }


def test_blocks_that_touch_are_one_range() -> None:
    rule = "{from: [{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}]}"
    assert between(into_a(rule), ALL, "x/a") == "all"


def replicas(*pods: Pod) -> tuple[Pod, ...]:
    return tuple(replace(each, workload="shop", labels={"pod": "a"}) for each in pods)


def test_pods_of_one_workload_are_one_end_and_have_connections_to_each_other() -> None:
    state = into_a("{ports: [{port: 80}]}", *replicas(pod("x/a"), pod("x/b")), pod("y/a"))
    assert between(state, "x/shop", "x/shop") == "TCP/80-80"
    assert between(state, "y/a", "x/shop") == "TCP/80-80"
    assert {end.name for end in Connections.from_cluster(state).ends} == {"x/shop", "y/a"}


@pytest.mark.parametrize(
    "pods",
    [
        replicas(pod("x/a", "10.0.0.1"), pod("x/b", "192.0.2.1")),
        (*replicas(pod("x/a")), replace(pod("x/b"), workload="shop", labels={"tier": "a"})),
        (*replicas(pod("x/a"), pod("x/b")), replace(pod("x/c"), name="shop")),
        replicas(pod("x/a")),
    ],
    ids=["an address", "a label", "a pod of that name", "only one"],
)
def test_pods_of_a_workload_go_by_their_own_names_where_they_must(pods: tuple[Pod, ...]) -> None:
    spec = (
        "{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}, egress: [{to: "
        "[{ipBlock: {cidr: 10.0.0.0/8}}]}]}"
    )
    names = {end.name for end in Connections.from_cluster(cluster(spec, pods=pods)).ends}
    assert names == {f"{each.namespace}/{each.name}" for each in pods}


def test_a_pod_reaches_itself_on_every_port_whatever_policies_say() -> None:
    connections = Connections.from_cluster(cluster("policyTypes: [Ingress, Egress]"))
    itself = {
        cell.source: cell.allowed
        for cell in connections.list_cells()
        if cell.source == cell.destination
    }
    assert [connections.ends[end].name for end in itself if isinstance(end, int)] == [
        "x/a",
        "x/b",
        "y/a",
    ]
    assert set(itself.values()) == {connections.distinctions.ports.all_ports}


def test_the_focus_leaves_what_touches_an_end() -> None:
    connections = Connections.from_cluster(into_a("{ports: [{port: 80}]}"))
    for focus in ({0}, {1, 2}):
        assert list(connections.list_cells(focus)) == [
            cell for cell in connections.list_cells() if focus & {cell.source, cell.destination}
        ]


def test_an_unknown_port_has_the_evaluators_reasons() -> None:
    connections = Connections.from_cluster(into_a("{}", pod("x/a"), pod("x/b", host_network=True)))
    assert not any(cell.unknown for cell in connections.list_cells())
    closed = Connections.from_cluster(
        into_a("{ports: [{port: 80}]}", pod("x/a"), pod("x/b", host_network=True))
    )
    (cell,) = (cell for cell in closed.list_cells() if cell.unknown)
    assert closed.explain_unknown(cell) == (
        "the other end uses its node's network, and network plugins differ in what selects it",
    )
    assert closed.distinctions.ports.list_ranges(cell.allowed)[0].first == 80


def test_two_pods_of_a_workload_have_a_reason_of_their_own() -> None:
    pods = replicas(pod("x/a", host_network=True), pod("x/b", host_network=True))
    connections = Connections.from_cluster(into_a("{ports: [{port: 80}]}", *pods))
    (cell,) = (cell for cell in connections.list_cells() if cell.source == cell.destination)
    assert connections.explain_unknown(cell) == (
        "it uses its node's network, and network plugins differ in whether policies apply to it",
    )


def test_equal_pods_of_many_namespaces_share_their_rows() -> None:
    closed = [replace(pod("x/a"), namespace=f"n{number}") for number in range(50)]
    opened = [replace(each, namespace=f"open-{each.namespace}") for each in closed]
    listed = [
        policy
        for each in closed
        for policy in policies("policyTypes: [Ingress]", namespace=each.namespace)
    ]
    connections = Connections.from_cluster(build_cluster((), [*closed, *opened], listed))
    rows = {id(connections.answers.rows.find_reach(number).sure) for number in range(100)}
    assert len(rows) == 1
    assert sum(1 for _ in connections.list_cells()) == 100 * 50 + 50 + 100 * 2 + 50 * 2


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_connection_sets_agree_with_kubernetes(vector: dict[str, Any]) -> None:
    connections = Connections.from_cluster(conformance(vector))
    queries = vector["queries"]
    bit = connections.distinctions.ports.mask_port(queries["port"], Protocol(queries["protocol"]))
    open_pairs = {
        (connections.ends[cell.source].name, connections.ends[cell.destination].name)
        for cell in connections.list_cells()
        if isinstance(cell.source, int) and isinstance(cell.destination, int) and cell.allowed & bit
    }
    answered = {
        source: {to: (source, to) in open_pairs for to in row}
        for source, row in vector["expected"].items()
    }
    for source, to in vector["unchecked"]:
        answered[source][to] = vector["expected"][source][to]
    assert drawn(answered) == drawn(vector["expected"])
