"""What a poll brings back, as frozen values. Of a pod's spec nothing gets here but its ports."""

from dataclasses import dataclass
from datetime import datetime

from netpol import parse
from netpol.lab import Owner
from netpol.model import Namespace, Pod, Unsupported
from netpol.parse import Field, Invalid, Json

PHASES = ("Pending", "Running", "Unknown")
"""Of pods that have not ended."""
MOST_RESTARTS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PodReading:
    pod: Pod
    phase: str
    ready: bool
    restarts: int


@dataclass(frozen=True, slots=True)
class NamespaceReading:
    """A student's namespace; `manifests` are its policies, of each the name and the spec."""

    namespace: Namespace
    owner: Owner
    pods: tuple[PodReading, ...]
    manifests: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class NamespaceFailure:
    """A student's namespace that is there but could not be read; `reason` says what to do."""

    namespace: Namespace
    owner: Owner
    reason: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What verdicts depend on outside the students' namespaces."""

    namespaces: tuple[Namespace, ...] = ()
    pods: tuple[Pod, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterReading:
    """A class at the moment `at`, when the poll began to read.

    `missing_rights` are RBAC rules as YAML, `notes` what the verdicts take for granted because it
    could not be seen.
    """

    at: datetime
    namespaces: tuple[NamespaceReading | NamespaceFailure, ...]
    surroundings: Surroundings = Surroundings()
    missing_rights: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def namespace_of(manifest: Json) -> tuple[Namespace, str]:
    """A namespace, and what is malformed about it: then only its name is to be trusted."""
    try:
        return parse.namespace(manifest), ""
    except Invalid as invalid:
        return Namespace(manifest["metadata"]["name"], {}), str(invalid)


def pod_reading(manifest: Json) -> PodReading | None:
    """`None` for a pod that has ended. Raises `parse.Invalid`."""
    pod = parse.pod(manifest)
    if pod is None:
        return None
    report = parse.Report(f"{pod.namespace}/{pod.name}", lambda _: None)
    status = Field("status", manifest.get("status"), report)
    reading = PodReading(
        pod, status.child("phase").text(_wrong_phase), _ready(status), _restarts(status)
    )
    report.settle()
    return reading


def _ready(status: Field) -> bool:
    return any(
        condition.child("type").value == "Ready" and condition.child("status").value == "True"
        for condition in status.child("conditions").items()
    )


def _restarts(status: Field) -> int:
    total = sum(
        container.child("restartCount").whole_number(_wrong_count)
        for container in status.child("containerStatuses").items()
    )
    return min(total, MOST_RESTARTS)


def _wrong_phase(phase: str) -> str | None:
    return f"is none of {', '.join(PHASES)}" if phase and phase not in PHASES else None


def _wrong_count(number: int) -> str | None:
    return None if 0 <= number <= MOST_RESTARTS else "is no number of restarts"


def trimmed(manifest: Json) -> Json:
    """A policy without what the server adds to it: managedFields are half of its size."""
    metadata = manifest["metadata"]
    return {
        "metadata": {key: metadata[key] for key in ("name", "namespace") if key in metadata},
        "spec": manifest.get("spec"),
    }
