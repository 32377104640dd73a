"""What policies tell apart: by which labels, addresses, port names and port numbers."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from netpol.connections.addresses import BlockIndex
from netpol.connections.ports import PortSpace
from netpol.model import (
    Cluster,
    Direction,
    IPBlock,
    NamedPort,
    Pod,
    PodPeer,
    Policy,
    PortRange,
    Protocol,
    Rule,
    Selector,
)

PortName = tuple[Protocol, str]
"""A port's name, which means one protocol."""


@dataclass(frozen=True, slots=True)
class Distinctions:
    """Things that are equal in all of this are the same to every policy.

    `keys` are those of pods' labels, `home_keys` of namespaces'. `blocks` numbers the ipBlocks as
    `addresses` does.
    """

    keys: frozenset[str]
    home_keys: frozenset[str]
    names: frozenset[PortName]
    ports: PortSpace
    blocks: Mapping[IPBlock, int]
    addresses: BlockIndex

    @classmethod
    def from_clusters(cls, *clusters: Cluster) -> "Distinctions":
        """The distinctions of all policies of these clusters, which can then be compared."""
        by_namespace = chain.from_iterable(cluster.policies.values() for cluster in clusters)
        policies = list(chain.from_iterable(by_namespace))
        rules = _list_rules(policies)
        peers = dict.fromkeys(peer for rule in rules for peer in rule.peers or ())
        chosen = [peer for peer in peers if isinstance(peer, PodPeer)]
        blocks = [peer for peer in peers if isinstance(peer, IPBlock)]
        ports = dict.fromkeys(port for rule in rules for port in rule.ports or ())
        named = (port for port in ports if isinstance(port, NamedPort))
        names = frozenset((port.protocol, port.name) for port in named)
        declared = {
            PortRange(port.protocol, port.number, port.number)
            for cluster in clusters
            for pod in cluster.pods
            for port in pod.ports
            if (port.protocol, port.name) in names
        }
        subjects = {id(policy.selector): policy.selector for policy in policies}
        return cls(
            _list_keys(chain(subjects.values(), (peer.pods for peer in chosen))),
            _list_keys(peer.namespaces for peer in chosen if peer.namespaces is not None),
            names,
            PortSpace.from_ranges(
                [*(port for port in ports if isinstance(port, PortRange)), *declared]
            ),
            {block: number for number, block in enumerate(blocks)},
            BlockIndex.from_blocks(blocks),
        )

    def build_class_key(self, pod: Pod) -> Hashable:
        """A key that is equal for pods of one cluster which every policy treats alike."""
        return (
            pod.namespace,
            frozenset((key, pod.labels[key]) for key in self.keys if key in pod.labels),
            frozenset(port for port in pod.ports if (port.protocol, port.name) in self.names),
            pod.host_network,
            pod.gateway,
            frozenset((each.version, self.addresses.find_blocks(each)) for each in pod.addresses),
        )


def _list_rules(policies: Iterable[Policy]) -> Iterable[Rule]:
    """Each rule once; most policies of a class share theirs, which identity shows quickly."""
    listed = {
        id(rules): rules
        for policy in policies
        for direction in Direction
        if (rules := policy.rules_for(direction))
    }
    return dict.fromkeys(chain.from_iterable(listed.values()))


def _list_keys(selectors: Iterable[Selector]) -> frozenset[str]:
    return frozenset(
        requirement.key for selector in selectors for requirement in selector.requirements
    )
