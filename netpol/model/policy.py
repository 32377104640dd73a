"""NetworkPolicies after defaulting: selectors, peers, ports and rules."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network


class Direction(StrEnum):
    INGRESS = "Ingress"
    EGRESS = "Egress"

    @property
    def rules_field(self) -> str:
        """The field of a policy's spec that holds the rules."""
        return self.lower()

    @property
    def peers_field(self) -> str:
        """The field of a rule that holds its peers."""
        return "from" if self is Direction.INGRESS else "to"


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
class LabelRequirement:
    """One term of a selector; `matchLabels` is an `In` with one value."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """Requirements that must all hold; without any it selects everything."""

    requirements: tuple[LabelRequirement, ...] = ()


@dataclass(frozen=True, slots=True)
class PodPeer:
    """Pods, selected by their own labels and their namespace's.

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

    @property
    def numbers(self) -> str:
        """`80`, or `8000-8080`."""
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"

    def has_port(self, protocol: Protocol, number: int) -> bool:
        return self.protocol is protocol and self.first <= number <= self.last


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

    @property
    def ip_blocks(self) -> list[IPBlock]:
        return [peer for peer in self.peers or () if isinstance(peer, IPBlock)]


@dataclass(frozen=True, slots=True)
class Policy:
    """A NetworkPolicy after defaulting.

    `None` leaves a direction alone; `()` isolates it and admits nothing.
    """

    namespace: str
    name: str
    selector: Selector
    ingress: tuple[Rule, ...] | None
    egress: tuple[Rule, ...] | None

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (*(self.ingress or ()), *(self.egress or ()))

    def rules_for(self, direction: Direction) -> tuple[Rule, ...] | None:
        return self.ingress if direction is Direction.INGRESS else self.egress
