"""ipBlock peers."""

from ipaddress import ip_network

from netpol import validate
from netpol.model import IPBlock, IPNetwork
from netpol.parse.field import ManifestField, format_value

_NOWHERE = ip_network("0.0.0.0/32")


def parse_ip_block(field: ManifestField) -> IPBlock:
    """Addresses of `cidr` but those of `except`, each of which lies strictly inside it."""
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
        field.add_warning(f"{given} {outdated}; API servers up to 1.35 read it so, later refuse it")
    elif str(block) != text:
        field.add_warning(f"{given} is not in canonical form: write {block}")
    return block


def _check_network(text: str) -> str | None:
    if validate.parse_network(text):
        return None
    return "must be an address with a prefix length, like 10.0.0.0/8 or 2001:db8::/64"


def _is_strictly_inside(block: IPNetwork, cidr: IPNetwork) -> bool:
    return block.prefixlen > cidr.prefixlen and block.network_address in cidr
