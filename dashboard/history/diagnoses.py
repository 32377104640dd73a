"""Why namespaces are not as the lab wants them: found once for each state, whoever is in it."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from dashboard.active_lab import active_lab
from dashboard.assess import json_columns as stored
from dashboard.assess.class_assessment import Assessed
from dashboard.cluster_reading import Surroundings
from dashboard.health.work import ProgressCallback, guard_unit, ignore_progress
from dashboard.models import Diagnosis
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
class Subject:
    """What is diagnosed: canonical policies, and all that is around them."""

    namespace: LabeledNamespace
    pods: tuple[Pod, ...]
    policies: Sequence[Json] = field(hash=False)
    services: tuple[Json, ...] = field(hash=False)
    surroundings: Surroundings


def record_diagnoses(
    found: Iterable[Assessed],
    surroundings: Surroundings,
    report_progress: ProgressCallback = ignore_progress,
) -> None:
    """Of the states that have none yet, as far as the time reaches."""
    states = {_key(one): one for one in found}
    new = {key: states[key] for key in states.keys() - _known(list(states))}
    until = monotonic() + BUDGET
    for done, (key, one) in enumerate(new.items(), 1):
        if monotonic() > until:
            log.info("%d states wait for the next poll to be diagnosed", len(new) - done + 1)
            return
        keep_diagnosis(key, _subject(one, surroundings))
        report_progress("diagnosing", done, len(new))


def _key(one: Assessed) -> str:
    return stored.diagnosis_key(one.state.policies, one.state.assessment, one.state.pods)


def _known(digests: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(digests), BATCH):
        rows = Diagnosis.objects.filter(digest__in=digests[start : start + BATCH])
        known |= set(rows.values_list("digest", flat=True))
    return known


def _subject(one: Assessed, surroundings: Surroundings) -> Subject:
    services = (
        manifest
        for each in one.reading.services or ()
        for manifest in stored.service_manifests(each.name, each.ports, each.entities)
    )
    return Subject(
        one.reading.namespace,
        tuple(pod.pod for pod in one.reading.pods),
        one.state.policies,
        tuple(services),
        surroundings,
    )


def keep_diagnosis(key: str, subject: Subject) -> None:
    """In place of what was known. A fault of ours must cost nobody more: then it has none."""
    with guard_unit(log, "%s cannot be diagnosed", subject.namespace.name):
        Diagnosis.objects.bulk_create(
            [_diagnosis(key, subject)],
            update_conflicts=True,
            unique_fields=["digest"],
            update_fields=["causes", "findings", "edits", "policies", "why_not"],
        )


def _diagnosis(key: str, subject: Subject) -> Diagnosis:
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
    return Diagnosis(
        digest=key,
        causes=[dump_cause(cause) | {"mends": cause.edited_policy} for cause in found.causes],
        findings=[dump_finding(each) for each in odd],
        edits=[dump_edit(each) for each in found.repair.edits],
        policies=canonicalize_policies(found.repair.policies),
        why_not=found.repair.why_not,
    )
