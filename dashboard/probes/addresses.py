"""Which addresses a probe may connect to: public ones, and the networks that a setting allows.

Pure. Students own the names that probes look up, or something near them, so a name may lead
to this machine, to its neighbours or to a cloud's metadata service.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from netpol.model import IPAddress, IPNetwork

_NAT64 = IPv6Network("64:ff9b::/96")


def allowed(address: IPAddress, networks: Sequence[IPNetwork]) -> bool:
    """Whether a probe may connect there. An IPv6 address counts as the IPv4 one it stands for."""
    meant = _meant(address)
    if any(meant in network for network in networks):
        return True
    return meant.is_global and not meant.is_multicast


def _meant(address: IPAddress) -> IPAddress:
    match address:
        case IPv6Address(ipv4_mapped=IPv4Address() as inner):
            return inner
        case IPv6Address(sixtofour=IPv4Address() as inner):
            return inner
        case IPv6Address() if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
