"""Parse namespaces, pods and policies as an API server lists them."""

from dashboard.cluster_reading import PodReading
from netpol import parse
from netpol.model import LabeledNamespace
from netpol.parse import InvalidManifestError, Json, ManifestField

PHASES = ("Pending", "Running", "Unknown")
"""Of pods that have not ended."""
MOST_RESTARTS = 2**31 - 1


def parse_listed_namespace(manifest: Json) -> tuple[LabeledNamespace, str]:
    """The namespace, and what is malformed about it: then only its name is reliable."""
    try:
        return parse.parse_namespace(manifest), ""
    except InvalidManifestError as invalid:
        return LabeledNamespace(manifest["metadata"]["name"], {}), str(invalid)


def parse_pod_reading(manifest: Json) -> PodReading | None:
    """`None` for a pod that has ended. Raises `parse.Invalid`."""
    pod = parse.parse_pod(manifest)
    if pod is None:
        return None
    report = parse.FaultReport(f"{pod.namespace}/{pod.name}", lambda _: None)
    status = ManifestField("status", manifest.get("status"), report)
    reading = PodReading(
        pod, status.child("phase").as_text(_check_phase), _is_ready(status), _count_restarts(status)
    )
    report.raise_faults()
    return reading


def _is_ready(status: ManifestField) -> bool:
    return any(
        condition.child("type").value == "Ready" and condition.child("status").value == "True"
        for condition in status.child("conditions").as_list()
    )


def _count_restarts(status: ManifestField) -> int:
    total = sum(
        container.child("restartCount").as_whole_number(_check_count)
        for container in status.child("containerStatuses").as_list()
    )
    return min(total, MOST_RESTARTS)


def _check_phase(phase: str) -> str | None:
    return f"is none of {', '.join(PHASES)}" if phase and phase not in PHASES else None


def _check_count(number: int) -> str | None:
    return None if 0 <= number <= MOST_RESTARTS else "is no number of restarts"


def trim_policy(manifest: Json) -> Json:
    """A policy without what the server adds to it: managedFields are half of its size."""
    metadata = manifest["metadata"]
    return {
        "metadata": {key: metadata[key] for key in ("name", "namespace") if key in metadata},
        "spec": manifest.get("spec"),
    }
