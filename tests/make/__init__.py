"""Test data: plain functions with defaults, so that a test states only what it is about."""

from tests.make.clock import NOON, after
from tests.make.leading import (
    message,
    parent,
    prober_pod,
    route_manifest,
    service_manifest,
    slice_manifest,
)
from tests.make.manifests import (
    Json,
    course_labels,
    kubernetes_namespace,
    namespace_manifest,
    pod,
    pod_manifest,
    policy,
    solution,
)
from tests.make.readings import (
    cluster_reading,
    failure,
    pod_reading,
    pod_readings,
    reading,
    state_of,
)
from tests.make.rows import (
    heartbeat,
    instructor,
    namespace,
    observation,
    pod_state,
    reassessed,
    snapshot,
    user,
)

__all__ = [
    "NOON",
    "Json",
    "after",
    "cluster_reading",
    "course_labels",
    "failure",
    "heartbeat",
    "instructor",
    "kubernetes_namespace",
    "message",
    "namespace",
    "namespace_manifest",
    "observation",
    "parent",
    "pod",
    "pod_manifest",
    "pod_reading",
    "pod_readings",
    "pod_state",
    "policy",
    "prober_pod",
    "reading",
    "reassessed",
    "route_manifest",
    "service_manifest",
    "slice_manifest",
    "snapshot",
    "solution",
    "state_of",
    "user",
]
