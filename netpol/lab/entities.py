"""The part of a lab file that says who takes part: namespaces and entities."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeVar

from netpol.lab.model import Entity
from netpol.lab.node import LabError, Node
from netpol.lab.ownership import NamespacePattern
from netpol.model import ContainerPort, IPAddress, Outside, Pod, Protocol, Selector
from netpol.parse.field import Field, Invalid, Report
from netpol.parse.metadata import labels as parse_labels
from netpol.parse.metadata import silent
from netpol.parse.selector import selector as parse_selector

Parsed = TypeVar("Parsed")


def namespaces(node: Node) -> NamespacePattern:
    fields = node.fields(["name", "environments", "student_label", "environment_label"], ["labels"])
    environments = tuple(item.text() for item in fields["environments"].items())
    if not environments:
        raise fields["environments"].wrong("must name an environment, for example [dev, prod]")
    template = fields["name"].text()
    for placeholder in ("{student}", "{environment}"):
        if template.count(placeholder) != 1:
            raise fields["name"].wrong(f"must hold {placeholder} once, not {template!r}")
    return NamespacePattern(
        template,
        environments,
        fields["student_label"].text(),
        fields["environment_label"].text(),
        _labels(fields, "labels"),
    )


def entity(name: str, node: Node) -> Entity:
    return _outside(name, node) if "outside" in node.entries() else _pods(name, node)


def _outside(name: str, node: Node) -> Entity:
    fields = node.fields(["outside"], ["title"])
    stand_in = Outside(_address(fields["outside"]))
    return Entity(name, _title(name, fields), namespace=None, selector=None, stand_in=stand_in)


def _pods(name: str, node: Node) -> Entity:
    fields = node.fields(
        ["stand_in"],
        ["title", "namespace", "namespace_labels", "pods", "gateway", "ready_needs"],
    )
    if "namespace_labels" in fields and "namespace" not in fields:
        raise fields["namespace_labels"].wrong("needs `namespace`, whose labels they are")
    return Entity(
        name,
        _title(name, fields),
        namespace=fields["namespace"].text() if "namespace" in fields else None,
        selector=selector(fields["pods"]) if "pods" in fields else None,
        stand_in=_stand_in(name, fields),
        namespace_labels=_labels(fields, "namespace_labels"),
        ready_needs=_texts(fields, "ready_needs"),
    )


def _texts(fields: dict[str, Node], key: str) -> tuple[str, ...]:
    return tuple(item.text() for item in fields[key].items()) if key in fields else ()


def _title(name: str, fields: dict[str, Node]) -> str:
    return fields["title"].text() if "title" in fields else name


def selector(node: Node) -> Selector:
    node.fields([], ["matchLabels", "matchExpressions"])
    return _parsed(node, parse_selector)


def _labels(fields: dict[str, Node], key: str) -> dict[str, str]:
    return _parsed(fields[key], parse_labels) if key in fields else {}


def _parsed(node: Node, parse: Callable[[Field], Parsed]) -> Parsed:
    """Read what a lab file has in common with a manifest; Kubernetes' own rules hold for it."""
    faults = Report(node.file, warn=silent)
    try:
        parsed = parse(Field(node.field, node.value, faults))
        faults.settle()
    except Invalid as invalid:
        raise LabError(str(invalid)) from invalid
    return parsed


def _stand_in(name: str, entity: dict[str, Node]) -> Pod:
    if "gateway" in entity and "pods" in entity:
        raise entity["gateway"].wrong("is for a stand-in alone; leave out `pods`")
    fields = entity["stand_in"].fields(["labels", "address"], ["ports"])
    ports = fields["ports"].items() if "ports" in fields else []
    return Pod(
        namespace="",
        name=name,
        labels=_labels(fields, "labels"),
        ports=tuple(_port(port) for port in ports),
        addresses=(_address(fields["address"]),),
        gateway="gateway" in entity and entity["gateway"].flag(),
    )


def _port(node: Node) -> ContainerPort:
    fields = node.fields(["name", "port"], ["protocol"])
    return ContainerPort(fields["name"].text(), fields["port"].number(1, 65535), protocol(fields))


def protocol(fields: dict[str, Node]) -> Protocol:
    return fields["protocol"].choice(Protocol) if "protocol" in fields else Protocol.TCP


def _address(node: Node) -> IPAddress:
    try:
        return ip_address(node.text())
    except ValueError:
        raise node.wrong(f"must be an IP address, not {node.value!r}") from None
