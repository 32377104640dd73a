"""Which kinds of objects verdicts are made of; all others are ignored."""

from collections.abc import Callable

from netpol import parse
from netpol.model import LabeledNamespace, Pod, Policy, UnsupportedPolicy
from netpol.parse import Json, ManifestFault, SpecCache

_VERSIONS = {"Namespace": "v1", "Pod": "v1", "NetworkPolicy": "networking.k8s.io/v1"}

ClusterObject = LabeledNamespace | Pod | Policy | UnsupportedPolicy


def parse_object(
    manifest: Json,
    *,
    namespace: str,
    strict_cidr: bool,
    warn: Callable[[ManifestFault], object],
    specs: SpecCache | None = None,
) -> ClusterObject | None:
    """The object; `None` for one that is ignored, as a pod is that has ended. `specs` as in
    `parse.policy`.

    Raises `Invalid`.
    """
    if other := parse.parse_unsupported(manifest, namespace=namespace):
        return other
    match _recognize_kind(manifest, namespace, warn):
        case "Namespace":
            return parse.parse_namespace(manifest)
        case "Pod":
            return parse.parse_pod(manifest, namespace=namespace)
        case "NetworkPolicy":
            return parse.parse_policy(
                manifest, namespace=namespace, strict_cidr=strict_cidr, warn=warn, specs=specs
            )
    return None


def _recognize_kind(manifest: Json, namespace: str, warn: Callable[[ManifestFault], object]) -> str:
    """A kind in `_VERSIONS`, or nothing: then the object is of another kind, perhaps by mistake."""
    kind, version = manifest.get("kind"), manifest.get("apiVersion")
    subject = parse.format_subject(manifest, namespace)
    if not isinstance(kind, str) or not kind:
        warn(ManifestFault(subject, "kind", "is missing: the object is ignored"))
        return ""
    if kind not in _VERSIONS or version == _VERSIONS[kind]:
        return kind
    if version is None:
        warn(ManifestFault(subject, "apiVersion", f"is missing and taken for {_VERSIONS[kind]}"))
        return kind
    message = f"is not {_VERSIONS[kind]}: such a {kind} is another kind and is ignored"
    warn(ManifestFault(subject, "apiVersion", message))
    return ""
