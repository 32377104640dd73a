"""Pods as objects: the students' three, the course's probers, and some of the cluster's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from zlib import crc32

from demo.apiserver.metadata import Object, build_metadata
from demo.classroom import prober
from demo.classroom.roster import StudentNamespace

POD_NETWORK = IPv4Address("10.244.0.0")
NODES = ("worker-1", "worker-2", "worker-3")
PROBER_IMAGE = "python:3.13.7-alpine3.22"
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Kubernetes leaves out of generated names what could spell a word."""

Port = tuple[str, int, str]
APP_PORT, UI_PORT = (("http", 5000, "TCP"),), (("http", 3001, "TCP"),)


@dataclass(frozen=True, slots=True)
class SimulatedPod:
    """`number` gives its address. `since` is its last change, `None` where it never changed."""

    number: int
    name: str
    container: str
    image: str
    ports: tuple[Port, ...]
    labels: dict[str, str] = field(hash=False)
    ready: bool = True
    restarts: int = 0
    since: datetime | None = None

    @property
    def address(self) -> str:
        return _format_address(self.number)


def list_system_pods() -> Iterator[SimulatedPod]:
    dns: tuple[Port, ...] = (("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"), ("metrics", 9153, "TCP"))
    for copy in range(2):
        pod = _build_replica("coredns", copy, {"k8s-app": "kube-dns"}, "coredns:v1.12.1", dns)
        yield replace(pod, number=copy)
    labels, https = {"k8s-app": "metrics-server"}, (("https", 10250, "TCP"),)
    pod = _build_replica("metrics-server", 0, labels, "metrics-server:v0.8.0", https)
    yield replace(pod, number=2)


def list_student_pods(namespace: StudentNamespace, moment: datetime) -> Iterator[SimulatedPod]:
    login, first = namespace.student.login, _find_first_number(namespace)
    state = namespace.app_state_at(moment)
    copies = 1 if namespace.environment == "dev" else 2
    app = {"app": "student-app", "student": login}
    image = f"ghcr.io/{login.lower()}/container-course-app:v3"
    for copy in range(copies):
        pod = _build_replica("student-app", copy, app, image, APP_PORT, login)
        yield replace(
            pod,
            number=first + copy,
            ready=state.ready,
            restarts=state.restarts,
            since=state.since,
        )
    redis = {
        "app": "redis",
        "apps.kubernetes.io/pod-index": "0",
        "controller-revision-hash": f"redis-{_generate_suffix(login, 10)}",
        "statefulset.kubernetes.io/pod-name": "redis-0",
    }
    ports = (("redis", 6379, "TCP"),)
    yield SimulatedPod(first + copies, "redis-0", "redis", "redis:7-alpine", ports, redis)
    if namespace.environment == "dev":
        kuma = {"app": "uptime-kuma"}
        pod = _build_replica("uptime-kuma", 0, kuma, "louislam/uptime-kuma:1", UI_PORT, login)
        yield replace(pod, number=first + copies + 1)


def list_prober_pods(namespace: StudentNamespace, moment: datetime) -> Iterator[Object]:
    """The pods of the newest probers: ended, with the result in their status."""
    if not prober.has_probers(namespace):
        return
    first = _find_first_number(namespace) + 4
    for number, run in enumerate(prober.list_newest_runs(namespace, moment), first):
        name = f"prober-{run.entity}-{run.number}"
        labels = {
            "app": run.entity,
            "course.ziyotek.edu/prober": run.entity,
            "batch.kubernetes.io/job-name": name,
        }
        created = run.ended - prober.EVERY
        ended = {
            "exitCode": 0,
            "reason": "Completed",
            "startedAt": f"{run.ended - timedelta(seconds=4):%FT%TZ}",
            "finishedAt": f"{run.ended:%FT%TZ}",
            "message": run.message,
        }
        container = {"name": "prober", "image": PROBER_IMAGE}
        command = {"command": ["python", "-B", "/prober/prober.py"]}
        state = {
            "imageID": f"simulated/{PROBER_IMAGE}",
            "ready": False,
            "started": False,
            "restartCount": 0,
            "state": {"terminated": ended},
        }
        yield {
            "metadata": build_metadata(
                f"{name}-x8k2d", namespace.name, created, run.ended, labels=labels
            ),
            "spec": {
                "nodeName": NODES[0],
                "restartPolicy": "Never",
                "containers": [container | command],
            },
            "status": {
                "phase": "Succeeded",
                "conditions": [{"type": "Ready", "status": "False", "reason": "PodCompleted"}],
                "podIP": _format_address(number),
                "podIPs": [{"ip": _format_address(number)}],
                "containerStatuses": [container | state],
            },
        }


def _find_first_number(namespace: StudentNamespace) -> int:
    """The number of a namespace's first pod. Each namespace has eight."""
    return 1024 + namespace.student.number * 16 + 8 * (namespace.environment == "prod")


def _build_replica(
    workload: str,
    copy: int,
    labels: dict[str, str],
    image: str,
    ports: tuple[Port, ...],
    owner: str = "",
) -> SimulatedPod:
    """A pod of a Deployment, named and labelled as its ReplicaSet does. It has no number yet."""
    template = _generate_suffix(f"{workload} {owner}", 10)
    name = f"{workload}-{template}-{_generate_suffix(f'{workload} {owner} {copy}', 5)}"
    labels = labels | {"pod-template-hash": template}
    return SimulatedPod(0, name, workload, image, ports, labels)


def _generate_suffix(seed: str, length: int) -> str:
    number = crc32(seed.encode()) * 0x9E3779B97F4A7C15
    return "".join(_ALPHABET[(number >> (5 * place)) % len(_ALPHABET)] for place in range(length))


def build_pod(pod: SimulatedPod, namespace: str, created: datetime) -> Object:
    changed = max(pod.since, created) if pod.since else created
    node = crc32(pod.name.encode()) % len(NODES)
    ready = {"status": "True" if pod.ready else "False", "lastTransitionTime": f"{changed:%FT%TZ}"}
    container = {"name": pod.container, "image": pod.image}
    ports = [
        {"name": name, "containerPort": port, "protocol": protocol}
        for name, port, protocol in pod.ports
    ]
    state = {
        "imageID": f"simulated/{pod.image}",
        "ready": pod.ready,
        "started": True,
        "restartCount": pod.restarts,
        "state": {"running": {"startedAt": f"{changed:%FT%TZ}"}},
    }
    return {
        "metadata": build_metadata(pod.name, namespace, created, changed, labels=pod.labels),
        "spec": {
            "nodeName": NODES[node],
            "restartPolicy": "Always",
            "containers": [container | {"ports": ports}],
        },
        "status": {
            "phase": "Running",
            "conditions": [{"type": kind, **ready} for kind in ("Ready", "ContainersReady")],
            "hostIP": f"192.0.2.{node + 11}",
            "podIP": pod.address,
            "podIPs": [{"ip": pod.address}],
            "startTime": f"{created:%FT%TZ}",
            "containerStatuses": [container | state],
        },
    }


def _format_address(number: int) -> str:
    return str(POD_NETWORK + 2 + number)
