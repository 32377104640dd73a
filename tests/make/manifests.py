"""Manifests as a server lists them, and what they are parsed into."""

from typing import Any

from dashboard.active_lab import active_lab
from netpol.model import LabeledNamespace, Pod

Json = dict[str, Any]


def course_labels(student: str = "ada", environment: str = "dev") -> dict[str, str]:
    return {
        "app.kubernetes.io/managed-by": "gitops",
        "course.ziyotek.edu/course": "container-fundamentals",
        "course.ziyotek.edu/environment": environment,
        "course.ziyotek.edu/student": student,
    }


def kubernetes_namespace(student: str = "ada", environment: str = "dev") -> LabeledNamespace:
    return LabeledNamespace(f"student-{student}-{environment}", course_labels(student, environment))


def namespace_manifest(
    name: str = "student-ada-dev", labels: Json | None = None, **metadata: Any
) -> Json:
    return {
        "metadata": {"name": name, "uid": f"uid of {name}", "labels": labels or {}} | metadata,
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }


def pod(name: str = "student-app-1", namespace: str = "student-ada-dev", **fields: Any) -> Pod:
    return Pod(namespace, name, **{"labels": {"app": "student-app"}} | fields)


def pod_manifest(
    name: str = "student-app-1",
    namespace: str = "student-ada-dev",
    *,
    labels: Json | None = None,
    address: str | None = "10.244.1.5",
    restarts: int = 0,
    ready: bool = True,
    **spec: Any,
) -> Json:
    """A running pod with one container that declares port 5000 and holds a secret in its spec."""
    container = {
        "name": "app",
        "image": "example/app:1",
        "env": [{"name": "PASSWORD", "value": "do-not-store-me"}],
        "ports": [{"name": "http", "containerPort": 5000, "protocol": "TCP"}],
    }
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"app": "student-app"} if labels is None else labels,
        },
        "spec": {"containers": [container]} | spec,
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "containerStatuses": [{"name": "app", "ready": ready, "restartCount": restarts}],
        }
        | ({"podIP": address, "podIPs": [{"ip": address}]} if address else {}),
    }


def policy(name: str = "default-deny-all", namespace: str = "student-ada-dev", **spec: Any) -> Json:
    """Without a spec of your own: the lab's default deny."""
    spec = spec or {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def solution() -> tuple[Json, ...]:
    """The lab's own policies, with which every flow is as expected."""
    return tuple(dict(manifest) for manifest in active_lab().solution)
