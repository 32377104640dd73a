"""ipBlock peers."""

from ipaddress import ip_network

from netpol import validate
from netpol.model import IPBlock, IPNetwork
from netpol.parse.field import Field, shown

_NOWHERE = ip_network("0.0.0.0/32")


def ip_block(field: Field) -> IPBlock:
    """Addresses of `cidr` but those of `except`, each of which lies strictly inside it."""
    field.only("cidr", "except")
    if not field.is_object:
        return IPBlock(_NOWHERE)
    cidr = _network(field.child("cidr"))
    excluded = []
    for item in field.child("except").items():
        block = _network(item)
        if cidr and block and not _strictly_inside(block, cidr):
            item.fault(f"{shown(item.value)} must be a part of {cidr} and smaller than it")
        if block:
            excluded.append(block)
    return IPBlock(cidr or _NOWHERE, tuple(excluded))


def _network(field: Field) -> IPNetwork | None:
    text = field.text(_wrong)
    block = validate.network(text)
    if block is None:
        return None
    outdated = validate.wrong_since_1_36(text)
    if outdated and field.report.strict_cidr:
        field.fault(f"{shown(text)} {outdated}")
    elif outdated:
        field.warn(f"{shown(text)} {outdated}; API servers up to 1.35 read it so, later refuse it")
    elif str(block) != text:
        field.warn(f"{shown(text)} is not in canonical form: write {block}")
    return block


def _wrong(text: str) -> str | None:
    if validate.network(text):
        return None
    return "must be an address with a prefix length, like 10.0.0.0/8 or 2001:db8::/64"


def _strictly_inside(block: IPNetwork, cidr: IPNetwork) -> bool:
    return block.prefixlen > cidr.prefixlen and block.network_address in cidr
