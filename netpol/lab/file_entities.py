"""The part of a lab file that names namespaces and entities."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeVar

from netpol.lab.file_node import LabError, LabNode
from netpol.lab.model import Entity
from netpol.lab.namespace_pattern import NamespacePattern
from netpol.model import ContainerPort, IPAddress, OutsideAddress, Pod, Protocol, Selector
from netpol.parse.field import FaultReport, InvalidManifestError, ManifestField
from netpol.parse.metadata import parse_labels, parse_selector

Parsed = TypeVar("Parsed")


def read_namespaces(node: LabNode) -> NamespacePattern:
    fields = node.read_fields(
        ["name", "environments", "student_label", "environment_label"], ["labels"]
    )
    environments = tuple(item.as_text() for item in fields["environments"].as_list())
    if not environments:
        message = "must name an environment, for example [dev, prod]"
        raise fields["environments"].build_error(message)
    template = fields["name"].as_text()
    for placeholder in ("{student}", "{environment}"):
        if template.count(placeholder) != 1:
            message = f"must hold {placeholder} once, not {template!r}"
            raise fields["name"].build_error(message)
    return NamespacePattern(
        template,
        environments,
        fields["student_label"].as_text(),
        fields["environment_label"].as_text(),
        _parse_as_manifest(fields["labels"], parse_labels),
    )


def read_entity(name: str, node: LabNode) -> Entity:
    return _read_outside(name, node) if "outside" in node.as_mapping() else _read_pods(name, node)


def _read_outside(name: str, node: LabNode) -> Entity:
    fields = node.read_fields(["outside"], ["title"])
    placeholder = OutsideAddress(_read_address(fields["outside"]))
    return Entity(name, fields["title"].as_text(name), None, None, placeholder)


def _read_pods(name: str, node: LabNode) -> Entity:
    fields = node.read_fields(
        ["stand_in"],
        ["title", "namespace", "namespace_labels", "pods", "gateway", "ready_needs"],
    )
    if fields["namespace_labels"].is_given and not fields["namespace"].is_given:
        raise fields["namespace_labels"].build_error("needs `namespace`, whose labels they are")
    return Entity(
        name,
        fields["title"].as_text(name),
        namespace=fields["namespace"].as_text() or None,
        selector=read_selector(fields["pods"]),
        placeholder=_read_placeholder(name, fields),
        namespace_labels=_parse_as_manifest(fields["namespace_labels"], parse_labels),
        ready_needs=tuple(item.as_text() for item in fields["ready_needs"].as_list()),
    )


def read_selector(node: LabNode) -> Selector | None:
    if not node.is_given:
        return None
    node.read_fields([], ["matchLabels", "matchExpressions"])
    return _parse_as_manifest(node, parse_selector)


def _parse_as_manifest(node: LabNode, parse: Callable[[ManifestField], Parsed]) -> Parsed:
    """Parse what a lab file shares with a manifest, by Kubernetes' own rules."""
    report = FaultReport(node.file)
    try:
        parsed = parse(ManifestField(node.field, node.value if node.is_given else None, report))
        report.raise_faults()
    except InvalidManifestError as invalid:
        raise LabError(str(invalid)) from invalid
    return parsed


def _read_placeholder(name: str, entity: dict[str, LabNode]) -> Pod:
    if entity["gateway"].is_given and entity["pods"].is_given:
        raise entity["gateway"].build_error("is for a stand-in alone; leave out `pods`")
    fields = entity["stand_in"].read_fields(["labels", "address"], ["ports"])
    return Pod(
        namespace="",
        name=name,
        labels=_parse_as_manifest(fields["labels"], parse_labels),
        ports=tuple(_read_port(port) for port in fields["ports"].as_list()),
        addresses=(_read_address(fields["address"]),),
        gateway=entity["gateway"].as_flag(),
    )


def _read_port(node: LabNode) -> ContainerPort:
    fields = node.read_fields(["name", "port"], ["protocol"])
    number = fields["port"].as_number(1, 65535)
    return ContainerPort(fields["name"].as_text(), number, read_protocol(fields["protocol"]))


def read_protocol(node: LabNode) -> Protocol:
    return node.as_choice(Protocol) if node.is_given else Protocol.TCP


def _read_address(node: LabNode) -> IPAddress:
    try:
        return ip_address(node.as_text())
    except ValueError:
        raise node.build_error(f"must be an IP address, not {node.value!r}") from None
