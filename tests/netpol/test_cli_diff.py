"""`python -m netpol diff`, as its users run it: a gate of pull requests."""

import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.netpol.test_cli_connections import ALL, ALL6, EVERYTHING, replica
from tests.netpol.test_cli_matrix import listed, netpol, pod, policy

ROOT = Path(__file__).parents[2]
SOLUTION = ROOT / "labs" / "week-06-lab-03-solution.yaml"
SYSTEM = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}}
CLUSTER = [
    SYSTEM,
    pod("student-app-0", "10.0.0.1", app="student-app"),
    pod("redis-0", "10.0.0.2", app="redis"),
    pod("uptime-kuma-0", "10.0.0.3", app="uptime-kuma"),
    *(
        each | {"metadata": {**each["metadata"], "namespace": "kube-system"}}
        for each in (
            pod("coredns-0", "10.0.0.4", **{"k8s-app": "kube-dns"}),
            pod("metrics-server-0", "10.0.0.5", **{"k8s-app": "metrics-server"}),
        )
    ),
]
COMMON = ("-f", "-")
DB = pod("db", "10.0.0.1", app="db")
DNS = [{"protocol": each, "ports": [[53, 53]]} for each in ("TCP", "UDP")]


def in_other_words() -> list[dict[str, Any]]:
    """The lab's solution without what the API server adds anyway."""
    manifests = list(yaml.safe_load_all(SOLUTION.read_text("utf-8")))
    for manifest in manifests:
        spec = manifest["spec"]
        for section in ("ingress", "egress"):
            for rule in spec.get(section) or ():
                for port in rule["ports"]:
                    if port["protocol"] == "TCP":
                        del port["protocol"]
            if spec.get(section) == []:
                del spec[section]
    return manifests[::-1]


def with_any_dns() -> list[dict[str, Any]]:
    """As it came to stand in the course's component: names may be asked for of any pod there."""
    manifests = in_other_words()
    (dns,) = (each for each in manifests if each["metadata"]["name"] == "allow-dns-egress")
    del dns["spec"]["egress"][0]["to"][0]["podSelector"]
    return manifests


def diff(
    tmp_path: Path, before: list[Any], after: list[Any], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Both sides are files; what they have in common comes in by a pipe."""
    files = tmp_path / "before.json", tmp_path / "after.json"
    for file, items in zip(files, (before, after), strict=True):
        file.write_text(listed(*items))
    return netpol("diff", *files, *arguments, stdin=listed(*CLUSTER))


def changed(tmp_path: Path, before: list[Any], after: list[Any]) -> dict[str, list[Any]]:
    ran = diff(tmp_path, before, after, "-o", "json")
    found: dict[str, list[Any]] = json.loads(ran.stdout)
    assert ran.returncode == (1 if any(found.values()) else 0)
    return found


def test_the_same_in_other_words_is_no_change(tmp_path: Path) -> None:
    solution = list(yaml.safe_load_all(SOLUTION.read_text("utf-8")))
    ran = diff(tmp_path, solution, in_other_words(), *COMMON)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "No connection changed.\n", "")


def test_a_wider_rule_for_names_opens_the_other_pods_of_kube_system(tmp_path: Path) -> None:
    ran = diff(tmp_path, in_other_words(), with_any_dns(), *COMMON, "-o", "json")
    assert ran.returncode == 1
    assert json.loads(ran.stdout) == {
        "opened": [
            {
                "source": f"default/{name}",
                "destination": "kube-system/metrics-server-0",
                "ports": DNS,
                "because": ["default/allow-dns-egress"],
                "sentence": "Opened: `default/allow-dns-egress` now admits it (egress).",
            }
            for name in ("redis-0", "student-app-0", "uptime-kuma-0")
        ],
        "closed": [],
        "unclear": [],
    }
    back = diff(tmp_path, with_any_dns(), in_other_words(), *COMMON)
    assert back.returncode == 1
    assert back.stdout.splitlines()[:2] == [
        "- default/redis-0 -> kube-system/metrics-server-0: TCP 53, UDP 53",
        "    Closed: `default/allow-dns-egress` no longer admits it (egress).",
    ]
    assert back.stdout.splitlines()[-1] == "Pairs: 0 opened, 3 closed, 0 unclear."


def test_markdown_is_a_table_and_csv_a_row_for_each_range(tmp_path: Path) -> None:
    sides = in_other_words(), with_any_dns()
    lines = diff(tmp_path, *sides, *COMMON, "-o", "markdown").stdout.splitlines()
    assert lines[0] == "Pairs: 3 opened, 0 closed, 0 unclear."
    assert lines[4] == (
        "| opened | default/redis-0 | kube-system/metrics-server-0 | TCP 53, UDP 53 "
        "| Opened: `default/allow-dns-egress` now admits it (egress). |"
    )
    rows = list(csv.reader(io.StringIO(diff(tmp_path, *sides, *COMMON, "-o", "csv").stdout)))
    pair = ["opened", "default/redis-0", "kube-system/metrics-server-0"]
    assert rows[:3] == [
        ["change", "source", "destination", "protocol", "first", "last", "because"],
        [*pair, "TCP", "53", "53", "default/allow-dns-egress"],
        [*pair, "UDP", "53", "53", "default/allow-dns-egress"],
    ]


def test_each_part_of_a_change_has_its_own_reason(tmp_path: Path) -> None:
    web = pod("web", "10.0.0.9", app="web")
    select = {"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]}
    closed = policy("closed", select)
    rules = [
        policy(f"port-{port}", {**select, "ingress": [{"ports": [{"port": port}]}]})
        for port in (80, 81)
    ]
    found = changed(tmp_path, [DB, web, closed], [DB, web, closed, *rules])
    assert [
        (each["source"], each["ports"], each["because"])
        for each in found["opened"]
        if each["source"] == "default/web"
    ] == [
        ("default/web", [{"protocol": "TCP", "ports": [[80, 80]]}], ["default/port-80"]),
        ("default/web", [{"protocol": "TCP", "ports": [[81, 81]]}], ["default/port-81"]),
    ]
    found = changed(tmp_path, [DB, web], [DB, web, closed])
    assert [(each["source"], each["ports"], each["because"]) for each in found["closed"]] == [
        (source, EVERYTHING, ["default/closed"]) for source in ("default/web", ALL, ALL6)
    ]


def test_outside_only_the_addresses_that_changed_are_named(tmp_path: Path) -> None:
    def to(*blocks: dict[str, Any]) -> dict[str, Any]:
        egress = [{"to": [{"ipBlock": block} for block in blocks]}]
        return policy("out", {"policyTypes": ["Egress"], "egress": egress})

    narrow = {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}
    wider = {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/9"]}
    found = changed(tmp_path, [DB, to(narrow)], [DB, to(wider)])
    assert [each["destination"] for each in found["opened"]] == ["10.128.0.0-10.255.255.255"]
    assert not found["closed"]
    halves = {"cidr": "0.0.0.0/1"}, {"cidr": "128.0.0.0/1"}
    assert not any(changed(tmp_path, [DB, to({"cidr": "0.0.0.0/0"})], [DB, to(*halves)]).values())


def test_a_pod_that_comes_or_goes_is_the_reason_itself(tmp_path: Path) -> None:
    web = pod("web", "10.0.0.9", app="web")
    found = changed(tmp_path, [DB], [DB, web])
    assert {each["sentence"] for each in found["opened"]} == {"Opened: `default/web` came."}
    assert {(each["source"], each["destination"]) for each in found["opened"]} == {
        ("default/db", "default/web"),
        ("default/web", "default/db"),
        *((end, "default/web") for end in (ALL, ALL6)),
        *(("default/web", end) for end in (ALL, ALL6)),
    }
    gone = changed(tmp_path, [DB, web], [DB])
    assert {each["sentence"] for each in gone["closed"]} == {"Closed: `default/web` went."}


def test_new_names_and_another_number_of_a_deployments_pods_are_no_change(tmp_path: Path) -> None:
    before = [DB, replica("shop-5d4f-a", "10.0.0.5")]
    after = [DB, replica("shop-5d4f-b", "10.0.0.6"), replica("shop-5d4f-c", "10.0.0.7")]
    assert not any(changed(tmp_path, before, after).values())


def test_what_became_unknown_is_unclear_and_a_change(tmp_path: Path) -> None:
    other = {
        "apiVersion": "policy.networking.k8s.io/v1alpha1",
        "kind": "AdminNetworkPolicy",
        "metadata": {"name": "strict"},
    }
    found = changed(tmp_path, [DB], [DB, other])
    assert not found["opened"]
    assert not found["closed"]
    assert {(each["source"], each["destination"]) for each in found["unclear"]} == {
        *((end, "default/db") for end in (ALL, ALL6)),
        *(("default/db", end) for end in (ALL, ALL6)),
    }
    assert {each["sentence"] for each in found["unclear"]} == {
        "Unclear: AdminNetworkPolicy strict could change this, and its kind is not evaluated."
    }


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("missing.json", "good.json", "missing.json: cannot be read"),
        ("good.json", "bad.json", "bad.json: line 1: is not JSON"),
        ("good.json", "policies.json", "no pods that they could be about"),
        ("good.json", "good.json", ""),
    ],
)
def test_what_cannot_be_compared_ends_with_2_and_no_output(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    (tmp_path / "good.json").write_text(listed())
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "policies.json").write_text(listed(policy("closed", {})))
    ran = netpol("diff", tmp_path / before, tmp_path / after)
    assert ran.returncode == (2 if message else 0)
    assert bool(ran.stdout) is not bool(message)
    assert message in ran.stderr
