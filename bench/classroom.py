"""A class of any size as manifests: each namespace has the lab's pods and its solution.

`python -m bench.classroom NAMESPACES [json|yaml]` prints it.
"""

import json
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import yaml

SOLUTION = Path(__file__).parents[1] / "labs" / "week-06-lab-03-solution.yaml"
APPS = {"student-app": 5000, "redis": 6379, "uptime-kuma": 3001}


def manifests(namespaces: int) -> Iterator[dict[str, Any]]:
    """Two pods of kube-system; for each namespace three pods and seven policies."""
    solution = [each for each in yaml.safe_load_all(SOLUTION.read_text("utf-8")) if each]
    yield namespace("kube-system")
    for number, app in enumerate(("kube-dns", "metrics-server")):
        yield pod("kube-system", {"k8s-app": app}, app, 53, number)
    for number in range(namespaces):
        home = f"student-s{number:05}-dev"
        yield namespace(home, student=f"s{number:05}")
        for place, (app, port) in enumerate(APPS.items()):
            yield pod(home, {"app": app}, app, port, 2 + 3 * number + place)
        for policy in solution:
            yield policy | {"metadata": {**policy["metadata"], "namespace": home}}


def namespace(name: str, **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def pod(home: str, labels: dict[str, str], app: str, port: int, number: int) -> dict[str, Any]:
    address = str(IPv4Address("10.244.0.10") + number)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": home, "name": f"{app}-0", "labels": labels},
        "spec": {"containers": [{"name": app, "ports": [{"name": "main", "containerPort": port}]}]},
        "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]},
    }


def main(namespaces: str, form: str = "yaml") -> None:
    items = [*manifests(int(namespaces))]
    if form == "json":
        json.dump({"apiVersion": "v1", "kind": "List", "items": items}, sys.stdout)
        return
    yaml.dump_all(json.loads(json.dumps(items)), sys.stdout, Dumper=yaml.CSafeDumper)


if __name__ == "__main__":
    main(*sys.argv[1:])
