"""Assesses every namespace of a class; only those that changed since the last poll cost time."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.assess.assessed_snapshot import AssessedSnapshot, assess_snapshot
from dashboard.cluster_reading import (
    ClusterReading,
    NamespaceFetchError,
    NamespaceReading,
    Surroundings,
)
from dashboard.health.work import FAULTS, ProgressCallback, ignore_progress
from netpol.assess import TooLargeError
from netpol.lab import Lab
from netpol.model import LabeledNamespace, Pod
from netpol.parse import InvalidManifestError, Json

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AssessedNamespace:
    reading: NamespaceReading
    snapshot: AssessedSnapshot


Inputs = tuple[Lab, LabeledNamespace, tuple[Pod, ...], tuple[Json, ...], Surroundings]
"""All that an assessment depends on."""
_newest: dict[str, tuple[Inputs, AssessedSnapshot | str]] = {}
"""The last result for each namespace in this process: in most polls most are unchanged."""


def assess_class(
    lab: Lab, reading: ClusterReading, report_progress: ProgressCallback = ignore_progress
) -> Iterator[AssessedNamespace | NamespaceFetchError]:
    """Yield an assessment or a failure for each namespace."""
    for done, namespace in enumerate(reading.namespaces, 1):
        match namespace:
            case NamespaceFetchError():
                yield namespace
            case NamespaceReading():
                yield _assess_namespace(lab, namespace, reading.surroundings)
        report_progress("assessing", done, len(reading.namespaces))


def _assess_namespace(
    lab: Lab, reading: NamespaceReading, surroundings: Surroundings
) -> AssessedNamespace | NamespaceFetchError:
    pods = tuple(pod.pod for pod in reading.pods)
    inputs = (lab, reading.namespace, pods, reading.manifests, surroundings)
    earlier = _newest.get(reading.namespace.name)
    found = earlier[1] if earlier and earlier[0] == inputs else _assess_inputs(*inputs)
    _newest[reading.namespace.name] = inputs, found
    if isinstance(found, str):
        return NamespaceFetchError(reading.namespace, reading.owner, found)
    return AssessedNamespace(reading, found)


def _assess_inputs(
    lab: Lab,
    namespace: LabeledNamespace,
    pods: tuple[Pod, ...],
    manifests: tuple[Json, ...],
    surroundings: Surroundings,
) -> AssessedSnapshot | str:
    """Return the assessed snapshot, or why there is none."""
    try:
        return assess_snapshot(lab, namespace, pods, manifests, surroundings)
    except InvalidManifestError as invalid:
        return f"A policy is malformed: {invalid}"
    except TooLargeError as refusal:
        return str(refusal)
    except FAULTS as error:
        log.exception("%s cannot be assessed", namespace.name)
        return f"The dashboard fails to assess it, a fault of its own: {type(error).__name__}."
