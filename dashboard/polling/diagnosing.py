"""Why namespaces are not as the lab wants them: found once for each state, whoever is in it."""

import logging
from collections.abc import Iterable
from time import monotonic

from dashboard import stored
from dashboard.cluster.progress import Progress, silent
from dashboard.current import lab
from dashboard.faults import spared
from dashboard.models import Diagnosis
from dashboard.polling.assessing import Assessed
from dashboard.polling.intervals import BATCH
from dashboard.reading import Surroundings
from netpol.canonical import canonical_set
from netpol.contract import cause_json, edit_json, finding_json
from netpol.diagnosis import diagnose
from netpol.findings import findings
from netpol.load import Written
from netpol.model import Cluster

log = logging.getLogger(__name__)

BUDGET = 10.0
"""Seconds of one poll; what there is no time for is left to the next."""


def record_diagnoses(
    found: Iterable[Assessed], surroundings: Surroundings, progress: Progress = silent
) -> None:
    """Of the states that have none yet, as far as the time reaches."""
    states = {_key(one): one for one in found}
    new = {key: states[key] for key in states.keys() - _known(list(states))}
    until = monotonic() + BUDGET
    for done, (key, one) in enumerate(new.items(), 1):
        if monotonic() > until:
            log.info("%d states wait for the next poll to be diagnosed", len(new) - done + 1)
            return
        _record(key, one, surroundings)
        progress("diagnosing", done, len(new))


def _key(one: Assessed) -> str:
    return stored.diagnosis_key(one.state.policies, one.state.assessment, one.state.pods)


def _known(digests: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(digests), BATCH):
        rows = Diagnosis.objects.filter(digest__in=digests[start : start + BATCH])
        known |= set(rows.values_list("digest", flat=True))
    return known


def _record(key: str, one: Assessed, surroundings: Surroundings) -> None:
    """A fault of ours must cost nobody the poll: then this state has no diagnosis."""
    with spared(log, "%s cannot be diagnosed", one.reading.namespace.name):
        made = _diagnosis(key, one, surroundings)
        Diagnosis.objects.bulk_create([made], ignore_conflicts=True)


def _diagnosis(key: str, one: Assessed, surroundings: Surroundings) -> Diagnosis:
    name, manifests = one.reading.namespace.name, one.state.policies
    cluster = Cluster.of(
        (*surroundings.namespaces, one.reading.namespace),
        (*surroundings.pods, *(pod.pod for pod in one.reading.pods)),
        (),
        surroundings.unsupported,
    )
    found = diagnose(lab(), cluster, name, manifests)
    services = tuple(
        manifest
        for each in one.reading.services or ()
        for manifest in stored.service_manifests(each.name, each.ports, each.entities)
    )
    odd = findings(lab(), name, Written(tuple(manifests), cluster, services, (), ()), manifests)
    return Diagnosis(
        digest=key,
        causes=[cause_json(cause) | {"mends": cause.mends} for cause in found.causes],
        findings=[finding_json(each) for each in odd],
        edits=[edit_json(each) for each in found.repair.edits],
        policies=canonical_set(found.repair.policies),
        why_not=found.repair.why_not,
    )
