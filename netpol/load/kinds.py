"""Which kinds of objects verdicts are made of; all others are ignored."""

from collections.abc import Callable

from netpol import parse
from netpol.model import Namespace, Pod, Policy, Unsupported
from netpol.parse import Fault, Json, Specs

_VERSIONS = {"Namespace": "v1", "Pod": "v1", "NetworkPolicy": "networking.k8s.io/v1"}

Object = Namespace | Pod | Policy | Unsupported


def parsed(
    manifest: Json,
    *,
    namespace: str,
    strict_cidr: bool,
    warn: Callable[[Fault], object],
    specs: Specs | None = None,
) -> Object | None:
    """The object; `None` for one that is ignored, as a pod is that has ended. `specs` as in
    `parse.policy`.

    Raises `Invalid`.
    """
    if other := parse.unsupported(manifest, namespace=namespace):
        return other
    match _kind(manifest, namespace, warn):
        case "Namespace":
            return parse.namespace(manifest)
        case "Pod":
            return parse.pod(manifest, namespace=namespace)
        case "NetworkPolicy":
            return parse.policy(
                manifest, namespace=namespace, strict_cidr=strict_cidr, warn=warn, specs=specs
            )
    return None


def _kind(manifest: Json, namespace: str, warn: Callable[[Fault], object]) -> str:
    """A kind in `_VERSIONS`, or nothing: then the object is of another kind, perhaps by mistake."""
    kind, version = manifest.get("kind"), manifest.get("apiVersion")
    subject = parse.subject(manifest, namespace)
    if not isinstance(kind, str) or not kind:
        warn(Fault(subject, "kind", "is missing: the object is ignored"))
        return ""
    if kind not in _VERSIONS or version == _VERSIONS[kind]:
        return kind
    if version is None:
        warn(Fault(subject, "apiVersion", f"is missing and taken for {_VERSIONS[kind]}"))
        return kind
    message = f"is not {_VERSIONS[kind]}: such a {kind} is another kind and is ignored"
    warn(Fault(subject, "apiVersion", message))
    return ""
