"""The closed types that namespaces, pods, policies and answers are made of.

Every ambiguity of the wire format is settled before a value of these types exists, so that `None`,
`[]` and "missing" never mean different things here. Nothing in this module reads JSON;
`netpol.parse` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

NAME_LABEL = "kubernetes.io/metadata.name"
"""The label that the control plane keeps on every namespace: its own name."""


class Direction(StrEnum):
    INGRESS = "Ingress"
    EGRESS = "Egress"


class Protocol(StrEnum):
    TCP = "TCP"
    UDP = "UDP"
    SCTP = "SCTP"


class Operator(StrEnum):
    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One term of a selector; `matchLabels` is an `In` with one value."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """Requirements that must all hold; without any it selects everything."""

    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class PodPeer:
    """Pods, selected by their labels and by their namespace's.

    `namespaces` is `None` where the peer has no namespaceSelector: the policy's own namespace.
    """

    pods: Selector
    namespaces: Selector | None = None


@dataclass(frozen=True, slots=True)
class IPBlock:
    """Addresses in `cidr` and in none of `excluded`."""

    cidr: IPNetwork
    excluded: tuple[IPNetwork, ...] = ()


Peer = PodPeer | IPBlock


@dataclass(frozen=True, slots=True)
class PortRange:
    """Destination ports `first` to `last`, both included."""

    protocol: Protocol
    first: int = 1
    last: int = 65535


@dataclass(frozen=True, slots=True)
class NamedPort:
    """The port that the destination pod declares under this name, for this protocol."""

    protocol: Protocol
    name: str


Port = PortRange | NamedPort


@dataclass(frozen=True, slots=True)
class Rule:
    """What one ingress or egress rule admits: any of `peers` on any of `ports`.

    `None` is "no restriction": any peer, or any port of any protocol. Neither is ever empty.
    """

    peers: tuple[Peer, ...] | None = None
    ports: tuple[Port, ...] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A NetworkPolicy after defaulting.

    A direction that is `None` is left alone; `()` isolates and admits nothing.
    """

    namespace: str
    name: str
    selector: Selector
    ingress: tuple[Rule, ...] | None
    egress: tuple[Rule, ...] | None

    def rules(self, direction: Direction) -> tuple[Rule, ...] | None:
        return self.ingress if direction is Direction.INGRESS else self.egress


@dataclass(frozen=True, slots=True)
class Namespace:
    name: str
    labels: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class ContainerPort:
    name: str
    number: int
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod as far as policies see it; `addresses` is empty while it has none."""

    namespace: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    ports: tuple[ContainerPort, ...] = ()
    addresses: tuple[IPAddress, ...] = ()
    host_network: bool = False


@dataclass(frozen=True, slots=True)
class Outside:
    """An address that belongs to no pod."""

    address: IPAddress


Endpoint = Pod | Outside


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A policy object of a kind that is not evaluated but could change a verdict.

    `namespace` is `None` for a cluster-wide object.
    """

    kind: str
    name: str
    namespace: str | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Everything a verdict depends on. Build it with `Cluster.of`."""

    namespaces: Mapping[str, Namespace]
    pods: tuple[Pod, ...]
    policies: Mapping[str, tuple[Policy, ...]]
    unsupported: tuple[Unsupported, ...] = ()

    @classmethod
    def of(
        cls,
        namespaces: Iterable[Namespace] = (),
        pods: Iterable[Pod] = (),
        policies: Iterable[Policy] = (),
        unsupported: Iterable[Unsupported] = (),
    ) -> "Cluster":
        by_namespace: dict[str, list[Policy]] = {}
        for policy in policies:
            by_namespace.setdefault(policy.namespace, []).append(policy)
        return cls(
            {namespace.name: namespace for namespace in namespaces},
            tuple(pods),
            {name: tuple(listed) for name, listed in by_namespace.items()},
            tuple(unsupported),
        )

    def policies_in(self, namespace: str) -> tuple[Policy, ...]:
        return self.policies.get(namespace, ())

    def labels_of(self, namespace: str) -> Mapping[str, str]:
        """A namespace's labels; the control plane keeps its name among them."""
        known = self.namespaces.get(namespace)
        return {**(known.labels if known else {}), NAME_LABEL: namespace}


class Outcome(StrEnum):
    """`PARTIAL` is an answer about several pods behind one name: some pairs pass, some do not."""

    ALLOW = "allow"
    DENY = "deny"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule that admits: `peer` is `None` where the rule names no peers."""

    policy: str
    direction: Direction
    rule: int
    peer: int | None


@dataclass(frozen=True, slots=True)
class Side:
    """One end's answer.

    `isolating` names the policies (of the end's own namespace) that isolate it in this direction,
    `allowing` the rules among theirs that admit, `undefined` why the API leaves it open.
    """

    direction: Direction
    isolating: tuple[str, ...] = ()
    allowing: tuple[RuleMatch, ...] = ()
    undefined: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        if self.undefined:
            return Outcome.UNKNOWN
        if self.allowing or not self.isolating:
            return Outcome.ALLOW
        return Outcome.DENY


@dataclass(frozen=True, slots=True)
class Verdict:
    """May the source open this connection? Both ends have to say yes."""

    egress: Side
    ingress: Side

    @property
    def outcome(self) -> Outcome:
        outcomes = {self.egress.outcome, self.ingress.outcome}
        if Outcome.DENY in outcomes:
            return Outcome.DENY
        return Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.ALLOW

    def side(self, direction: Direction) -> Side:
        return self.egress if direction is Direction.EGRESS else self.ingress
