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

from dashboard.active_lab import active_lab
from dashboard.collect.methods.prober_report import parse_report
from tests import make
from tests.prober.names import (
    Says,
    SaysByTcp,
    answer,
    framed,
    name_server,
    refusal,
    silence,
)
from tests.processes import PATIENCE
from tests.servers import dropping, free_port

PROBER = Path(__file__).parents[2] / "deploy" / "prober" / "base" / "prober.py"
REDIS, DNS, DNS_TCP = "student-app to redis", "student-app to DNS", "student-app to DNS over TCP"
DROPPED = {"TIMEOUT": "0.3"}
"""For what never answers."""
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
        "TIMEOUT": str(PATIENCE),
    }
    subprocess.run([sys.executable, "-I", PROBER], env=os.environ | given | environment, check=True)
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
            **DROPPED,
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
    with name_server(silence) as names:
        flows = {
            REDIS: {"host": "redis", "port": 6379},
            DNS: LOOK_UP | {"protocol": "UDP"},
            DNS_TCP: LOOK_UP | {"protocol": "TCP"},
        }
        seen = met(tmp_path, flows, NAMES_PORT=str(names), **DROPPED)
    assert seen == {REDIS: "no-name", DNS: "timeout", DNS_TCP: "timeout"}


def test_dns_is_asked_over_both_protocols(tmp_path: Path) -> None:
    with name_server() as names:
        flows = {DNS: LOOK_UP | {"protocol": "UDP"}, DNS_TCP: LOOK_UP | {"protocol": "TCP"}}
        seen = met(tmp_path, flows, NAMES_PORT=str(names))
    assert seen == {DNS: "connected", DNS_TCP: "connected"}


def test_a_name_server_that_is_not_there_refuses_and_is_no_drop(tmp_path: Path) -> None:
    flows = {
        REDIS: {"host": "redis", "port": 6379},
        DNS: LOOK_UP | {"protocol": "UDP"},
        DNS_TCP: LOOK_UP | {"protocol": "TCP"},
    }
    seen = met(tmp_path, flows, NAMES_PORT=str(free_port()))
    assert seen == {REDIS: "no-name", DNS: "service-refused", DNS_TCP: "service-refused"}


@pytest.mark.parametrize("code", [2, 3, 5])
def test_a_name_server_that_says_no_was_reached_and_has_no_address(
    tmp_path: Path, code: int
) -> None:
    with name_server(lambda question: refusal(question, code)) as names:
        flows = {
            REDIS: {"host": "redis", "port": 6379},
            DNS: LOOK_UP | {"protocol": "UDP"},
            DNS_TCP: LOOK_UP | {"protocol": "TCP"},
        }
        seen = met(tmp_path, flows, NAMES_PORT=str(names))
    assert seen == {REDIS: "no-name", DNS: "connected", DNS_TCP: "connected"}


def lost_once() -> Says:
    """A name server whose first answer is lost on the way."""
    questions: list[bytes] = []

    def says(question: bytes) -> bytes | None:
        questions.append(question)
        return answer(question) if len(questions) > 1 else None

    return says


def to_another(question: bytes) -> bytes:
    return bytes([question[0] ^ 0xFF]) + answer(question)[1:]


@pytest.mark.parametrize(
    ("says", "expected", "name"),
    [
        pytest.param(answer, "connected", "connected", id="an answer"),
        pytest.param(silence, "timeout", "no-name", id="dropped"),
        pytest.param(to_another, "timeout", "no-name", id="to another question"),
        pytest.param(lambda question: question[:2], "connected", "no-name", id="cut short"),
        pytest.param(
            lambda question: answer(question)[:-3], "connected", "no-name", id="half a record"
        ),
        pytest.param(
            lambda question: question[:4] + b"\xff" * 60, "connected", "no-name", id="odd"
        ),
    ],
)
def test_answers_by_udp_are_told_apart(
    tmp_path: Path, says: Says, expected: str, name: str
) -> None:
    with listening() as there, name_server(says) as names:
        flows = {REDIS: {"host": "redis", "port": there}, DNS: LOOK_UP | {"protocol": "UDP"}}
        waits = DROPPED if expected == "timeout" else {}
        seen = met(tmp_path, flows, NAMES_PORT=str(names), **waits)
    assert seen == {REDIS: name, DNS: expected}


def test_an_answer_by_udp_that_is_lost_once_is_asked_for_again(tmp_path: Path) -> None:
    with name_server(lost_once()) as names:
        flows = {DNS: LOOK_UP | {"protocol": "UDP"}}
        seen = met(tmp_path, flows, NAMES_PORT=str(names), TIMEOUT="3")
    assert seen == {DNS: "connected"}


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        pytest.param(lambda question: framed(answer(question)), "connected", id="an answer"),
        pytest.param(None, "timeout", id="silence"),
        pytest.param(lambda _: b"", "error", id="hanging up"),
        pytest.param(lambda _: b"\x00", "error", id="half a length"),
        pytest.param(lambda question: framed(answer(question))[:-5], "error", id="breaking off"),
        pytest.param(lambda _: framed(b""), "error", id="nothing"),
        pytest.param(lambda question: framed(to_another(question)), "error", id="another question"),
    ],
)
def test_answers_by_tcp_are_told_apart(
    tmp_path: Path, says: SaysByTcp | None, expected: str
) -> None:
    with name_server(silence, says) as names:
        waits = DROPPED if expected == "timeout" else {}
        flows = {DNS_TCP: LOOK_UP | {"protocol": "TCP"}}
        seen = met(tmp_path, flows, NAMES_PORT=str(names), **waits)
    assert seen == {DNS_TCP: expected}


def test_an_address_to_which_there_is_no_way_is_neither_dropped_nor_refused(tmp_path: Path) -> None:
    flows = {REDIS: {"host": "255.255.255.255", "port": 6379}}
    assert met(tmp_path, flows) == {REDIS: "unreachable"}


def test_without_a_name_server_no_name_is_found(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.conf"
    nowhere.write_text("search x\nnameserver\n")
    flows = {REDIS: {"host": "redis", "port": 6379}, DNS: LOOK_UP | {"protocol": "UDP"}}
    seen = met(tmp_path, flows, RESOLV_CONF=str(nowhere))
    assert seen == {REDIS: "no-name", DNS: "no-name"}


def test_a_service_that_kubernetes_tells_of_needs_no_look_up(tmp_path: Path) -> None:
    with listening() as there, name_server(silence) as names:
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
    read = parse_report(make.prober_pod(message), active_lab())
    assert read is not None
    assert read.fault == ""
    assert {name: one.outcome.value for name, one in read.flows.items()} == {DNS: "connected"}


def test_the_longest_message_of_the_lab_fits(tmp_path: Path) -> None:
    everything = json.loads((PROBER.parent / "targets.json").read_text())
    closed = {"host": "127.0.0.1", "port": free_port()}
    for flows in everything.values():
        assert len(run(tmp_path, dict.fromkeys(flows, closed)).encode()) < 1024
