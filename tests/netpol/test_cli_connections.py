"""`python -m netpol connections`, as its users run it."""

import csv
import io
import json
from typing import Any

import pytest

from tests.netpol.test_cli_matrix import listed, netpol, pod, policy

PODS = (pod("web", "10.0.0.2", app="web"), pod("db", "10.0.0.1", app="db"))
INTO_DB = policy(
    "into-db",
    {
        "podSelector": {"matchLabels": {"app": "db"}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {
                "from": [{"podSelector": {"matchLabels": {"app": "web"}}}],
                "ports": [{"port": 5432}, {"port": 9000, "endPort": 9010}],
            },
            {"from": [{"ipBlock": {"cidr": "203.0.113.0/24"}}], "ports": [{"protocol": "UDP"}]},
        ],
    },
)
EVERYTHING = [{"protocol": each, "ports": [[1, 65535]]} for each in ("TCP", "UDP", "SCTP")]
ALL, ALL6 = "0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"


def answer(*arguments: str, items: tuple[dict[str, Any], ...] = (*PODS, INTO_DB)) -> Any:
    ran = netpol("connections", "-f", "-", "-o", "json", *arguments, stdin=listed(*items))
    assert (ran.returncode, ran.stderr) == (0, "")
    return json.loads(ran.stdout)


def test_json_has_the_ports_of_every_pair_that_has_a_connection() -> None:
    assert answer() == {
        "connections": [
            {"source": source, "destination": to, "allowed": allowed}
            for source, to, allowed in [
                ("default/db", "default/db", EVERYTHING),
                (
                    "default/web",
                    "default/db",
                    [{"protocol": "TCP", "ports": [[5432, 5432], [9000, 9010]]}],
                ),
                ("default/web", "default/web", EVERYTHING),
                ("default/web", ALL, EVERYTHING),
                ("default/web", ALL6, EVERYTHING),
                (ALL, "default/web", EVERYTHING),
                (
                    "203.0.113.0-203.0.113.255",
                    "default/db",
                    [{"protocol": "UDP", "ports": [[1, 65535]]}],
                ),
                (ALL6, "default/web", EVERYTHING),
            ]
        ],
        "unknown": [],
        "workloads": [],
    }


def test_text_is_a_line_for_each_pair_and_csv_a_row_for_each_range() -> None:
    state = listed(*PODS, INTO_DB)
    ran = netpol("connections", "-f", "-", "--focus", "db", stdin=state)
    assert ran.stdout.splitlines() == [
        "default/db -> default/db: all",
        "default/web -> default/db: TCP 5432 9000-9010",
        "203.0.113.0-203.0.113.255 -> default/db: UDP 1-65535",
    ]
    ran = netpol("connections", "-f", "-", "--focus", "db", "-o", "csv", stdin=state)
    rows = list(csv.reader(io.StringIO(ran.stdout)))
    assert rows[0] == ["source", "destination", "protocol", "first", "last", "answer"]
    assert rows[4:] == [
        ["default/web", "default/db", "TCP", "5432", "5432", "allow"],
        ["default/web", "default/db", "TCP", "9000", "9010", "allow"],
        ["203.0.113.0-203.0.113.255", "default/db", "UDP", "1", "65535", "allow"],
    ]


def test_what_is_unknown_is_said_apart_with_the_reason() -> None:
    node = pod("node", "192.0.2.1") | {"spec": {"hostNetwork": True}}
    found = answer("--focus", "default/node", items=(*PODS, node, INTO_DB))
    pairs = {(each["source"], each["destination"]) for each in found["connections"]}
    assert ("default/node", "default/db") not in pairs
    assert found["unknown"] == [
        {"source": source, "destination": to, "ports": EVERYTHING, "because": [because]}
        for source, to in (("default/db", "default/node"), ("default/node", "default/db"))
        for because in [
            "the other end uses its node's network, and network plugins differ in what selects it"
        ]
    ]
    ran = netpol("connections", "-f", "-", "--focus", "node", stdin=listed(*PODS, node, INTO_DB))
    assert "default/db -> default/node: unknown: all (the other end" in ran.stdout


def replica(name: str, address: str, **labels: str) -> dict[str, Any]:
    """A pod of the Deployment `shop`."""
    made = pod(name, address, **{"pod-template-hash": "5d4f", **labels})
    owners = [
        {"kind": "Node", "name": "n1"},
        {"kind": "ReplicaSet", "name": "shop-5d4f", "controller": True},
    ]
    return made | {"metadata": {**made["metadata"], "ownerReferences": owners}}


def test_pods_of_a_deployment_are_one_unless_a_policy_tells_them_apart() -> None:
    pods = replica("shop-5d4f-a", "10.0.0.5"), replica("shop-5d4f-b", "203.0.113.5")
    items = (pods[0], replica("shop-5d4f-b", "10.0.0.6"), PODS[1], INTO_DB)
    for focus in ("shop", "shop-5d4f-a"):
        found = answer("--focus", focus, items=items)
        assert found["connections"][0] == {
            "source": "default/shop",
            "destination": "default/shop",
            "allowed": EVERYTHING,
        }
        assert found["workloads"] == [
            {"name": "default/shop", "pods": ["default/shop-5d4f-a", "default/shop-5d4f-b"]}
        ]
    apart = answer(items=(*pods, PODS[1], INTO_DB))
    assert apart["workloads"] == []
    reaching = [each for each in apart["connections"] if each["destination"] == "default/db"]
    assert [each["source"] for each in reaching] == [
        "default/db",
        "default/shop-5d4f-b",
        "203.0.113.0-203.0.113.255",
    ]


@pytest.mark.parametrize(
    "arguments",
    [(), ("-f", "-", "--focus", "default/nobody"), ("-f", "-", "-o", "xml"), ("-f", "/no/file")],
)
def test_a_wrong_call_ends_with_2_and_no_output(arguments: tuple[str, ...]) -> None:
    ran = netpol("connections", *arguments, stdin=listed(*PODS))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Traceback" not in ran.stderr


def test_without_pods_there_are_no_connections() -> None:
    ran = netpol("connections", "-f", "-", "-o", "json", stdin=listed(INTO_DB))
    assert (ran.returncode, ran.stderr) == (0, "warning: there are no pods\n")
    assert json.loads(ran.stdout) == {"connections": [], "unknown": [], "workloads": []}


def test_what_policies_speak_of_and_files_lack_is_warned_of() -> None:
    by_label = [{"from": [{"namespaceSelector": {"matchLabels": {"team": "m"}}}]}]
    by_name = [
        {"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "mon"}}}]}
    ]
    pods = pod("a", "10.0.0.1", app="a")

    def warned(policies: list[dict[str, Any]], *others: dict[str, Any]) -> str:
        return netpol("connections", "-f", "-", stdin=listed(pods, *policies, *others)).stderr

    selecting = policy("p", {"podSelector": {}, "ingress": by_label})
    assert "default are not among the Namespaces in the files" in warned([selecting])
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}
    assert warned([selecting], home) == ""
    assert warned([policy("p", {"podSelector": {}, "ingress": by_name})]) == ""
    astray = {**selecting, "metadata": {"name": "q", "namespace": "shopp"}}
    assert "there are policies, but no pods, in shopp" in warned([astray], home)


def test_many_ports_that_policies_name_stay_few_ranges() -> None:
    ports = [{"port": port} for port in range(1000, 3000, 2)]
    rules = [{"ports": ports}, {"ports": [{"port": 1000, "endPort": 1500}]}]
    ran = netpol(
        "connections",
        "-f",
        "-",
        "-o",
        "json",
        stdin=listed(
            pod("a", "10.0.0.1", app="a"),
            pod("b", "10.0.0.2", app="b"),
            policy("p", {"podSelector": {"matchLabels": {"app": "b"}}, "ingress": rules}),
        ),
    )
    (found,) = (
        each
        for each in json.loads(ran.stdout)["connections"]
        if (each["source"], each["destination"]) == ("default/a", "default/b")
    )
    singles = [[port, port] for port in range(1502, 3000, 2)]
    assert found["allowed"] == [{"protocol": "TCP", "ports": [[1000, 1500], *singles]}]
