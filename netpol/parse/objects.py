"""Pods and namespaces, as far as policies see them."""

from collections.abc import Iterator

from netpol import validate
from netpol.model import ContainerPort, IPAddress, Namespace, Pod
from netpol.parse.field import Field, Json
from netpol.parse.metadata import Read
from netpol.parse.policy import protocol

_ENDED = ("Succeeded", "Failed")


def namespace(manifest: Json) -> Namespace:
    """A namespace's name and labels. Raises `Invalid`."""
    read = Read.of(manifest, "", validate.wrong_dns_label)
    read.whole.report.settle()
    return Namespace(read.name, read.labels)


def pod(manifest: Json, *, namespace: str = "default") -> Pod | None:
    """A pod as policies see it; `None` for one that has Succeeded or Failed: it has no traffic.

    `namespace` is meant where the manifest names none. Raises `Invalid`.
    """
    read = Read.of(manifest, namespace, validate.wrong_dns_subdomain)
    spec, status = read.whole.child("spec"), read.whole.child("status")
    ended = status.child("phase").text() in _ENDED
    parsed = Pod(
        namespace=read.namespace,
        name=read.name,
        labels=read.labels,
        ports=tuple(_ports(spec)),
        addresses=_addresses(status),
        host_network=spec.child("hostNetwork").flag(),
        workload=_workload(read),
    )
    read.whole.report.settle()
    return None if ended else parsed


def _workload(read: Read) -> str:
    """The controller among the owners; a ReplicaSet of a Deployment stands for the Deployment."""
    for owner in read.whole.child("metadata").child("ownerReferences").items():
        if owner.child("controller").flag():
            name = owner.child("name").text()
            if validate.wrong_dns_subdomain(name):
                return ""  # nobody's name: it could say anything where names are printed
            template = read.labels.get("pod-template-hash")
            if owner.child("kind").text() == "ReplicaSet" and template:
                return name.removesuffix(f"-{template}")
            return name
    return ""


def _ports(spec: Field) -> Iterator[ContainerPort]:
    """The ports of the containers that run beside each other: sidecars too, other init not."""
    for container in spec.child("containers").items():
        yield from map(_port, container.child("ports").items())
    for container in spec.child("initContainers").items():
        if container.child("restartPolicy").text() == "Always":
            yield from map(_port, container.child("ports").items())


def _port(field: Field) -> ContainerPort:
    return ContainerPort(
        name=field.child("name").text(_wrong_name),
        number=field.child("containerPort").whole_number(validate.wrong_port_number),
        protocol=protocol(field.child("protocol")),
    )


def _wrong_name(text: str) -> str | None:
    return validate.wrong_port_name(text) if text else None


def _addresses(status: Field) -> tuple[IPAddress, ...]:
    """`podIPs` holds one address for each family, `podIP` repeats the first."""
    fields = [status.child("podIP"), *(ip.child("ip") for ip in status.child("podIPs").items())]
    texts = [field.text(_wrong_address) for field in fields]
    found = [validate.address(text) for text in texts]
    return tuple(dict.fromkeys(address for address in found if address))


def _wrong_address(text: str) -> str | None:
    return "must be an IP address" if text and not validate.address(text) else None
