"""The closed types that namespaces, pods, policies and answers are made of.

Every ambiguity of the wire format is settled before a value of these types exists, so that `None`,
`[]` and "missing" never mean different things here. Nothing of this reads JSON;
`netpol.parse` does.
"""

from netpol.model.cluster import (
    NAME_LABEL,
    Cluster,
    ContainerPort,
    Endpoint,
    Kubelet,
    Namespace,
    Outside,
    Pod,
    Unsupported,
)
from netpol.model.policy import (
    Direction,
    IPAddress,
    IPBlock,
    IPNetwork,
    NamedPort,
    Operator,
    Peer,
    PodPeer,
    Policy,
    Port,
    PortRange,
    Protocol,
    Requirement,
    Rule,
    Selector,
)
from netpol.model.profile import Profile
from netpol.model.verdict import (
    Outcome,
    RuleMatch,
    Side,
    Verdict,
)

__all__ = [
    "NAME_LABEL",
    "Cluster",
    "ContainerPort",
    "Direction",
    "Endpoint",
    "IPAddress",
    "IPBlock",
    "IPNetwork",
    "Kubelet",
    "NamedPort",
    "Namespace",
    "Operator",
    "Outcome",
    "Outside",
    "Peer",
    "Pod",
    "PodPeer",
    "Policy",
    "Port",
    "PortRange",
    "Profile",
    "Protocol",
    "Requirement",
    "Rule",
    "RuleMatch",
    "Selector",
    "Side",
    "Unsupported",
    "Verdict",
]
