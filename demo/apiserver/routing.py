"""What routes to a student's pods: Services, their EndpointSlices, and the course's HTTPRoute."""

from dataclasses import dataclass
from datetime import datetime

from demo.apiserver.metadata import Object, build_metadata
from demo.apiserver.pods import list_student_pods
from demo.classroom.roster import StudentNamespace
from demo.classroom.stories import Quirk

GATEWAY = {
    "group": "gateway.networking.k8s.io",
    "kind": "Gateway",
    "name": "cilium-gateway",
    "namespace": "kube-system",
}
CONTROLLER = "io.cilium/gateway-controller"


@dataclass(frozen=True, slots=True)
class StudentService:
    """A Service for the pods with the label `app`; a headless one has no address of its own."""

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


def build_service(
    service: StudentService, namespace: StudentNamespace, created: datetime
) -> Object:
    port = {"name": "http", "port": service.port, "targetPort": service.target, "protocol": "TCP"}
    address = {"clusterIP": "None"} if service.headless else {}
    return {
        "metadata": build_metadata(service.name, namespace.name, created, created, generation=1),
        "spec": {"selector": {"app": service.app}, "ports": [port], "type": "ClusterIP"} | address,
    }


def build_endpoint_slice(
    service: StudentService, namespace: StudentNamespace, created: datetime, moment: datetime
) -> Object:
    changed = max(namespace.app_state_at(moment).since, created)
    labels = {"kubernetes.io/service-name": service.name}
    endpoints = [
        {
            "addresses": [pod.address],
            "conditions": {"ready": pod.ready, "serving": pod.ready, "terminating": False},
            "targetRef": {"kind": "Pod", "name": pod.name},
        }
        for pod in list_student_pods(namespace, moment)
        if pod.labels.get("app") == service.app
    ]
    return {
        "metadata": build_metadata(
            f"{service.name}-7c2lq", namespace.name, created, changed, labels=labels
        ),
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": [{"name": "http", "port": service.target, "protocol": "TCP"}],
    }


def build_route(namespace: StudentNamespace, created: datetime) -> Object:
    """The route to Uptime Kuma. A detached one names a gateway that does not exist."""
    detached = namespace.quirk is Quirk.DETACHED
    parent = GATEWAY | ({"name": "cilium-gatway"} if detached else {})
    backend = {"group": "", "kind": "Service", "name": KUMA.name, "port": KUMA.port, "weight": 1}
    common = {"lastTransitionTime": f"{created:%FT%TZ}", "observedGeneration": 1}
    accepted = {"status": "True", "reason": "Accepted", "message": "Accepted HTTPRoute"}
    refused = {
        "status": "False",
        "reason": "InvalidHTTPRoute",
        "message": 'Gateway "cilium-gatway" not found',
    }
    resolved = {
        "status": "True",
        "reason": "ResolvedRefs",
        "message": "Service reference is valid",
    }
    conditions = [
        {"type": "Accepted"} | (refused if detached else accepted) | common,
        {"type": "ResolvedRefs"} | resolved | common,
    ]
    status = {"parentRef": parent, "controllerName": CONTROLLER, "conditions": conditions}
    return {
        "metadata": build_metadata(KUMA.name, namespace.name, created, created, generation=1),
        "spec": {
            "parentRefs": [parent],
            "hostnames": [f"{namespace.student.login.lower()}.status.lab.shart.cloud"],
            "rules": [{"backendRefs": [backend]}],
        },
        "status": {"parents": [status]},
    }
