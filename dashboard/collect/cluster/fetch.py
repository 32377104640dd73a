"""Fetch a whole class: the students' namespaces, their pods and policies, and the surroundings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.utils import timezone

from dashboard.cluster_reading import (
    ClusterReading,
    NamespaceFetchError,
    NamespaceReading,
    ProberReport,
)
from dashboard.collect.cluster import rbac
from dashboard.collect.cluster.connection import ClusterConnection, ClusterError, ClusterRefusal
from dashboard.collect.cluster.lists import (
    ListAnswer,
    is_forbidden,
    list_by_namespace,
    list_objects,
)
from dashboard.collect.cluster.parse.objects import (
    parse_listed_namespace,
    parse_pod_reading,
    trim_policy,
)
from dashboard.collect.cluster.services import FetchedServices, fetch_services
from dashboard.collect.cluster.surroundings import fetch_surroundings, find_entity_namespaces
from dashboard.collect.methods.prober_report import is_prober, parse_report
from netpol.kinds import NAMESPACES, PODS, POLICIES, ObjectKind
from netpol.lab import Lab, NamespaceOwner
from netpol.model import LabeledNamespace
from netpol.parse import InvalidManifestError, Json


@dataclass(frozen=True, slots=True)
class _StudentNamespace:
    """A student's namespace as it was first listed; `fault` is what is malformed about it."""

    namespace: LabeledNamespace
    owner: NamespaceOwner
    uid: object
    fault: str = ""

    def as_fetch_error(self, reason: str) -> NamespaceFetchError:
        return NamespaceFetchError(self.namespace, self.owner, reason)


def fetch_class(connection: ClusterConnection, lab: Lab) -> ClusterReading:
    """The class as it is now. Raises `ClusterError` if nothing of it can be read."""
    at = timezone.now()
    listed = _list_namespaces(connection)
    students = {
        student.namespace.name: student for student in _find_student_namespaces(lab, listed)
    }
    homes = {*students, *find_entity_namespaces(lab, listed)}
    pods = list_by_namespace(connection, PODS, homes)
    policies = list_by_namespace(connection, POLICIES, set(students))
    leading = fetch_services(connection, list(students))
    surroundings = fetch_surroundings(connection, lab, listed, pods)
    # Once more: a namespace being deleted looks like one that holds little.
    present = _list_namespaces(connection)
    forbidden = [
        *([PODS] if any(is_forbidden(pods[name]) for name in students) else []),
        *([POLICIES] if any(map(is_forbidden, policies.values())) else []),
        *leading.forbidden,
        *surroundings.forbidden,
    ]
    reader = _NamespaceReader(lab, leading)
    return ClusterReading(
        at,
        tuple(
            reader.read_namespace(student, present[name], pods[name], policies[name])
            for name, student in students.items()
            if name in present and _uid_of(present[name]) == student.uid
        ),
        surroundings.surroundings,
        rbac.dump_rules(forbidden),
        (*leading.notes, *surroundings.notes),
    )


def fetch_prober_reports(
    connection: ClusterConnection, lab: Lab, namespace: str
) -> list[ProberReport]:
    """The reports that probers have left in one namespace. Raises `ClusterError`."""
    return _parse_reports(lab, list_objects(connection, PODS.list_path(namespace)))


def _parse_reports(lab: Lab, pods: Iterable[Json]) -> list[ProberReport]:
    return [found for pod in pods if is_prober(pod, lab) and (found := parse_report(pod, lab))]


def _list_namespaces(connection: ClusterConnection) -> dict[str, Json]:
    try:
        listed = list_objects(connection, NAMESPACES.list_path())
    except ClusterRefusal as refusal:
        if refusal.status != HTTPStatus.FORBIDDEN:
            raise
        (rule,) = rbac.dump_rules([NAMESPACES])
        raise ClusterError(
            f"{refusal} Without the list of namespaces nothing can be read. Grant the rights by "
            "python manage.py rbac | kubectl apply -f -, or add this rule to a ClusterRole:\n"
            f"{rule}"
        ) from refusal
    return {item["metadata"]["name"]: item for item in listed}


def _find_student_namespaces(lab: Lab, listed: Mapping[str, Json]) -> Iterator[_StudentNamespace]:
    for name, manifest in listed.items():
        namespace, fault = parse_listed_namespace(manifest)
        if owner := lab.namespaces.find_owner(name, namespace.labels):
            yield _StudentNamespace(namespace, owner, _uid_of(manifest), fault)


def _uid_of(namespace: Json) -> object:
    return namespace["metadata"].get("uid")


@dataclass(frozen=True, slots=True)
class _NamespaceReader:
    lab: Lab
    leading: FetchedServices

    def read_namespace(
        self, student: _StudentNamespace, now: Json, pods: ListAnswer, policies: ListAnswer
    ) -> NamespaceReading | NamespaceFetchError:
        if student.fault:
            return student.as_fetch_error(student.fault)
        if now["metadata"].get("deletionTimestamp"):
            return student.as_fetch_error("It is being deleted: what is left in it says nothing.")
        if isinstance(pods, ClusterRefusal):
            return student.as_fetch_error(_explain_refusal(student, PODS, pods))
        if isinstance(policies, ClusterRefusal):
            return student.as_fetch_error(_explain_refusal(student, POLICIES, policies))
        try:
            return self._build_reading(student, pods, policies)
        except InvalidManifestError as invalid:
            return student.as_fetch_error(f"A pod is malformed: {invalid}")

    def _build_reading(
        self, student: _StudentNamespace, pods: list[Json], policies: list[Json]
    ) -> NamespaceReading:
        """Without the course's own probers among the pods: they come and go every minute."""
        theirs = [pod for pod in pods if not is_prober(pod, self.lab)]
        readings = tuple(reading for pod in theirs if (reading := parse_pod_reading(pod)))
        name = student.namespace.name
        probers = {pod["metadata"]["name"] for pod in pods if is_prober(pod, self.lab)}
        return NamespaceReading(
            student.namespace,
            student.owner,
            readings,
            tuple(map(trim_policy, policies)),
            self.leading.parse_services(self.lab, name, readings, probers),
            self.leading.parse_routes(name),
            tuple(_parse_reports(self.lab, pods)),
        )


def _explain_refusal(student: _StudentNamespace, kind: ObjectKind, refusal: ClusterRefusal) -> str:
    if refusal.status != HTTPStatus.FORBIDDEN:
        return str(refusal)
    return (
        f"The dashboard has no right to list {kind.plural} here. Grant it by "
        f"python manage.py rbac --namespace {student.namespace.name} | kubectl apply -f - "
        f"(the API server: {refusal})"
    )
