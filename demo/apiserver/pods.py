"""Pods as their objects describe them: the students' three, and some of the cluster's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any
from zlib import crc32

from demo.classroom.app_health import AppState
from demo.classroom.roster import StudentNamespace

POD_NETWORK = IPv4Address("10.244.0.0")
NODES = ("worker-1", "worker-2", "worker-3")
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Kubernetes leaves out of generated names what could spell a word."""

Object = dict[str, Any]
Port = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class SimulatedPod:
    """`since` is when it last changed; `None` where it never did."""

    name: str
    container: str
    image: str
    ports: tuple[Port, ...]
    labels: dict[str, str] = field(hash=False)
    ready: bool = True
    restarts: int = 0
    since: datetime | None = None


def list_system_pods() -> Iterator[SimulatedPod]:
    dns: tuple[Port, ...] = (("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"), ("metrics", 9153, "TCP"))
    for copy in range(2):
        yield _build_replica("coredns", copy, {"k8s-app": "kube-dns"}, "coredns:v1.12.1", dns)
    labels = {"k8s-app": "metrics-server"}
    yield _build_replica(
        "metrics-server", 0, labels, "metrics-server:v0.8.0", (("https", 10250, "TCP"),)
    )


def list_student_pods(namespace: StudentNamespace, moment: datetime) -> Iterator[SimulatedPod]:
    login = namespace.student.login
    state = namespace.app_state_at(moment)
    for copy in range(1 if namespace.environment == "dev" else 2):
        yield _build_app_pod(namespace, copy, state)
    yield SimulatedPod(
        "redis-0",
        "redis",
        "redis:7-alpine",
        (("redis", 6379, "TCP"),),
        {
            "app": "redis",
            "apps.kubernetes.io/pod-index": "0",
            "controller-revision-hash": f"redis-{_generate_suffix(login, 10)}",
            "statefulset.kubernetes.io/pod-name": "redis-0",
        },
    )
    if namespace.environment == "dev":
        image = "louislam/uptime-kuma:1"
        ports = (("http", 3001, "TCP"),)
        yield _build_replica("uptime-kuma", 0, {"app": "uptime-kuma"}, image, ports, owner=login)


def _build_app_pod(namespace: StudentNamespace, copy: int, state: AppState) -> SimulatedPod:
    login = namespace.student.login
    labels = {"app": "student-app", "student": login}
    image = f"ghcr.io/{login.lower()}/container-course-app:v3"
    pod = _build_replica("student-app", copy, labels, image, (("http", 5000, "TCP"),), owner=login)
    return SimulatedPod(
        pod.name,
        pod.container,
        pod.image,
        pod.ports,
        pod.labels,
        state.ready,
        state.restarts,
        state.since,
    )


def _build_replica(
    workload: str,
    copy: int,
    labels: dict[str, str],
    image: str,
    ports: tuple[Port, ...],
    owner: str = "",
) -> SimulatedPod:
    """One of a Deployment's pods, named and labelled as its ReplicaSet does."""
    template = _generate_suffix(f"{workload} {owner}", 10)
    name = f"{workload}-{template}-{_generate_suffix(f'{workload} {owner} {copy}', 5)}"
    return SimulatedPod(name, workload, image, ports, labels | {"pod-template-hash": template})


def _generate_suffix(seed: str, length: int) -> str:
    number = crc32(seed.encode()) * 0x9E3779B97F4A7C15
    return "".join(_ALPHABET[(number >> (5 * place)) % len(_ALPHABET)] for place in range(length))


def build_spec(pod: SimulatedPod) -> Object:
    container = {
        "name": pod.container,
        "image": pod.image,
        "ports": [
            {"name": name, "containerPort": number, "protocol": protocol}
            for name, number, protocol in pod.ports
        ],
    }
    return {"nodeName": _choose_node(pod), "restartPolicy": "Always", "containers": [container]}


def build_status(pod: SimulatedPod, number: int, created: datetime, changed: datetime) -> Object:
    ready = {"status": "True" if pod.ready else "False", "lastTransitionTime": f"{changed:%FT%TZ}"}
    return {
        "phase": "Running",
        "conditions": [{"type": kind, **ready} for kind in ("Ready", "ContainersReady")],
        "hostIP": f"192.0.2.{NODES.index(_choose_node(pod)) + 11}",
        "podIP": format_address(number),
        "podIPs": [{"ip": format_address(number)}],
        "startTime": f"{created:%FT%TZ}",
        "containerStatuses": [
            {
                "name": pod.container,
                "image": pod.image,
                "imageID": f"simulated/{pod.image}",
                "ready": pod.ready,
                "started": True,
                "restartCount": pod.restarts,
                "state": {"running": {"startedAt": f"{changed:%FT%TZ}"}},
            }
        ],
    }


def format_address(number: int) -> str:
    return str(POD_NETWORK + 2 + number)


def _choose_node(pod: SimulatedPod) -> str:
    return NODES[crc32(pod.name.encode()) % len(NODES)]
