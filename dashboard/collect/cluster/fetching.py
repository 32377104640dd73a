"""A whole class: the students' namespaces with their pods and policies, and what is around them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.utils import timezone

from dashboard.collect.cluster import rbac
from dashboard.collect.cluster.beside import Beside, beside
from dashboard.collect.cluster.connection import ClusterError, Connection, Refused
from dashboard.collect.cluster.listing import items
from dashboard.collect.cluster.places import Answer, Answers, by_namespace
from dashboard.collect.cluster.surroundings import around, homes
from dashboard.health.work import ProgressCallback, ignore_progress
from dashboard.reading import (
    ClusterReading,
    NamespaceFailure,
    NamespaceReading,
    ProberReport,
    is_prober,
    namespace_of,
    pod_reading,
    report,
    trimmed,
)
from netpol.kinds import NAMESPACES, PODS, POLICIES, ObjectKind
from netpol.lab import Lab, NamespaceOwner
from netpol.model import LabeledNamespace
from netpol.parse import InvalidManifestError, Json


@dataclass(frozen=True, slots=True)
class _Student:
    """A student's namespace as it was first listed; `fault` is what is malformed about it."""

    namespace: LabeledNamespace
    owner: NamespaceOwner
    uid: object
    fault: str = ""

    def failure(self, reason: str) -> NamespaceFailure:
        return NamespaceFailure(self.namespace, self.owner, reason)


def fetch(
    connection: Connection, lab: Lab, report_progress: ProgressCallback = ignore_progress
) -> ClusterReading:
    """The class as it is now. Raises `ClusterError` where nothing of it can be known."""
    at = timezone.now()
    listed = _namespaces(connection, report_progress)
    students = {student.namespace.name: student for student in _students(lab, listed)}
    pods = by_namespace(connection, PODS, {*students, *homes(lab, listed)}, report_progress)
    policies = by_namespace(connection, POLICIES, set(students), report_progress)
    leading = beside(connection, list(students), report_progress)
    surroundings = around(connection, lab, listed, pods, report_progress)
    # Once more, because what a namespace held cannot be told from what its deletion left.
    present = _namespaces(connection, report_progress)
    forbidden = [
        *_forbidden(PODS, students, pods),
        *_forbidden(POLICIES, students, policies),
        *leading.forbidden,
        *surroundings.forbidden,
    ]
    reader = _Reader(lab, leading)
    return ClusterReading(
        at,
        tuple(
            reader.read(student, present[name], pods[name], policies[name])
            for name, student in students.items()
            if name in present and _uid(present[name]) == student.uid
        ),
        surroundings.surroundings,
        rbac.rules_as_yaml(forbidden),
        (*leading.notes, *surroundings.notes),
    )


def fetch_reports(connection: Connection, lab: Lab, namespace: str) -> list[ProberReport]:
    """What probers have left in one namespace. Raises `ClusterError`."""
    return _reports(lab, items(connection, PODS.list_path(namespace), ignore_progress))


def _reports(lab: Lab, pods: Iterable[Json]) -> list[ProberReport]:
    return [found for pod in pods if is_prober(pod, lab) and (found := report(pod, lab))]


def _namespaces(connection: Connection, report_progress: ProgressCallback) -> dict[str, Json]:
    try:
        listed = items(connection, NAMESPACES.list_path(), report_progress)
    except Refused as refusal:
        if refusal.status != HTTPStatus.FORBIDDEN:
            raise
        (rule,) = rbac.rules_as_yaml([NAMESPACES])
        raise ClusterError(
            f"{refusal} Without the list of namespaces nothing can be read. Grant the rights by "
            "python manage.py rbac | kubectl apply -f -, or add this rule to a ClusterRole:\n"
            f"{rule}"
        ) from refusal
    return {item["metadata"]["name"]: item for item in listed}


def _students(lab: Lab, listed: Mapping[str, Json]) -> Iterator[_Student]:
    for name, manifest in listed.items():
        namespace, fault = namespace_of(manifest)
        if owner := lab.namespaces.find_owner(name, namespace.labels):
            yield _Student(namespace, owner, _uid(manifest), fault)


def _uid(namespace: Json) -> object:
    return namespace["metadata"].get("uid")


def _forbidden(kind: ObjectKind, names: Iterable[str], answers: Answers) -> Iterator[ObjectKind]:
    answered = (answers[name] for name in names)
    if any(isinstance(one, Refused) and one.status == HTTPStatus.FORBIDDEN for one in answered):
        yield kind


@dataclass(frozen=True, slots=True)
class _Reader:
    lab: Lab
    leading: Beside

    def read(
        self, student: _Student, now: Json, pods: Answer, policies: Answer
    ) -> NamespaceReading | NamespaceFailure:
        if student.fault:
            return student.failure(student.fault)
        if now["metadata"].get("deletionTimestamp"):
            return student.failure("It is being deleted: what is left in it would tell nothing.")
        if isinstance(pods, Refused):
            return student.failure(_unreadable(student, PODS, pods))
        if isinstance(policies, Refused):
            return student.failure(_unreadable(student, POLICIES, policies))
        try:
            return self._reading(student, pods, policies)
        except InvalidManifestError as invalid:
            return student.failure(f"A pod is malformed: {invalid}")

    def _reading(
        self, student: _Student, pods: list[Json], policies: list[Json]
    ) -> NamespaceReading:
        """The course's own probers are no pods of the student's: they come and go every minute."""
        theirs = [pod for pod in pods if not is_prober(pod, self.lab)]
        readings = tuple(reading for pod in theirs if (reading := pod_reading(pod)))
        name = student.namespace.name
        probers = {pod["metadata"]["name"] for pod in pods if is_prober(pod, self.lab)}
        return NamespaceReading(
            student.namespace,
            student.owner,
            readings,
            tuple(map(trimmed, policies)),
            self.leading.services(self.lab, name, readings, probers),
            self.leading.routes(name),
            tuple(_reports(self.lab, pods)),
        )


def _unreadable(student: _Student, kind: ObjectKind, refusal: Refused) -> str:
    if refusal.status != HTTPStatus.FORBIDDEN:
        return str(refusal)
    return (
        f"The dashboard has no right to list {kind.plural} here. Grant it by "
        f"python manage.py rbac --namespace {student.namespace.name} | kubectl apply -f - "
        f"(the API server: {refusal})"
    )
