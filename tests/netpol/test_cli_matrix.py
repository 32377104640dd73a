"""`python -m netpol matrix`, as its users run it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.netpol.test_conformance import VECTORS, wire

ROOT = Path(__file__).parents[2]


def matrix(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return netpol("matrix", *arguments, stdin=stdin)


def netpol(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "netpol", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False
    )


def pod(name: str, address: str, **labels: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "status": {"podIP": address},
    }


def policy(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": spec,
    }


def listed(*items: dict[str, Any]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


TWO = (pod("web", "10.0.0.2", app="web"), pod("db", "10.0.0.1", app="db"))
INTO_DB = policy(
    "into-db",
    {
        "podSelector": {"matchLabels": {"app": "db"}},
        "ingress": [{"from": [{"ipBlock": {"cidr": "203.0.113.7/24"}}]}],
    },
)


@pytest.mark.parametrize("vector", VECTORS[::12], ids=[vector["id"] for vector in VECTORS[::12]])
def test_what_kubectl_prints_becomes_a_matrix(vector: dict[str, Any], tmp_path: Path) -> None:
    namespaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **namespace}}
        for name, namespace in vector["namespaces"].items()
    ]
    pods = [{"apiVersion": "v1", "kind": "Pod", **wire(pod)} for pod in vector["pods"]]
    file = tmp_path / "list.json"
    file.write_text(listed(*namespaces, *pods, *vector["policies"]))
    port, protocol = vector["queries"]["port"], vector["queries"]["protocol"]
    ran = matrix("-f", file, "--port", port, "--protocol", protocol, "-o", "json")
    assert (ran.returncode, ran.stderr) == (0, "")
    answer = json.loads(ran.stdout)
    assert list(answer) == ["port", "protocol", "allowed"]
    assert (answer["port"], answer["protocol"]) == (port, protocol)
    for source, row in vector["expected"].items():
        for destination, allowed in row.items():
            itself = source == destination
            assert answer["allowed"][source][destination] is (True if itself else allowed)


def test_addresses_outside_have_their_own_names_and_say_nothing_of_each_other() -> None:
    ran = matrix(
        *("-f", "-", "--port", 80, "-o", "json"),
        *("--address", "203.0.113.5", "--address", "2001:DB8::5"),
        stdin=listed(*TWO, INTO_DB),
    )
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["allowed"] == {
        "default/db": {
            "default/db": True,
            "default/web": True,
            "203.0.113.5": True,
            "2001:DB8::5": True,
        },
        "default/web": {
            "default/db": False,
            "default/web": True,
            "203.0.113.5": True,
            "2001:DB8::5": True,
        },
        "203.0.113.5": {"default/db": True, "default/web": True},
        "2001:DB8::5": {"default/db": False, "default/web": True},
    }


def test_unknown_is_null() -> None:
    cilium = {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumClusterwideNetworkPolicy",
        "metadata": {"name": "all"},
    }
    ran = matrix("-f", "-", "--port", 80, "-o", "json", stdin=listed(*TWO, cilium))
    assert json.loads(ran.stdout)["allowed"] == {
        "default/db": {"default/db": True, "default/web": None},
        "default/web": {"default/db": None, "default/web": True},
    }


def test_a_block_with_host_bits_is_masked_with_a_warning_or_refused_from_1_36() -> None:
    state = listed(*TWO, INTO_DB)
    field = "-: default/into-db: spec.ingress[0].from[0].ipBlock.cidr: "
    for version in ((), ("--kubernetes", "1.35"), ("--kubernetes", "v1.9.3")):
        ran = matrix("-f", "-", "--port", 80, *version, stdin=state)
        assert ran.returncode == 0
        assert ran.stderr.startswith(f"warning: {field}")
        assert len(ran.stderr.splitlines()) == 1
    for newer in ("1.36", "v1.36.2", "1.40", "2.0"):
        ran = matrix("-f", "-", "--port", 80, "--kubernetes", newer, stdin=state)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr == (
            f'{field}"203.0.113.7/24" must not have bits set beyond the prefix length: '
            "write 203.0.113.0/24\n"
        )


def test_every_fault_of_every_file_is_a_line_and_there_is_no_output(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [")
    wrong = policy("p", {"ingress": [{"from": [{}], "ports": [{"port": "80"}]}]})
    (tmp_path / "b.json").write_text(listed(*TWO, wrong))
    ran = matrix("-f", tmp_path, "--port", 80, "-o", "json")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert [line.split(": ")[:3] for line in ran.stderr.splitlines()] == [
        [f"{tmp_path}/a.yaml", "line 2", "is not YAML"],
        [f"{tmp_path}/b.json", "default/p", "spec.ingress[0].from[0]"],
        [f"{tmp_path}/b.json", "default/p", "spec.ingress[0].ports[0].port"],
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("-f", "-"),
        ("-f", "-", "--port", "0"),
        ("-f", "-", "--port", "http"),
        ("-f", "-", "--port", "\N{ARABIC-INDIC DIGIT EIGHT}"),
        ("-f", "-", "--port", "80", "--protocol", "ICMP"),
        ("-f", "-", "--port", "80", "--address", "10.0.0.0/8"),
        ("-f", "-", "--port", "80", "--address", "fe80::1%eth0"),
        ("-f", "-", "--port", "80", "--kubernetes", "latest"),
        ("-f", "-", "--port", "80", "-o", "xml"),
        ("-f", "/does/not/exist", "--port", "80"),
    ],
)
def test_a_wrong_call_ends_with_2_and_no_output(arguments: tuple[str, ...]) -> None:
    ran = matrix(*arguments, stdin=listed(*TWO))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Traceback" not in ran.stderr


def test_an_address_that_is_a_pods_is_warned_of() -> None:
    ran = matrix("-f", "-", "--port", 80, "--address", "10.0.0.1", stdin=listed(*TWO))
    assert ran.returncode == 0
    assert ran.stderr == (
        "warning: --address 10.0.0.1 is the address of pod default/db; "
        "here it stands for something outside the cluster\n"
    )


def test_the_text_is_a_truth_table() -> None:
    unknown = pod("node", "192.0.2.1", app="node")
    unknown["spec"] = {"hostNetwork": True}
    state = listed(*TWO, unknown, INTO_DB)
    ran = matrix("-f", "-", "--port", 80, "--address", "203.0.113.5", stdin=state)
    assert ran.stdout == (
        "TCP port 80, from row to column.   "
        ". allowed   X denied   ? unknown   - not asked\n"
        "               1 2 3 4\n"
        "1 default/db   . . . .\n"
        "2 default/node ? . . .\n"
        "3 default/web  X . . .\n"
        "4 203.0.113.5  . . . -\n"
    )


def test_a_cluster_without_pods_is_said_to_be_empty() -> None:
    nothing = '{"kind": "List", "apiVersion": "v1", "items": []}'
    ran = matrix("-f", "-", "--port", 53, "--protocol", "udp", "-o", "json", stdin=nothing)
    assert (ran.returncode, ran.stderr) == (0, "warning: there are no pods\n")
    assert json.loads(ran.stdout) == {"port": 53, "protocol": "UDP", "allowed": {}}


def test_empty_standard_input_is_refused() -> None:
    ran = matrix("-f", "-", "--port", 53, stdin=" \n")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("-: standard input is empty")
