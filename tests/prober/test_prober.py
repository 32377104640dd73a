"""The prober as it runs in a pod: a process of its own against real sockets."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.current import lab
from dashboard.reading import report
from tests import make
from tests.prober.names import name_server
from tests.servers import dropping, free_port

PROBER = Path(__file__).parents[2] / "deploy" / "prober" / "base" / "prober.py"
REDIS, DNS, DNS_TCP = "student-app to redis", "student-app to DNS", "student-app to DNS over TCP"
LOOK_UP = {"dns": True, "name": "kubernetes.default.svc.cluster.local"}


def run(folder: Path, flows: dict[str, Any], **environment: str) -> str:
    """The message that it leaves."""
    targets, resolver, log = folder / "targets.json", folder / "resolv.conf", folder / "log"
    targets.write_text(json.dumps({"student-app": flows}))
    resolver.write_text("search student-ada-dev.svc.cluster.local\nnameserver 127.0.0.1\n")
    given = {
        "ENTITY": "student-app",
        "NAMESPACE": "student-ada-dev",
        "TARGETS": str(targets),
        "RESOLV_CONF": str(resolver),
        "TERMINATION_LOG": str(log),
        "TIMEOUT": "0.3",
    }
    subprocess.run(
        [sys.executable, "-I", PROBER], env=os.environ | given | environment, check=True, timeout=30
    )
    return log.read_text()


def met(folder: Path, flows: dict[str, Any], **environment: str) -> dict[str, str]:
    said = json.loads(run(folder, flows, **environment))
    return {name: each for name, (each, _) in said["flows"].items()}


@contextlib.contextmanager
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_connections_are_told_apart(tmp_path: Path) -> None:
    with listening() as there, dropping() as dropped:
        seen = met(
            tmp_path,
            {
                "open": {"host": "127.0.0.1", "port": there},
                "dropped": {"host": "127.0.0.1", "port": dropped},
                "refused": {"host": "127.0.0.1", "port": free_port()},
                "service": {"host": "127.0.0.1", "port": free_port(), "service": True},
            },
        )
    assert seen == {
        "open": "connected",
        "dropped": "timeout",
        "refused": "refused",
        "service": "service-refused",
    }


def test_a_name_is_looked_up_before_it_is_tried(tmp_path: Path) -> None:
    with listening() as there, name_server() as names:
        flows = {REDIS: {"host": "redis", "port": there}}
        assert met(tmp_path, flows, NAMES_PORT=str(names)) == {REDIS: "connected"}


def test_where_dns_is_dropped_the_name_is_not_found_and_the_run_ends(tmp_path: Path) -> None:
    with name_server(silent=True) as names:
        flows = {
            REDIS: {"host": "redis", "port": 6379},
            DNS: LOOK_UP | {"protocol": "UDP"},
            DNS_TCP: LOOK_UP | {"protocol": "TCP"},
        }
        seen = met(tmp_path, flows, NAMES_PORT=str(names))
    assert seen == {REDIS: "no-name", DNS: "timeout", DNS_TCP: "timeout"}


def test_dns_is_asked_over_both_protocols(tmp_path: Path) -> None:
    with name_server() as names:
        flows = {DNS: LOOK_UP | {"protocol": "UDP"}, DNS_TCP: LOOK_UP | {"protocol": "TCP"}}
        seen = met(tmp_path, flows, NAMES_PORT=str(names))
    assert seen == {DNS: "connected", DNS_TCP: "connected"}


def test_a_service_that_kubernetes_tells_of_needs_no_look_up(tmp_path: Path) -> None:
    with listening() as there, name_server(silent=True) as names:
        flows = {REDIS: {"host": "student-app-svc", "port": there}}
        address = {"STUDENT_APP_SVC_SERVICE_HOST": "127.0.0.1", "NAMES_PORT": str(names)}
        assert met(tmp_path, flows, **address) == {REDIS: "connected"}


@pytest.mark.parametrize("odd", [{"host": None, "port": 1}, {"port": 1}, {}])
def test_whatever_goes_wrong_a_message_is_left(tmp_path: Path, odd: dict[str, Any]) -> None:
    said = json.loads(run(tmp_path, {REDIS: odd}))
    assert said["flows"] == {}
    assert said["error"]


def test_the_dashboard_believes_what_it_leaves(tmp_path: Path) -> None:
    """The whole way but for the kubelet, which copies the message into the pod's status."""
    with name_server() as names:
        flows = {DNS: LOOK_UP | {"protocol": "UDP"}}
        message = run(tmp_path, flows, NAMES_PORT=str(names))
    read = report(make.prober_pod(message), lab())
    assert read is not None
    assert read.fault == ""
    assert {name: one.met.value for name, one in read.flows.items()} == {DNS: "connected"}


def test_the_longest_message_of_the_lab_fits(tmp_path: Path) -> None:
    everything = json.loads((PROBER.parent / "targets.json").read_text())
    closed = {"host": "127.0.0.1", "port": free_port()}
    for flows in everything.values():
        assert len(run(tmp_path, dict.fromkeys(flows, closed)).encode()) < 1024
