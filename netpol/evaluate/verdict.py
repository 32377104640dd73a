"""The verdict on a connection from both ends, and what the API leaves undefined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from netpol.evaluate.matching import (
    Connection,
    addresses_of,
    admits_port,
    find_admitting_peers,
    find_isolating_policies,
    is_on_host,
)
from netpol.model import (
    Cluster,
    Direction,
    Endpoint,
    Kubelet,
    Outcome,
    Pod,
    Policy,
    Profile,
    Protocol,
    Rule,
    RuleMatch,
    Verdict,
    VerdictSide,
)

SUBJECT_ON_HOST = (
    "it uses its node's network, and network plugins differ in whether policies apply to it"
)
PEER_ON_HOST = (
    "the other end uses its node's network, and network plugins differ in what selects it"
)
NO_ADDRESS = "the other end has no address yet, and an ipBlock could admit it"
FAMILIES_DIFFER = "the answer differs between IPv4 and IPv6"


@dataclass(frozen=True, slots=True)
class PolicyGate:
    """The policies that govern one end of connections, whatever the other end is.

    `isolating` are the policies that apply, `undefined` says what makes every verdict unknown, and
    `by_address` tells whether addresses matter at all.
    """

    subject: Endpoint
    direction: Direction
    isolating: tuple[Policy, ...] = ()
    undefined: tuple[str, ...] = ()
    by_address: bool = False

    @classmethod
    def for_end(cls, cluster: Cluster, subject: Endpoint, direction: Direction) -> "PolicyGate":
        if not isinstance(subject, Pod) or cluster.profile is Profile.UNENFORCED:
            return cls(subject, direction)
        policies = find_isolating_policies(cluster, subject, direction)
        undefined = tuple(
            f"{other.kind} {other.name} could change this, and its kind is not evaluated"
            for other in cluster.unsupported_in(subject.namespace)
        )
        by_address = any(
            rule.ip_blocks for policy in policies for rule in policy.rules_for(direction) or ()
        )
        return cls(subject, direction, policies, undefined, by_address)

    def list_rules(self) -> Iterator[tuple[Policy, int, Rule]]:
        for policy in self.isolating:
            for index, rule in enumerate(policy.rules_for(self.direction) or ()):
                yield policy, index, rule


def decide_connection(
    cluster: Cluster, source: Endpoint, destination: Endpoint, port: int, protocol: Protocol
) -> Verdict:
    """May the source open a connection to this port of the destination?

    "For a connection from a source pod to a destination pod to be allowed, both the egress policy
    on the source pod and the ingress policy on the destination pod need to allow the connection."
    Only "a pod cannot block access to itself", and "traffic to and from the node where a Pod is
    running is always allowed". `port` is the destination pod's, not a Service's.
    """
    egress = PolicyGate.for_end(cluster, source, Direction.EGRESS)
    ingress = PolicyGate.for_end(cluster, destination, Direction.INGRESS)
    return decide_gates(cluster, egress, ingress, port, protocol)


def decide_gates(
    cluster: Cluster, egress: PolicyGate, ingress: PolicyGate, port: int, protocol: Protocol
) -> Verdict:
    """The same as `decide_connection`, from the gates of both ends."""
    source, destination = egress.subject, ingress.subject
    if _is_itself(source, destination) or isinstance(source, Kubelet):
        return Verdict(VerdictSide(Direction.EGRESS), VerdictSide(Direction.INGRESS))
    connection = Connection(source, destination, port, protocol)
    by_address = egress.by_address or ingress.by_address
    return _merge_verdicts(
        [
            Verdict(_decide_side(cluster, egress, each), _decide_side(cluster, ingress, each))
            for each in (_split_by_family(connection) if by_address else [connection])
        ]
    )


def _decide_side(cluster: Cluster, gate: PolicyGate, connection: Connection) -> VerdictSide:
    direction = gate.direction
    allowing = tuple(
        RuleMatch(policy.name, direction, index, peer)
        for policy, index, rule in gate.list_rules()
        for peer in find_admitting_peers(cluster, policy.namespace, rule, connection, direction)
    )
    undefined = gate.undefined
    if gate.isolating and not allowing:
        undefined += _find_doubts(gate, connection)
    names = tuple(policy.name for policy in gate.isolating)
    return VerdictSide(direction, names, allowing, undefined)


def _find_doubts(gate: PolicyGate, connection: Connection) -> tuple[str, ...]:
    """The reasons why a rule could admit the connection after all."""
    peer = connection.peer_for(gate.direction)
    if is_on_host(gate.subject):
        return (SUBJECT_ON_HOST,)
    if connection.peer_is_node(gate.direction):
        return (PEER_ON_HOST,)
    if (
        isinstance(peer, Pod)
        and not peer.addresses
        and any(
            rule.ip_blocks and admits_port(rule, connection, gate.direction)
            for _, _, rule in gate.list_rules()
        )
    ):
        return (NO_ADDRESS,)
    return ()


def _split_by_family(connection: Connection) -> list[Connection]:
    """The connection in each address family that both ends have.

    An end whose addresses are unknown may have any family.
    """
    source, destination = (
        _address_families(connection.source),
        _address_families(connection.destination),
    )
    common = source & destination if source and destination else source | destination
    if not common or (source == destination and len(common) == 1):
        return [connection]
    return [
        replace(
            connection,
            source=_restrict_to_family(connection.source, family),
            destination=_restrict_to_family(connection.destination, family),
        )
        for family in sorted(common)
    ]


def _address_families(end: Endpoint) -> set[int]:
    return {address.version for address in addresses_of(end)}


def _restrict_to_family(end: Endpoint, family: int) -> Endpoint:
    if not isinstance(end, Pod):
        return end
    return replace(end, addresses=tuple(a for a in end.addresses if a.version == family))


def _merge_verdicts(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for all address families: known only where they agree."""
    first = verdicts[0]
    if len(verdicts) == 1 or {verdict.outcome for verdict in verdicts} == {Outcome.DENY}:
        return first
    return Verdict(
        _merge_sides([verdict.egress for verdict in verdicts]),
        _merge_sides([verdict.ingress for verdict in verdicts]),
    )


def _merge_sides(sides: Sequence[VerdictSide]) -> VerdictSide:
    if len({side.outcome for side in sides}) > 1:
        return replace(sides[0], allowing=(), undefined=(FAMILIES_DIFFER,))
    allowing = dict.fromkeys(chain.from_iterable(side.allowing for side in sides))
    return replace(sides[0], allowing=tuple(allowing))


def _is_itself(source: Endpoint, destination: Endpoint) -> bool:
    match source, destination:
        case Pod(), Pod():
            return (source.namespace, source.name) == (destination.namespace, destination.name)
    return False
