"""The addresses that a probe may connect to: public ones, and networks that a setting allows.

Pure. Students control the names that probes look up, so a name may lead
to this machine, to its neighbours or to a cloud's metadata service.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from netpol.model import IPAddress, IPNetwork

_IPV4_PREFIXES = tuple(
    map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96"))
)
"""Their last 32 bits are an IPv4 address: NAT64, and obsolete forms."""
_GLOBAL = IPv6Network("2000::/3")
_DOCUMENTATION = IPv6Network("3fff::/20")


def is_allowed_address(address: IPAddress, networks: Sequence[IPNetwork]) -> bool:
    """An IPv6 address counts as the IPv4 address that it embeds."""
    meant = _unwrap_ipv4(address)
    if any(meant in network for network in networks):
        return True
    if isinstance(meant, IPv6Address) and (meant not in _GLOBAL or meant in _DOCUMENTATION):
        return False
    return meant.is_global and not meant.is_multicast


def _unwrap_ipv4(address: IPAddress) -> IPAddress:
    match address:
        case IPv6Address(ipv4_mapped=IPv4Address() as inner):
            return inner
        case IPv6Address(sixtofour=IPv4Address() as inner):
            return inner
        case IPv6Address() if any(address in network for network in _IPV4_PREFIXES):
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
