"""The part of a lab file that says who takes part: namespaces and entities."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeVar

from netpol.lab.model import Entity
from netpol.lab.node import LabError, LabNode
from netpol.lab.ownership import NamespacePattern
from netpol.model import ContainerPort, IPAddress, OutsideAddress, Pod, Protocol, Selector
from netpol.parse.field import FaultReport, InvalidManifestError, ManifestField
from netpol.parse.metadata import ignore_warning, parse_labels
from netpol.parse.selector import parse_selector

Parsed = TypeVar("Parsed")


def read_namespaces(node: LabNode) -> NamespacePattern:
    fields = node.read_fields(
        ["name", "environments", "student_label", "environment_label"], ["labels"]
    )
    environments = tuple(item.as_text() for item in fields["environments"].as_list())
    if not environments:
        raise fields["environments"].build_error(
            "must name an environment, for example [dev, prod]"
        )
    template = fields["name"].as_text()
    for placeholder in ("{student}", "{environment}"):
        if template.count(placeholder) != 1:
            raise fields["name"].build_error(f"must hold {placeholder} once, not {template!r}")
    return NamespacePattern(
        template,
        environments,
        fields["student_label"].as_text(),
        fields["environment_label"].as_text(),
        _read_labels(fields, "labels"),
    )


def read_entity(name: str, node: LabNode) -> Entity:
    return _read_outside(name, node) if "outside" in node.as_mapping() else _read_pods(name, node)


def _read_outside(name: str, node: LabNode) -> Entity:
    fields = node.read_fields(["outside"], ["title"])
    stand_in = OutsideAddress(_read_address(fields["outside"]))
    return Entity(
        name, _read_title(name, fields), namespace=None, selector=None, placeholder=stand_in
    )


def _read_pods(name: str, node: LabNode) -> Entity:
    fields = node.read_fields(
        ["stand_in"],
        ["title", "namespace", "namespace_labels", "pods", "gateway", "ready_needs"],
    )
    if "namespace_labels" in fields and "namespace" not in fields:
        raise fields["namespace_labels"].build_error("needs `namespace`, whose labels they are")
    return Entity(
        name,
        _read_title(name, fields),
        namespace=fields["namespace"].as_text() if "namespace" in fields else None,
        selector=read_selector(fields["pods"]) if "pods" in fields else None,
        placeholder=_read_placeholder(name, fields),
        namespace_labels=_read_labels(fields, "namespace_labels"),
        ready_needs=_read_texts(fields, "ready_needs"),
    )


def _read_texts(fields: dict[str, LabNode], key: str) -> tuple[str, ...]:
    return tuple(item.as_text() for item in fields[key].as_list()) if key in fields else ()


def _read_title(name: str, fields: dict[str, LabNode]) -> str:
    return fields["title"].as_text() if "title" in fields else name


def read_selector(node: LabNode) -> Selector:
    node.read_fields([], ["matchLabels", "matchExpressions"])
    return _parse_as_manifest(node, parse_selector)


def _read_labels(fields: dict[str, LabNode], key: str) -> dict[str, str]:
    return _parse_as_manifest(fields[key], parse_labels) if key in fields else {}


def _parse_as_manifest(node: LabNode, parse: Callable[[ManifestField], Parsed]) -> Parsed:
    """Read what a lab file has in common with a manifest; Kubernetes' own rules hold for it."""
    faults = FaultReport(node.file, warn=ignore_warning)
    try:
        parsed = parse(ManifestField(node.field, node.value, faults))
        faults.raise_faults()
    except InvalidManifestError as invalid:
        raise LabError(str(invalid)) from invalid
    return parsed


def _read_placeholder(name: str, entity: dict[str, LabNode]) -> Pod:
    if "gateway" in entity and "pods" in entity:
        raise entity["gateway"].build_error("is for a stand-in alone; leave out `pods`")
    fields = entity["stand_in"].read_fields(["labels", "address"], ["ports"])
    ports = fields["ports"].as_list() if "ports" in fields else []
    return Pod(
        namespace="",
        name=name,
        labels=_read_labels(fields, "labels"),
        ports=tuple(_read_port(port) for port in ports),
        addresses=(_read_address(fields["address"]),),
        gateway="gateway" in entity and entity["gateway"].as_flag(),
    )


def _read_port(node: LabNode) -> ContainerPort:
    fields = node.read_fields(["name", "port"], ["protocol"])
    return ContainerPort(
        fields["name"].as_text(), fields["port"].as_number(1, 65535), read_protocol(fields)
    )


def read_protocol(fields: dict[str, LabNode]) -> Protocol:
    return fields["protocol"].as_choice(Protocol) if "protocol" in fields else Protocol.TCP


def _read_address(node: LabNode) -> IPAddress:
    try:
        return ip_address(node.as_text())
    except ValueError:
        raise node.build_error(f"must be an IP address, not {node.value!r}") from None
