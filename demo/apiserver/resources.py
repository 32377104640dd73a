"""The kinds that are installed, and how the server keeps the class's objects of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from demo.apiserver import pods, probers
from demo.apiserver import routing as leading
from demo.classroom import prober
from demo.classroom.manifests import load_manifests
from demo.classroom.roster import Classroom, StudentNamespace
from demo.classroom.timeline import StoredPolicy
from netpol.canonical_policies import canonicalize_policy

Object = dict[str, Any]
SYSTEM = "kube-system"


@dataclass(frozen=True, slots=True)
class ResourceKind:
    group: str
    version: str
    plural: str
    kind: str
    short: str
    namespaced: bool

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified_name(self) -> str:
        """As error messages name it: networkpolicies.networking.k8s.io."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


NAMESPACES = ResourceKind("", "v1", "namespaces", "Namespace", "ns", namespaced=False)
PODS = ResourceKind("", "v1", "pods", "Pod", "po", namespaced=True)
POLICIES = ResourceKind(
    "networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", "netpol", namespaced=True
)
SERVICES = ResourceKind("", "v1", "services", "Service", "svc", namespaced=True)
SLICES = ResourceKind(
    "discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", "eps", namespaced=True
)
ROUTES = ResourceKind(
    "gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", "hr", namespaced=True
)
RESOURCES = (NAMESPACES, PODS, SERVICES, POLICIES, SLICES, ROUTES)


def list_objects(
    room: Classroom, resource: ResourceKind, namespace: str, moment: datetime
) -> list[Object]:
    """A namespace's objects of a kind at a moment, or with "" everybody's, in order of their keys.

    As in a list, they do not say what they are: no kind, no apiVersion.
    """
    if resource is NAMESPACES:
        return sorted(_list_namespaces(room), key=sort_key)
    chosen = [each for name, each in room.namespaces.items() if namespace in ("", name)]
    found = [item for each in chosen for item in _objects_in(room, each, resource, moment)]
    if resource is PODS and namespace in ("", SYSTEM):
        found += _system_pods(room)
    return sorted(found, key=sort_key)


def sort_key(item: Object) -> tuple[str, str]:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]


def resource_version(moment: datetime) -> int:
    """Milliseconds: so that every version is the moment at which it can be asked for again."""
    return int(moment.timestamp() * 1000)


def build_metadata(name: str, namespace: str, created: datetime, changed: datetime) -> Object:
    scope = {"namespace": namespace} if namespace else {}
    return {
        "name": name,
        **scope,
        "uid": str(uuid5(NAMESPACE_URL, f"{namespace}/{name}/{created:%FT%T}")),
        "resourceVersion": str(resource_version(changed)),
        "creationTimestamp": f"{created:%FT%TZ}",
    }


def _list_namespaces(room: Classroom) -> Iterator[Object]:
    created = room.created_at
    system = {name: {"kubernetes.io/metadata.name": name} for name in ("default", SYSTEM)}
    students = {name: dict(each.labels) for name, each in room.namespaces.items()}
    for name, labels in (system | students).items():
        yield {
            "metadata": build_metadata(name, "", created, created) | {"labels": labels},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }


def _objects_in(
    room: Classroom, namespace: StudentNamespace, resource: ResourceKind, moment: datetime
) -> Iterator[Object]:
    match resource.plural:
        case POLICIES.plural:
            for name, kept in namespace.revision_at(moment).policies.items():
                yield _build_policy(namespace, name, kept)
        case PODS.plural:
            yield from _list_pods(room, namespace, moment)
        case ROUTES.plural if namespace.environment == "dev":
            found = leading.build_route(namespace, room.created_at)
            yield _build_unchanging(room, namespace, leading.KUMA.name) | found
        case SERVICES.plural:
            for each in leading.list_services(namespace):
                yield _build_unchanging(room, namespace, each.name) | leading.build_service(each)
        case SLICES.plural:
            yield from _list_slices(room, namespace, moment)


def _list_pods(room: Classroom, namespace: StudentNamespace, moment: datetime) -> Iterator[Object]:
    for number, pod in enumerate(
        pods.list_student_pods(namespace, moment), _first_pod_number(namespace)
    ):
        yield _build_pod(namespace.name, pod, number, room.created_at)
    if prober.has_probers(namespace):
        for number, run in enumerate(
            prober.list_newest_runs(namespace, moment), _first_pod_number(namespace) + 4
        ):
            changed = run.ended
            kept = build_metadata(
                probers.name(run), namespace.name, changed - prober.EVERY, changed
            )
            yield {"metadata": kept | {"labels": probers.labels(run)}} | probers.pod(run, number)


def _first_pod_number(namespace: StudentNamespace) -> int:
    """Where the addresses of a namespace's pods begin: there are eight for each."""
    return 1024 + namespace.student.number * 16 + 8 * (namespace.environment == "prod")


def _list_slices(
    room: Classroom, namespace: StudentNamespace, moment: datetime
) -> Iterator[Object]:
    addressed = [
        (pod, pods.format_address(number))
        for number, pod in enumerate(
            pods.list_student_pods(namespace, moment), _first_pod_number(namespace)
        )
    ]
    changed = max(namespace.app_state_at(moment).since, room.created_at)
    for each in leading.list_services(namespace):
        name = f"{each.name}-7c2lq"
        kept = build_metadata(name, namespace.name, room.created_at, changed)
        labels = {"kubernetes.io/service-name": each.name}
        yield {"metadata": kept | {"labels": labels}} | leading.build_endpoint_slice(
            each, addressed
        )


def _build_unchanging(room: Classroom, namespace: StudentNamespace, name: str) -> Object:
    """Something of a student's that never changes."""
    kept = build_metadata(name, namespace.name, room.created_at, room.created_at)
    return {"metadata": kept | {"generation": 1}}


def _system_pods(room: Classroom) -> Iterator[Object]:
    for number, pod in enumerate(pods.list_system_pods()):
        yield _build_pod(SYSTEM, pod, number, room.created_at)


def _build_pod(namespace: str, pod: pods.SimulatedPod, number: int, created: datetime) -> Object:
    changed = max(pod.since, created) if pod.since else created
    return {
        "metadata": build_metadata(pod.name, namespace, created, changed) | {"labels": pod.labels},
        "spec": pods.build_spec(pod),
        "status": pods.build_status(pod, number, created, changed),
    }


def _build_policy(namespace: StudentNamespace, name: str, kept: StoredPolicy) -> Object:
    manager = {
        "manager": "kubectl-client-side-apply",
        "operation": "Update",
        "apiVersion": POLICIES.api_version,
        "time": f"{kept.changed:%FT%TZ}",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:podSelector": {}, "f:policyTypes": {}}},
    }
    return {
        "metadata": build_metadata(name, namespace.name, kept.created, kept.changed)
        | {"generation": kept.generation, "managedFields": [manager]},
        "spec": canonicalize_policy(load_manifests()[kept.manifest])["spec"],
    }
