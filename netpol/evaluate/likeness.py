"""Which ends of connections fare alike, so that one of them can answer for all.

A class has hundreds of namespaces with the same few pods and policies. What tells two ends apart
is what governs them and what selects them; their names are nothing to a policy.
"""

from collections.abc import Hashable, Mapping

from netpol.evaluate.admission import addresses_of, holds
from netpol.evaluate.selection import matches
from netpol.evaluate.verdict import Gate
from netpol.model import Cluster, Endpoint, IPBlock, Peer, Pod, PodPeer, Profile


def likenesses(
    cluster: Cluster, egress: Mapping[str, Gate], ingress: Mapping[str, Gate]
) -> dict[str, int]:
    """A number for each end, by its name: ends with one number are alike.

    Where two sources are alike and two destinations are alike, and both pairs or neither are within
    one namespace, the two verdicts have the same outcome. A pod and itself are no such pair.
    """
    gates = [*egress.values(), *ingress.values()]
    peers = dict.fromkeys(
        peer for gate in gates for _, _, rule in gate.rules() for peer in rule.peers or ()
    )
    numbers: dict[Hashable, int] = {}
    return {
        name: numbers.setdefault(
            (
                _in_force(gate),
                _in_force(ingress[name]),
                _facts(gate.subject),
                tuple(_means(peer, gate.subject, cluster) for peer in peers),
            ),
            len(numbers),
        )
        for name, gate in egress.items()
    }


def _in_force(gate: Gate) -> Hashable:
    rules = tuple(rule for _, _, rule in gate.rules())
    return bool(gate.isolating), rules, gate.undefined


def _facts(end: Endpoint) -> Hashable:
    """What counts of an end itself, as a destination or in an address family."""
    families = tuple(address.version for address in addresses_of(end))
    if isinstance(end, Pod):
        return end.ports, end.host_network, end.gateway, families
    return families


def _means(peer: Peer, end: Endpoint, cluster: Cluster) -> Hashable:
    """Which of the end's addresses the peer means, or whether it means the pod.

    Without a namespaceSelector that is a pod of the policy's namespace: `likenesses` tells.
    """
    match peer, end:
        case IPBlock(), Pod() if cluster.profile is Profile.CILIUM:
            return False
        case IPBlock(), _:
            return tuple(holds(peer, address) for address in addresses_of(end))
        case PodPeer(pods, namespaces), Pod():
            return matches(pods, end.labels) and (
                namespaces is None or matches(namespaces, cluster.labels_of(end.namespace))
            )
    return False
