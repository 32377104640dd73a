"""Why namespaces are not as the lab wants them: found once for each state, whoever is in it."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from dashboard.active_lab import active_lab
from dashboard.assess import json_columns as stored
from dashboard.assess.class_assessment import AssessedNamespace
from dashboard.cluster_reading import Surroundings
from dashboard.health.work import ProgressCallback, guard_unit, ignore_progress
from dashboard.models import StoredDiagnosis
from dashboard.models.interval import BATCH
from netpol.canonical_policies import canonicalize_policies
from netpol.diagnose import diagnose_namespace
from netpol.json_output import dump_cause, dump_edit, dump_finding
from netpol.lint import lint_namespace
from netpol.load import ManifestSet
from netpol.model import LabeledNamespace, Pod, build_cluster
from netpol.parse import Json

log = logging.getLogger(__name__)

BUDGET = 10.0
"""Seconds of one poll; what there is no time for is left to the next."""


@dataclass(frozen=True, slots=True)
class DiagnosisSubject:
    """What is diagnosed: canonical policies, and all that is around them."""

    namespace: LabeledNamespace
    pods: tuple[Pod, ...]
    policies: Sequence[Json] = field(hash=False)
    services: tuple[Json, ...] = field(hash=False)
    surroundings: Surroundings


def record_diagnoses(
    found: Iterable[AssessedNamespace],
    surroundings: Surroundings,
    report_progress: ProgressCallback = ignore_progress,
) -> None:
    """Of the states that have none yet, as far as the time reaches."""
    states = {_compute_key(one): one for one in found}
    new = {key: states[key] for key in states.keys() - _find_stored_keys(list(states))}
    until = monotonic() + BUDGET
    for done, (key, one) in enumerate(new.items(), 1):
        if monotonic() > until:
            log.info("%d states wait for the next poll to be diagnosed", len(new) - done + 1)
            return
        store_diagnosis(key, _build_subject(one, surroundings))
        report_progress("diagnosing", done, len(new))


def _compute_key(one: AssessedNamespace) -> str:
    return stored.compute_diagnosis_key(
        one.snapshot.policies, one.snapshot.assessment, one.snapshot.pods
    )


def _find_stored_keys(digests: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(digests), BATCH):
        rows = StoredDiagnosis.objects.filter(digest__in=digests[start : start + BATCH])
        known |= set(rows.values_list("digest", flat=True))
    return known


def _build_subject(one: AssessedNamespace, surroundings: Surroundings) -> DiagnosisSubject:
    services = (
        manifest
        for each in one.reading.services or ()
        for manifest in stored.build_service_manifests(each.name, each.ports, each.entities)
    )
    return DiagnosisSubject(
        one.reading.namespace,
        tuple(pod.pod for pod in one.reading.pods),
        one.snapshot.policies,
        tuple(services),
        surroundings,
    )


def store_diagnosis(key: str, subject: DiagnosisSubject) -> None:
    """In place of what was known. A fault of ours must cost nobody more: then it has none."""
    with guard_unit(log, "%s cannot be diagnosed", subject.namespace.name):
        StoredDiagnosis.objects.bulk_create(
            [_diagnose_subject(key, subject)],
            update_conflicts=True,
            unique_fields=["digest"],
            update_fields=["causes", "findings", "edits", "policies", "why_not"],
        )


def _diagnose_subject(key: str, subject: DiagnosisSubject) -> StoredDiagnosis:
    name, manifests, around = subject.namespace.name, subject.policies, subject.surroundings
    cluster = build_cluster(
        (*around.namespaces, subject.namespace),
        (*around.pods, *subject.pods),
        (),
        around.unsupported,
    )
    found = diagnose_namespace(active_lab(), cluster, name, manifests)
    written = ManifestSet(tuple(manifests), cluster, subject.services, (), ())
    odd = lint_namespace(active_lab(), name, written, manifests)
    return StoredDiagnosis(
        digest=key,
        causes=[dump_cause(cause) | {"mends": cause.edited_policy} for cause in found.causes],
        findings=[dump_finding(each) for each in odd],
        edits=[dump_edit(each) for each in found.repair.edits],
        policies=canonicalize_policies(found.repair.policies),
        why_not=found.repair.why_not,
    )
