"""Which labels a selector selects, which policies isolate a pod, which rules admit a connection."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netpol.model import (
    Cluster,
    ContainerPort,
    Direction,
    Endpoint,
    IPAddress,
    IPBlock,
    LabelRequirement,
    Operator,
    OutsideAddress,
    Peer,
    Pod,
    PodPeer,
    Policy,
    Port,
    PortRange,
    Profile,
    Protocol,
    Rule,
    Selector,
)


def selector_matches(selector: Selector, labels: Mapping[str, str]) -> bool:
    """Whether all requirements hold: "an empty label selector matches all objects"."""
    return all(_requirement_holds(requirement, labels) for requirement in selector.requirements)


def _requirement_holds(requirement: LabelRequirement, labels: Mapping[str, str]) -> bool:
    """`NotIn` and `DoesNotExist` select what lacks the key; an empty value is a value."""
    match requirement.operator:
        case Operator.IN:
            return labels.get(requirement.key) in requirement.values
        case Operator.NOT_IN:
            return labels.get(requirement.key) not in requirement.values
        case Operator.EXISTS:
            return requirement.key in labels
        case Operator.DOES_NOT_EXIST:
            return requirement.key not in labels


def find_isolating_policies(cluster: Cluster, pod: Pod, direction: Direction) -> tuple[Policy, ...]:
    """The policies that isolate the pod: "any NetworkPolicy in the namespace that selects the pod
    and has" the direction in its policyTypes. Without any the pod is open.
    """
    return tuple(
        policy
        for policy in cluster.policies_in(pod.namespace)
        if policy.rules_for(direction) is not None and selector_matches(policy.selector, pod.labels)
    )


@dataclass(frozen=True, slots=True)
class Connection:
    """What a source opens to a port of a destination."""

    source: Endpoint
    destination: Endpoint
    port: int
    protocol: Protocol

    def subject_for(self, direction: Direction) -> Endpoint:
        """The end whose policies apply in this direction."""
        return self.source if direction is Direction.EGRESS else self.destination

    def peer_for(self, direction: Direction) -> Endpoint:
        """The end that their rules select."""
        return self.destination if direction is Direction.EGRESS else self.source

    def peer_is_node(self, direction: Direction) -> bool:
        """Whether the network plugin may take the peer's traffic for its node's.

        Not where the subject is on its node's network, too: a plugin ignores both or neither.
        """
        return is_on_host(self.peer_for(direction)) and not is_on_host(self.subject_for(direction))


def find_admitting_peers(
    cluster: Cluster, namespace: str, rule: Rule, connection: Connection, direction: Direction
) -> Iterator[int | None]:
    """The indexes of the peers by which a rule of a policy in `namespace` surely admits.

    "Traffic must match both ports and from." A rule without peers has the one index `None`.
    """
    if not admits_port(rule, connection, direction):
        return
    if rule.peers is None:
        yield None
        return
    for index, peer in enumerate(rule.peers):
        if _matches_peer(cluster, namespace, peer, connection, direction):
            yield index


def admits_port(rule: Rule, connection: Connection, direction: Direction) -> bool:
    """Whether the port matches: "if this field is empty or missing, this rule matches all"."""
    return rule.ports is None or any(
        _matches_port(port, connection, direction) for port in rule.ports
    )


def _matches_port(port: Port, connection: Connection, direction: Direction) -> bool:
    """A number need not be declared by the pod; a name means what the destination declares."""
    if port.protocol is not connection.protocol:
        return False
    if isinstance(port, PortRange):
        return port.first <= connection.port <= port.last
    # Neither an address outside nor a node declares names.
    if not isinstance(connection.destination, Pod) or (
        direction is Direction.EGRESS and connection.peer_is_node(direction)
    ):
        return False
    declared = connection.destination.ports
    return ContainerPort(port.name, connection.port, port.protocol) in declared


def _matches_peer(
    cluster: Cluster, namespace: str, peer: Peer, connection: Connection, direction: Direction
) -> bool:
    end = connection.peer_for(direction)
    if cluster.profile is Profile.CILIUM and _has_its_own_identity(peer, end):
        return False
    match peer, end:
        case IPBlock() as block, _:
            return any(block_contains(block, address) for address in addresses_of(end))
        case PodPeer(pods, namespaces), Pod():
            if connection.peer_is_node(direction):
                return False
            if namespaces is None:
                return end.namespace == namespace and selector_matches(pods, end.labels)
            return selector_matches(pods, end.labels) and selector_matches(
                namespaces, cluster.labels_of(end.namespace)
            )
    return False


def _has_its_own_identity(peer: Peer, end: Endpoint) -> bool:
    """Whether Cilium knows the end by an identity that the peer cannot match.

    An ipBlock matches no pod and no node there, and no selector matches what a Gateway forwards.
    """
    return isinstance(end, Pod) and (end.gateway or isinstance(peer, IPBlock))


def block_contains(block: IPBlock, address: IPAddress) -> bool:
    """Whether the address is in `cidr` and in no `except`; a block has addresses of one family."""
    return address in block.cidr and not any(address in part for part in block.excluded)


def addresses_of(end: Endpoint) -> tuple[IPAddress, ...]:
    match end:
        case Pod():
            return end.addresses
        case OutsideAddress():
            return (end.address,)
    return ()


def is_on_host(end: Endpoint) -> bool:
    return isinstance(end, Pod) and end.host_network
