"""Pods and namespaces, as far as policies see them."""

from collections.abc import Iterator

from netpol import validate
from netpol.model import ContainerPort, IPAddress, LabeledNamespace, Pod
from netpol.parse.field import Json, ManifestField
from netpol.parse.metadata import ParsedMetadata
from netpol.parse.policy import parse_protocol

_ENDED = ("Succeeded", "Failed")


def parse_namespace(manifest: Json) -> LabeledNamespace:
    """A namespace's name and labels. Raises `Invalid`."""
    read = ParsedMetadata.from_manifest(manifest, "", validate.check_dns_label)
    read.root.report.raise_faults()
    return LabeledNamespace(read.name, read.labels)


def parse_pod(manifest: Json, *, namespace: str = "default") -> Pod | None:
    """A pod as policies see it; `None` for one that has Succeeded or Failed: it has no traffic.

    `namespace` is meant where the manifest names none. Raises `Invalid`.
    """
    read = ParsedMetadata.from_manifest(manifest, namespace, validate.check_dns_subdomain)
    spec, status = read.root.child("spec"), read.root.child("status")
    ended = status.child("phase").as_text() in _ENDED
    parsed = Pod(
        namespace=read.namespace,
        name=read.name,
        labels=read.labels,
        ports=tuple(_parse_ports(spec)),
        addresses=_parse_addresses(status),
        host_network=spec.child("hostNetwork").as_flag(),
        workload=_find_workload(read),
    )
    read.root.report.raise_faults()
    return None if ended else parsed


def _find_workload(read: ParsedMetadata) -> str:
    """The controller among the owners; a ReplicaSet of a Deployment stands for the Deployment."""
    for owner in read.root.child("metadata").child("ownerReferences").as_list():
        if owner.child("controller").as_flag():
            name = owner.child("name").as_text()
            if validate.check_dns_subdomain(name):
                return ""  # nobody's name: it could say anything where names are printed
            template = read.labels.get("pod-template-hash")
            if owner.child("kind").as_text() == "ReplicaSet" and template:
                return name.removesuffix(f"-{template}")
            return name
    return ""


def _parse_ports(spec: ManifestField) -> Iterator[ContainerPort]:
    """The ports of the containers that run beside each other: sidecars too, other init not."""
    for container in spec.child("containers").as_list():
        yield from map(_parse_port, container.child("ports").as_list())
    for container in spec.child("initContainers").as_list():
        if container.child("restartPolicy").as_text() == "Always":
            yield from map(_parse_port, container.child("ports").as_list())


def _parse_port(field: ManifestField) -> ContainerPort:
    return ContainerPort(
        name=field.child("name").as_text(_check_port_name),
        number=field.child("containerPort").as_whole_number(validate.check_port_number),
        protocol=parse_protocol(field.child("protocol")),
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
