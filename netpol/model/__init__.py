"""The closed types of policies, of the cluster that they govern, and of verdicts.

The parser settles every ambiguity of the wire format before it builds one of these values, so
`None`, `[]` and "missing" never mean different things here. Only `netpol.parse` reads JSON.
"""

from netpol.model.cluster import (
    GENERATED_LABELS,
    NAME_LABEL,
    Cluster,
    ContainerPort,
    Endpoint,
    Kubelet,
    LabeledNamespace,
    OutsideAddress,
    Pod,
    Profile,
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
from netpol.model.verdict import (
    Outcome,
    RuleMatch,
    Verdict,
    VerdictSide,
    combine_outcomes,
)

__all__ = [
    "GENERATED_LABELS",
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
    "combine_outcomes",
]
