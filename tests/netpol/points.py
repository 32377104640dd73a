"""Where answers can change: ports and addresses at the edges of what policies and pods name."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from netpol.connections import AddressRange, PortSpace
from netpol.model import Cluster, Direction, IPBlock, OutsideAddress, PortRange, Protocol, Rule

LAST_PORT = 65535
LAST = {4: 2**32 - 1, 6: 2**128 - 1}


def rules(cluster: Cluster) -> Iterator[Rule]:
    for listed in cluster.policies.values():
        for policy in listed:
            for direction in Direction:
                yield from policy.rules_for(direction) or ()


def ports(*clusters: Cluster) -> list[int]:
    """The first and the last of every range, and those beside them; of names, too."""
    edges = {1, LAST_PORT}
    for cluster in clusters:
        for rule in rules(cluster):
            for port in rule.ports or ():
                if isinstance(port, PortRange):
                    edges |= {port.first - 1, port.first, port.last, port.last + 1}
        for pod in cluster.pods:
            for declared in pod.ports:
                edges |= {declared.number - 1, declared.number, declared.number + 1}
    return sorted(edge for edge in edges if 1 <= edge <= LAST_PORT)


def bits(space: PortSpace, *clusters: Cluster) -> dict[tuple[int, Protocol], int]:
    """Each of these ports of each protocol, with the bit that stands for it."""
    return {
        (port, protocol): space.mask_port(port, protocol)
        for port in ports(*clusters)
        for protocol in Protocol
    }


def addresses(*clusters: Cluster) -> list[AddressRange]:
    """One address each: the first and the last of every block, and those beside them."""
    edges = {(family, edge) for family, last in LAST.items() for edge in (0, last)}
    for cluster in clusters:
        for rule in rules(cluster):
            for block in rule.peers or ():
                for part in (block.cidr, *block.excluded) if isinstance(block, IPBlock) else ():
                    first, last = int(part.network_address), int(part.broadcast_address)
                    edges |= {(part.version, each) for each in (first - 1, first, last, last + 1)}
    return [
        AddressRange(family, edge, edge)
        for family, edge in sorted(edges)
        if 0 <= edge <= LAST[family]
    ]


def outside(address: AddressRange) -> OutsideAddress:
    made = IPv4Address if address.family == 4 else IPv6Address
    return OutsideAddress(made(address.first))
