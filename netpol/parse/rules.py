"""The rules of a NetworkPolicy: peers, ipBlocks and ports."""

from ipaddress import ip_network

from netpol import validate
from netpol.model import (
    IPBlock,
    IPNetwork,
    NamedPort,
    Peer,
    PodPeer,
    Port,
    PortRange,
    Protocol,
    Rule,
)
from netpol.parse.field import ManifestField, format_value
from netpol.parse.metadata import parse_selector

_NOWHERE = ip_network("0.0.0.0/32")


def parse_rule(field: ManifestField, peers_field: str) -> Rule:
    """For peers and for ports: "if this field is empty or missing, this rule matches all"."""
    field.expect_fields("ports", peers_field)
    peers = tuple(_parse_peer(peer) for peer in field.child(peers_field).as_list())
    ports = tuple(_parse_port(port) for port in field.child("ports").as_list())
    return Rule(peers or None, ports or None)


def _parse_peer(field: ManifestField) -> Peer:
    field.expect_fields("podSelector", "namespaceSelector", "ipBlock")
    pods, namespaces, block = map(field.child, ("podSelector", "namespaceSelector", "ipBlock"))
    if block.is_given and (pods.is_given or namespaces.is_given):
        field.add_fault("must not have both ipBlock and a selector: write two entries")
    if field.is_object and not (block.is_given or pods.is_given or namespaces.is_given):
        field.add_fault("must specify a podSelector, a namespaceSelector or an ipBlock")
    selector = parse_selector(namespaces) if namespaces.is_given else None
    pod_peer = PodPeer(parse_selector(pods), selector)
    return _parse_ip_block(block) if block.is_given else pod_peer


def _parse_ip_block(field: ManifestField) -> IPBlock:
    """The addresses of `cidr` without those of `except`, each strictly inside `cidr`."""
    field.expect_fields("cidr", "except")
    if not field.is_object:
        return IPBlock(_NOWHERE)
    cidr = _parse_network(field.child("cidr"))
    excluded = []
    for item in field.child("except").as_list():
        block = _parse_network(item)
        if cidr and block and not _is_strictly_inside(block, cidr):
            given = format_value(item.value)
            item.add_fault(f"{given} must be a part of {cidr} and smaller than it")
        if block:
            excluded.append(block)
    return IPBlock(cidr or _NOWHERE, tuple(excluded))


def _parse_network(field: ManifestField) -> IPNetwork | None:
    text = field.as_text(_check_network)
    block = validate.parse_network(text)
    if block is None:
        return None
    given, outdated = format_value(text), validate.check_since_1_36(text)
    if outdated and field.report.strict_cidr:
        field.add_fault(f"{given} {outdated}")
    elif outdated:
        field.add_warning(f"{given} {outdated}; API servers up to 1.35 mask it, later refuse it")
    elif str(block) != text:
        field.add_warning(f"{given} is not in canonical form: write {block}")
    return block


def _check_network(text: str) -> str | None:
    if validate.parse_network(text):
        return None
    return "must be an address with a prefix length, like 10.0.0.0/8 or 2001:db8::/64"


def _is_strictly_inside(block: IPNetwork, cidr: IPNetwork) -> bool:
    return block.prefixlen > cidr.prefixlen and block.network_address in cidr


def _parse_port(field: ManifestField) -> Port:
    """Without a number or name: "this matches all port names and numbers" of the protocol."""
    field.expect_fields("protocol", "port", "endPort")
    protocol = parse_protocol(field.child("protocol"))
    port, end = field.child("port"), field.child("endPort")
    is_named = isinstance(port.value, str)
    if end.is_given and (is_named or not port.is_given):
        end.add_fault("must be left out without a number in `port`, the first of the range")
    if is_named:
        return NamedPort(protocol, port.as_text(validate.check_port_name))
    if not port.is_given:
        return PortRange(protocol)
    first = port.as_whole_number(validate.check_port_number)
    last = end.as_whole_number(validate.check_port_number) if end.is_given else first
    if 0 < last < first:
        end.add_fault(f"{last} is less than `port`, the first of the range")
    return PortRange(protocol, first, last)


def parse_protocol(field: ManifestField) -> Protocol:
    """TCP where there is none: "if not specified, this field defaults to TCP"."""
    if not field.is_given:
        return Protocol.TCP
    name = field.as_text(_check_protocol)
    return Protocol(name) if name in set(Protocol) else Protocol.TCP


def _check_protocol(text: str) -> str | None:
    return None if text in set(Protocol) else "is not supported: write TCP, UDP or SCTP"
