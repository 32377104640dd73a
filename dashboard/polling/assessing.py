"""From a reading of the class to the states of its namespaces, computed where something changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.cluster.progress import Progress, silent
from dashboard.polling.state import State, state
from dashboard.reading import ClusterReading, NamespaceFailure, NamespaceReading, Surroundings
from netpol.lab import Lab
from netpol.model import Namespace, Pod
from netpol.parse import Invalid, Json


@dataclass(frozen=True, slots=True)
class Assessed:
    reading: NamespaceReading
    state: State


@dataclass(frozen=True, slots=True)
class _Inputs:
    """All that a state depends on."""

    lab: Lab
    namespace: Namespace
    pods: tuple[Pod, ...]
    manifests: tuple[Json, ...]
    surroundings: Surroundings


_newest: dict[str, tuple[_Inputs, State]] = {}
"""What each namespace came to last time in this process: in most polls most are unchanged."""


def assessed(
    lab: Lab, reading: ClusterReading, progress: Progress = silent
) -> Iterator[Assessed | NamespaceFailure]:
    """A namespace whose policies are malformed is a failure of its own."""
    for done, namespace in enumerate(reading.namespaces, 1):
        match namespace:
            case NamespaceFailure():
                yield namespace
            case NamespaceReading():
                yield _assessed(lab, namespace, reading.surroundings)
        progress("assessing", done, len(reading.namespaces))


def _assessed(
    lab: Lab, reading: NamespaceReading, surroundings: Surroundings
) -> Assessed | NamespaceFailure:
    pods = tuple(pod.pod for pod in reading.pods)
    inputs = _Inputs(lab, reading.namespace, pods, reading.manifests, surroundings)
    known = _newest.get(reading.namespace.name)
    if known and known[0] == inputs:
        return Assessed(reading, known[1])
    try:
        found = state(lab, reading.namespace, pods, reading.manifests, surroundings)
    except Invalid as invalid:
        reason = f"A policy is malformed: {invalid}"
        return NamespaceFailure(reading.namespace, reading.owner, reason)
    _newest[reading.namespace.name] = inputs, found
    return Assessed(reading, found)
