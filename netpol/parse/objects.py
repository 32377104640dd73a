"""Objects of every kind that decides verdicts; other kinds are ignored."""

from collections.abc import Callable, Iterator

from netpol import kinds, validate
from netpol.model import (
    ContainerPort,
    IPAddress,
    LabeledNamespace,
    Pod,
    Policy,
    UnsupportedPolicy,
)
from netpol.parse.field import Json, ManifestFault, ManifestField, make_printable
from netpol.parse.metadata import ParsedMetadata, format_subject
from netpol.parse.policy import SpecCache, parse_policy
from netpol.parse.rules import parse_protocol

ClusterObject = LabeledNamespace | Pod | Policy | UnsupportedPolicy

_EVALUATED = {kind.name: kind for kind in kinds.EVALUATED}
_UNSUPPORTED = {(kind.group, kind.name): kind for kind in kinds.UNSUPPORTED}
_ENDED = ("Succeeded", "Failed")


def parse_object(
    manifest: Json,
    *,
    namespace: str,
    strict_cidr: bool,
    warn: Callable[[ManifestFault], object],
    specs: SpecCache | None = None,
) -> ClusterObject | None:
    """The object; `None` for an ignored one: of another kind, or a pod that has ended.

    The arguments are those of `parse_policy`. Raises `InvalidManifestError`.
    """
    if unsupported := parse_unsupported(manifest, namespace=namespace):
        return unsupported
    match _recognize_kind(manifest, namespace, warn):
        case kinds.NAMESPACES:
            return parse_namespace(manifest)
        case kinds.PODS:
            return parse_pod(manifest, namespace=namespace)
        case kinds.POLICIES:
            return parse_policy(
                manifest, namespace=namespace, strict_cidr=strict_cidr, warn=warn, specs=specs
            )
    return None


def _recognize_kind(
    manifest: Json, namespace: str, warn: Callable[[ManifestFault], object]
) -> kinds.ObjectKind | None:
    """The evaluated kind of the object; warns where it may be another one by mistake."""
    name, version = manifest.get("kind"), manifest.get("apiVersion")
    subject = format_subject(manifest, namespace)
    if not isinstance(name, str) or not name:
        warn(ManifestFault(subject, "kind", "is missing: the object is ignored"))
        return None
    kind = _EVALUATED.get(name)
    if kind is None or version == kind.api_version:
        return kind
    if version is None:
        message = f"is missing and taken for {kind.api_version}"
        warn(ManifestFault(subject, "apiVersion", message))
        return kind
    message = f"is not {kind.api_version}: such a {name} is another kind and is ignored"
    warn(ManifestFault(subject, "apiVersion", message))
    return None


def parse_unsupported(manifest: Json, *, namespace: str = "default") -> UnsupportedPolicy | None:
    """The policy, if it is of a kind in `kinds.UNSUPPORTED`; `None` for every other object.

    `namespace` applies where the manifest of a namespaced kind names none.
    """
    group, name = str(manifest.get("apiVersion")).partition("/")[0], str(manifest.get("kind"))
    kind = _UNSUPPORTED.get((group, name))
    if kind is None:
        return None
    metadata = manifest.get("metadata")
    given = metadata if isinstance(metadata, dict) else {}
    place = str(given.get("namespace") or namespace) if kind.is_namespaced else None
    return UnsupportedPolicy(name, make_printable(str(given.get("name") or ""), 253), place)


def parse_namespace(manifest: Json) -> LabeledNamespace:
    """A namespace's name and labels. Raises `InvalidManifestError`."""
    metadata = ParsedMetadata.from_manifest(manifest, "", validate.check_dns_label)
    metadata.root.report.raise_faults()
    return LabeledNamespace(metadata.name, metadata.labels)


def parse_pod(manifest: Json, *, namespace: str = "default") -> Pod | None:
    """A pod as policies see it; `None` for one that has Succeeded or Failed: it has no traffic.

    `namespace` applies where the manifest names none. Raises `InvalidManifestError`.
    """
    metadata = ParsedMetadata.from_manifest(manifest, namespace, validate.check_dns_subdomain)
    spec, status = metadata.root.child("spec"), metadata.root.child("status")
    has_ended = status.child("phase").as_text() in _ENDED
    parsed = Pod(
        namespace=metadata.namespace,
        name=metadata.name,
        labels=metadata.labels,
        ports=tuple(_parse_ports(spec)),
        addresses=_parse_addresses(status),
        host_network=spec.child("hostNetwork").as_flag(),
        workload=_find_workload(metadata),
    )
    metadata.root.report.raise_faults()
    return None if has_ended else parsed


def _find_workload(metadata: ParsedMetadata) -> str:
    """The controller among the owners; a ReplicaSet of a Deployment stands for the Deployment."""
    for owner in metadata.root.child("metadata").child("ownerReferences").as_list():
        if owner.child("controller").as_flag():
            name = owner.child("name").as_text()
            if validate.check_dns_subdomain(name):
                return ""  # an invalid name could hold anything, and names are printed
            template = metadata.labels.get("pod-template-hash")
            if owner.child("kind").as_text() == "ReplicaSet" and template:
                return name.removesuffix(f"-{template}")
            return name
    return ""


def _parse_ports(spec: ManifestField) -> Iterator[ContainerPort]:
    """The ports of the containers that run side by side: sidecars, but no other init containers."""
    sidecars = (
        container
        for container in spec.child("initContainers").as_list()
        if container.child("restartPolicy").as_text() == "Always"
    )
    for container in (*spec.child("containers").as_list(), *sidecars):
        for port in container.child("ports").as_list():
            yield ContainerPort(
                name=port.child("name").as_text(_check_port_name),
                number=port.child("containerPort").as_whole_number(validate.check_port_number),
                protocol=parse_protocol(port.child("protocol")),
            )


def _check_port_name(text: str) -> str | None:
    return validate.check_port_name(text) if text else None


def _parse_addresses(status: ManifestField) -> tuple[IPAddress, ...]:
    """`podIPs` holds one address for each family, `podIP` repeats the first."""
    fields = [status.child("podIP"), *(ip.child("ip") for ip in status.child("podIPs").as_list())]
    texts = [field.as_text(_check_address) for field in fields]
    found = [validate.parse_address(text) for text in texts]
    return tuple(dict.fromkeys(address for address in found if address))


def _check_address(text: str) -> str | None:
    return "must be an IP address" if text and not validate.parse_address(text) else None
