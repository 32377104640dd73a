"""Services, EndpointSlices and HTTPRoutes as a server lists them, and what a prober leaves."""

import json
from collections.abc import Mapping
from typing import Any

from tests.make.manifests import Json

NAMESPACE = "student-ada-dev"


def service_manifest(
    name: str = "student-app-svc",
    selector: Json | None = None,
    *,
    namespace: str = NAMESPACE,
    port: int = 80,
    target: int | str = 5000,
) -> Json:
    return {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "selector": {"app": "student-app"} if selector is None else selector,
            "ports": [{"port": port, "targetPort": target, "protocol": "TCP"}],
        },
    }


def slice_manifest(
    service: str = "student-app-svc", *ready: bool | None, namespace: str = NAMESPACE, **extra: Any
) -> Json:
    """An endpoint for each of `ready`, of pods called pod-0, pod-1 …"""
    endpoints = [
        {
            "addresses": [f"10.244.1.{number}"],
            "conditions": {} if each is None else {"ready": each},
            "targetRef": {"kind": "Pod", "name": f"pod-{number}"},
        }
        for number, each in enumerate(ready)
    ]
    labels = {"kubernetes.io/service-name": service}
    metadata = {"name": f"{service}-x7", "namespace": namespace, "labels": labels}
    return {"metadata": metadata, "addressType": "IPv4", "endpoints": endpoints} | extra


def route_manifest(
    name: str = "uptime-kuma", *parents: Json, namespace: str = NAMESPACE, generation: int = 1
) -> Json:
    return {
        "metadata": {"name": name, "namespace": namespace, "generation": generation},
        "spec": {
            "hostnames": ["ada.status.lab.shart.cloud"],
            "rules": [{"backendRefs": [{"name": "uptime-kuma", "port": 3001}]}],
        },
        "status": {"parents": list(parents)},
    }


def parent(accepted: str = "True", resolved: str = "True", **fields: Any) -> Json:
    said = {"observedGeneration": 1, "reason": "Accepted", "message": ""} | fields
    kinds = (("Accepted", accepted), ("ResolvedRefs", resolved))
    return {"conditions": [{"type": kind, "status": status} | said for kind, status in kinds]}


def message(
    flows: Mapping[str, list[Any]] | None = None,
    *,
    entity: str = "student-app",
    namespace: str = NAMESPACE,
) -> str:
    said = {"v": 1, "namespace": namespace, "entity": entity, "flows": dict(flows or {})}
    return json.dumps(said)


def prober_pod(
    text: str | None,
    entity: str = "student-app",
    *,
    namespace: str = NAMESPACE,
    finished: str = "2026-03-03T12:00:00Z",
    labels: Json | None = None,
) -> Json:
    """A pod of the course's prober that has ended, or without a text one that has not."""
    ended = {"exitCode": 0, "finishedAt": finished, "message": text}
    state = {"running": {}} if text is None else {"terminated": ended}
    own = {"app": entity, "course.ziyotek.edu/prober": entity}
    return {
        "metadata": {
            "name": f"prober-{entity}",
            "namespace": namespace,
            "labels": own if labels is None else labels,
        },
        "spec": {"containers": [{"name": "prober"}]},
        "status": {
            "phase": "Running" if text is None else "Succeeded",
            "containerStatuses": [{"name": "prober", "restartCount": 0, "state": state}],
        },
    }
