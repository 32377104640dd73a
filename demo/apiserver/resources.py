"""The kinds that are installed, and how the server keeps the class's objects of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from demo.apiserver import leading, pods, probers
from demo.classroom import prober
from demo.classroom.manifests import manifests
from demo.classroom.roster import Classroom, StudentNamespace
from demo.classroom.timeline import Kept
from netpol.canonical import canonicalize_policy

Object = dict[str, Any]
SYSTEM = "kube-system"


@dataclass(frozen=True, slots=True)
class Resource:
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
    def qualified(self) -> str:
        """As error messages name it: networkpolicies.networking.k8s.io."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


NAMESPACES = Resource("", "v1", "namespaces", "Namespace", "ns", namespaced=False)
PODS = Resource("", "v1", "pods", "Pod", "po", namespaced=True)
POLICIES = Resource(
    "networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", "netpol", namespaced=True
)
SERVICES = Resource("", "v1", "services", "Service", "svc", namespaced=True)
SLICES = Resource(
    "discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", "eps", namespaced=True
)
ROUTES = Resource(
    "gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", "hr", namespaced=True
)
RESOURCES = (NAMESPACES, PODS, SERVICES, POLICIES, SLICES, ROUTES)


def objects(room: Classroom, resource: Resource, namespace: str, moment: datetime) -> list[Object]:
    """A namespace's objects of a kind at a moment, or with "" everybody's, in order of their keys.

    As in a list, they do not say what they are: no kind, no apiVersion.
    """
    if resource is NAMESPACES:
        return sorted(_namespaces(room), key=key)
    chosen = [each for name, each in room.namespaces.items() if namespace in ("", name)]
    found = [item for each in chosen for item in _objects_in(room, each, resource, moment)]
    if resource is PODS and namespace in ("", SYSTEM):
        found += _system_pods(room)
    return sorted(found, key=key)


def key(item: Object) -> tuple[str, str]:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]


def resource_version(moment: datetime) -> int:
    """Milliseconds: so that every version is the moment at which it can be asked for again."""
    return int(moment.timestamp() * 1000)


def metadata(name: str, namespace: str, created: datetime, changed: datetime) -> Object:
    scope = {"namespace": namespace} if namespace else {}
    return {
        "name": name,
        **scope,
        "uid": str(uuid5(NAMESPACE_URL, f"{namespace}/{name}/{created:%FT%T}")),
        "resourceVersion": str(resource_version(changed)),
        "creationTimestamp": f"{created:%FT%TZ}",
    }


def _namespaces(room: Classroom) -> Iterator[Object]:
    created = room.created
    system = {name: {"kubernetes.io/metadata.name": name} for name in ("default", SYSTEM)}
    students = {name: dict(each.labels) for name, each in room.namespaces.items()}
    for name, labels in (system | students).items():
        yield {
            "metadata": metadata(name, "", created, created) | {"labels": labels},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }


def _objects_in(
    room: Classroom, namespace: StudentNamespace, resource: Resource, moment: datetime
) -> Iterator[Object]:
    match resource.plural:
        case POLICIES.plural:
            for name, kept in namespace.revision(moment).policies.items():
                yield _policy(namespace, name, kept)
        case PODS.plural:
            yield from _pods(room, namespace, moment)
        case ROUTES.plural if namespace.environment == "dev":
            found = leading.route(namespace, room.created)
            yield _constant(room, namespace, leading.KUMA.name) | found
        case SERVICES.plural:
            for each in leading.services(namespace):
                yield _constant(room, namespace, each.name) | leading.service(each)
        case SLICES.plural:
            yield from _slices(room, namespace, moment)


def _pods(room: Classroom, namespace: StudentNamespace, moment: datetime) -> Iterator[Object]:
    for number, pod in enumerate(pods.of_a_student(namespace, moment), _first(namespace)):
        yield _pod(namespace.name, pod, number, room.created)
    if prober.has_probers(namespace):
        for number, run in enumerate(prober.runs(namespace, moment), _first(namespace) + 4):
            changed = run.ended
            kept = metadata(probers.name(run), namespace.name, changed - prober.EVERY, changed)
            yield {"metadata": kept | {"labels": probers.labels(run)}} | probers.pod(run, number)


def _first(namespace: StudentNamespace) -> int:
    """Where the addresses of a namespace's pods begin: there are eight for each."""
    return 1024 + namespace.student.number * 16 + 8 * (namespace.environment == "prod")


def _slices(room: Classroom, namespace: StudentNamespace, moment: datetime) -> Iterator[Object]:
    addressed = [
        (pod, pods.address(number))
        for number, pod in enumerate(pods.of_a_student(namespace, moment), _first(namespace))
    ]
    changed = max(namespace.app_state(moment).since, room.created)
    for each in leading.services(namespace):
        name = f"{each.name}-7c2lq"
        kept = metadata(name, namespace.name, room.created, changed)
        labels = {"kubernetes.io/service-name": each.name}
        yield {"metadata": kept | {"labels": labels}} | leading.endpoint_slice(each, addressed)


def _constant(room: Classroom, namespace: StudentNamespace, name: str) -> Object:
    """Something of a student's that never changes."""
    kept = metadata(name, namespace.name, room.created, room.created)
    return {"metadata": kept | {"generation": 1}}


def _system_pods(room: Classroom) -> Iterator[Object]:
    for number, pod in enumerate(pods.of_the_system()):
        yield _pod(SYSTEM, pod, number, room.created)


def _pod(namespace: str, pod: pods.Pod, number: int, created: datetime) -> Object:
    changed = max(pod.since, created) if pod.since else created
    return {
        "metadata": metadata(pod.name, namespace, created, changed) | {"labels": pod.labels},
        "spec": pods.spec(pod),
        "status": pods.status(pod, number, created, changed),
    }


def _policy(namespace: StudentNamespace, name: str, kept: Kept) -> Object:
    manager = {
        "manager": "kubectl-client-side-apply",
        "operation": "Update",
        "apiVersion": POLICIES.api_version,
        "time": f"{kept.changed:%FT%TZ}",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:podSelector": {}, "f:policyTypes": {}}},
    }
    return {
        "metadata": metadata(name, namespace.name, kept.created, kept.changed)
        | {"generation": kept.generation, "managedFields": [manager]},
        "spec": canonicalize_policy(manifests()[kept.manifest])["spec"],
    }
