"""The kinds of object that are installed, and the class's objects of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from demo.apiserver import pods, routing
from demo.apiserver.metadata import Object, build_metadata, sort_key
from demo.classroom.manifests import load_manifests
from demo.classroom.roster import Classroom, StudentNamespace
from demo.classroom.timeline import StoredPolicy
from netpol.canonical_policies import canonicalize_policy

SYSTEM = "kube-system"


@dataclass(frozen=True, slots=True)
class ResourceKind:
    group: str
    version: str
    plural: str
    kind: str
    short: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified_name(self) -> str:
        """The name in error messages: networkpolicies.networking.k8s.io."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


NAMESPACES = ResourceKind("", "v1", "namespaces", "Namespace", "ns", namespaced=False)
PODS = ResourceKind("", "v1", "pods", "Pod", "po")
SERVICES = ResourceKind("", "v1", "services", "Service", "svc")
POLICIES = ResourceKind("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", "netpol")
SLICES = ResourceKind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", "eps")
ROUTES = ResourceKind("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", "hr")
RESOURCES = (NAMESPACES, PODS, SERVICES, POLICIES, SLICES, ROUTES)


def list_objects(
    classroom: Classroom, resource: ResourceKind, namespace: str, moment: datetime
) -> list[Object]:
    """The objects of a kind at a moment in one namespace, or with "" in all, ordered by key.

    As in a list of a real server they have no kind and no apiVersion.
    """
    if resource is NAMESPACES:
        return sorted(_list_namespaces(classroom), key=sort_key)
    created = classroom.created_at
    found = [
        item
        for name, each in classroom.namespaces.items()
        if namespace in ("", name)
        for item in _list_student_objects(each, resource, created, moment)
    ]
    if resource is PODS and namespace in ("", SYSTEM):
        found += [pods.build_pod(pod, SYSTEM, created) for pod in pods.list_system_pods()]
    return sorted(found, key=sort_key)


def _list_namespaces(classroom: Classroom) -> Iterator[Object]:
    created = classroom.created_at
    system = {name: {"kubernetes.io/metadata.name": name} for name in ("default", SYSTEM)}
    students = {name: dict(each.labels) for name, each in classroom.namespaces.items()}
    for name, labels in (system | students).items():
        yield {
            "metadata": build_metadata(name, "", created, created, labels=labels),
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }


def _list_student_objects(
    namespace: StudentNamespace, resource: ResourceKind, created: datetime, moment: datetime
) -> Iterator[Object]:
    match resource.plural:
        case POLICIES.plural:
            for name, policy in namespace.revision_at(moment).policies.items():
                yield _build_policy(namespace, name, policy)
        case PODS.plural:
            for pod in pods.list_student_pods(namespace, moment):
                yield pods.build_pod(pod, namespace.name, created)
            yield from pods.list_prober_pods(namespace, moment)
        case ROUTES.plural if namespace.environment == "dev":
            yield routing.build_route(namespace, created)
        case SERVICES.plural:
            for service in routing.list_services(namespace):
                yield routing.build_service(service, namespace, created)
        case SLICES.plural:
            for service in routing.list_services(namespace):
                yield routing.build_endpoint_slice(service, namespace, created, moment)


def _build_policy(namespace: StudentNamespace, name: str, policy: StoredPolicy) -> Object:
    manager = {
        "manager": "kubectl-client-side-apply",
        "operation": "Update",
        "apiVersion": POLICIES.api_version,
        "time": f"{policy.changed:%FT%TZ}",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:podSelector": {}, "f:policyTypes": {}}},
    }
    more = {"generation": policy.generation, "managedFields": [manager]}
    return {
        "metadata": build_metadata(name, namespace.name, policy.created, policy.changed, **more),
        "spec": canonicalize_policy(load_manifests()[policy.manifest])["spec"],
    }
