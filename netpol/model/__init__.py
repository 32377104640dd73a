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
    LabeledNamespace,
    OutsideAddress,
    Pod,
    UnsupportedPolicy,
    build_cluster,
)
from netpol.model.policy import (
    Direction,
    IPAddress,
    IPBlock,
    IPNetwork,
    LabelRequirement,
    NamedPort,
    Operator,
    Peer,
    PodPeer,
    Policy,
    Port,
    PortRange,
    Protocol,
    Rule,
    Selector,
)
from netpol.model.profile import Profile
from netpol.model.verdict import (
    Outcome,
    RuleMatch,
    Verdict,
    VerdictSide,
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
    "LabelRequirement",
    "LabeledNamespace",
    "NamedPort",
    "Operator",
    "Outcome",
    "OutsideAddress",
    "Peer",
    "Pod",
    "PodPeer",
    "Policy",
    "Port",
    "PortRange",
    "Profile",
    "Protocol",
    "Rule",
    "RuleMatch",
    "Selector",
    "UnsupportedPolicy",
    "Verdict",
    "VerdictSide",
    "build_cluster",
]
