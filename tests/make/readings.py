"""What polls bring back and what it comes to, without a cluster."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from dashboard.active_lab import active_lab
from dashboard.assess.assessed_snapshot import AssessedSnapshot, assess_snapshot
from dashboard.cluster_reading import (
    ClusterReading,
    NamespaceFetchError,
    NamespaceReading,
    PodReading,
    Surroundings,
)
from dashboard.collect.cluster.parse.objects import parse_pod_reading as parse_pod
from netpol.lab import NamespaceOwner
from netpol.model import LabeledNamespace, Pod
from tests.make.clock import after
from tests.make.manifests import Json, kubernetes_namespace, pod


def state_of(
    *policies: Json, pods: Sequence[Pod] = (), namespace: LabeledNamespace | None = None
) -> AssessedSnapshot:
    """What really comes of these policies: without pods, the lab's stand-ins."""
    return assess_snapshot(
        active_lab(), namespace or kubernetes_namespace(), pods, policies, Surroundings()
    )


def reading(
    *policies: Json, student: str = "ada", pods: Sequence[PodReading] = (), **beside: Any
) -> NamespaceReading:
    namespace = kubernetes_namespace(student)
    return NamespaceReading(
        namespace, NamespaceOwner(student, "dev"), tuple(pods), policies, **beside
    )


def failure(reason: str = "It is broken.", student: str = "ada") -> NamespaceFetchError:
    return NamespaceFetchError(
        kubernetes_namespace(student), NamespaceOwner(student, "dev"), reason
    )


def pod_reading(
    name: str = "student-app-1", student: str = "ada", *, restarts: int = 0
) -> PodReading:
    seen = pod(name, f"student-{student}-dev", addresses=(ip_address("10.244.1.5"),))
    return PodReading(seen, "Running", ready=True, restarts=restarts)


def pod_readings(*manifests: Json) -> list[PodReading]:
    return [reading for manifest in manifests if (reading := parse_pod(manifest))]


def cluster_reading(
    *namespaces: NamespaceReading | NamespaceFetchError, seconds: float = 0
) -> ClusterReading:
    """The class as it was read so many seconds after noon."""
    return ClusterReading(after(seconds), namespaces)
