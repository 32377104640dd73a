"""Objects as a real API server lists them: with all that it adds, without what it drops."""

import json
from collections.abc import Mapping
from typing import Any

from tests.make.manifests import Json, namespace_manifest

CREATED = "2026-02-23T09:00:00Z"
APPS = {"student-app": ("http", 5000), "redis": ("redis", 6379), "uptime-kuma": ("http", 3001)}


def stored_policy(manifest: Mapping[str, Any], namespace: str) -> Json:
    """What becomes of `kubectl apply`."""
    spec = {key: value for key, value in manifest["spec"].items() if value != []}
    name = manifest["metadata"]["name"]
    return {"metadata": _metadata(name, namespace) | _applied(manifest), "spec": spec}


def stored_namespace(name: str, **metadata: object) -> Json:
    added = {"resourceVersion": "41", "creationTimestamp": CREATED} | metadata
    return namespace_manifest(name, {"kubernetes.io/metadata.name": name}, **added)


def pending_pod(
    app: str, namespace: str, labels: Json | None = None, number: int = 1, port: int | None = None
) -> Json:
    """Of a cluster without kubelets: nobody gives it an address."""
    name, usual = APPS.get(app, ("main", 80))
    container = {
        "name": app,
        "image": f"example/{app}:1",
        "ports": [{"name": name, "containerPort": port or usual, "protocol": "TCP"}],
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "imagePullPolicy": "IfNotPresent",
    }
    return {
        "metadata": _metadata(f"{app}-{number}", namespace) | {"labels": labels or {"app": app}},
        "spec": {
            "containers": [container],
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
            "securityContext": {},
            "schedulerName": "default-scheduler",
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists"}],
            "priority": 0,
        },
        "status": {"phase": "Pending", "qosClass": "BestEffort"},
    }


def _metadata(name: str, namespace: str) -> Json:
    return {
        "name": name,
        "namespace": namespace,
        "uid": f"uid of {namespace}/{name}",
        "resourceVersion": "42",
        "generation": 1,
        "creationTimestamp": CREATED,
    }


def _applied(manifest: Mapping[str, Any]) -> Json:
    manager = {
        "manager": "kubectl-client-side-apply",
        "operation": "Update",
        "apiVersion": "networking.k8s.io/v1",
        "time": CREATED,
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:podSelector": {}, "f:policyTypes": {}}},
    }
    last = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(manifest)}
    return {"annotations": last, "managedFields": [manager]}
