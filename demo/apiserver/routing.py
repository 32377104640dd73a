"""What leads to a student's pods: Services, their EndpointSlices, and the course's HTTPRoute."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from demo.apiserver.pods import Object, SimulatedPod
from demo.classroom.roster import StudentNamespace
from demo.classroom.stories import Quirk

GATEWAY = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "cilium-gateway"}
CONTROLLER = "io.cilium/gateway-controller"


@dataclass(frozen=True, slots=True)
class StudentService:
    """Selects the pods with the label `app`; one without an address of its own is headless."""

    name: str
    app: str
    port: int
    target: int
    headless: bool = False


APP = StudentService("student-app-svc", "student-app", 80, 5000)
REDIS = StudentService("redis", "redis", 6379, 6379, headless=True)
KUMA = StudentService("uptime-kuma", "uptime-kuma", 3001, 3001)


def list_services(namespace: StudentNamespace) -> tuple[StudentService, ...]:
    return (APP, REDIS, KUMA) if namespace.environment == "dev" else (APP, REDIS)


def build_service(found: StudentService) -> Object:
    port = {"name": "http", "port": found.port, "targetPort": found.target, "protocol": "TCP"}
    address = {"clusterIP": "None"} if found.headless else {}
    return {
        "spec": {"selector": {"app": found.app}, "ports": [port], "type": "ClusterIP"} | address
    }


def build_endpoint_slice(found: StudentService, pods: Iterable[tuple[SimulatedPod, str]]) -> Object:
    """`pods` come with their addresses."""
    behind = [
        {
            "addresses": [address],
            "conditions": {"ready": pod.ready, "serving": pod.ready, "terminating": False},
            "targetRef": {"kind": "Pod", "name": pod.name},
        }
        for pod, address in pods
        if pod.labels.get("app") == found.app
    ]
    port = {"name": "http", "port": found.target, "protocol": "TCP"}
    return {"addressType": "IPv4", "endpoints": behind, "ports": [port]}


def build_route(namespace: StudentNamespace, changed: datetime) -> Object:
    """Uptime Kuma's own; the app's is the platform's."""
    detached = namespace.quirk is Quirk.DETACHED
    parent = GATEWAY | {"namespace": "kube-system"}
    if detached:
        parent |= {"name": "cilium-gatway"}
    login = namespace.student.login.lower()
    backend = {"group": "", "kind": "Service", "name": KUMA.name, "port": KUMA.port, "weight": 1}
    return {
        "spec": {
            "parentRefs": [parent],
            "hostnames": [f"{login}.status.lab.shart.cloud"],
            "rules": [{"backendRefs": [backend]}],
        },
        "status": {"parents": [_build_parent_status(parent, changed, accepted=not detached)]},
    }


def _build_parent_status(parent: Object, changed: datetime, *, accepted: bool) -> Object:
    moment = f"{changed:%FT%TZ}"
    refused = {"reason": "InvalidHTTPRoute", "message": 'Gateway "cilium-gatway" not found'}
    told = {"reason": "Accepted", "message": "Accepted HTTPRoute"} if accepted else refused
    common = {"lastTransitionTime": moment, "observedGeneration": 1}
    return {
        "parentRef": parent,
        "controllerName": CONTROLLER,
        "conditions": [
            {"type": "Accepted", "status": str(accepted)} | told | common,
            {
                "type": "ResolvedRefs",
                "status": "True",
                "reason": "ResolvedRefs",
                "message": "Service reference is valid",
            }
            | common,
        ],
    }
