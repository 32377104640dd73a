"""What can be found: each code with its level, title and hint. Nothing else repeats these facts.

docs/findings.md has an example of each; a test holds its table against this enum.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class FindingLevel(StrEnum):
    """An error keeps something from working as it was meant, a warning may, an info does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


ERROR, WARNING, INFO = FindingLevel
_EMPTY_RULE_HINT = (
    "Delete the rule, or say which peers and ports are meant. To let nothing through, leave the "
    "list empty: {section}: []."
)


class FindingCode(Enum):
    """A code is stable and never reused. `{name}` in a hint is a value that the check fills in."""

    REFUSED_POLICY = (
        "NP001",
        ERROR,
        "A policy that the API server refuses",
        "Until it is mended, this policy is not there: kubectl apply --dry-run=server says so.",
    )
    ODD_FIELD = (
        "NP002",
        WARNING,
        "A field that does not exist: a typing error or a wrong indentation",
        "Look for a wrong indentation or a misspelt word.",
    )
    OTHER_KIND = ("NP003", INFO, "A policy of another kind", "Take into account what it says.")
    WRONG_NAMESPACE = (
        "NP004",
        ERROR,
        "A policy in the wrong namespace",
        "Leave the field out, or write `{namespace}`.",
    )
    TOO_LARGE = ("NP005", INFO, "Policies too large to be looked through", "Split or shorten them.")
    IDLE_POLICY = (
        "NP101",
        WARNING,
        "A policy that selects no pod",
        "Compare it with the labels of the pods: {labels}.",
    )
    IDLE_PEER = (
        "NP102",
        WARNING,
        "A rule whose peer is nobody: its selector selects no pod",
        "Compare it with the labels of the pods and of their namespaces.",
    )
    MISSPELT_LABEL = ("NP103", ERROR, "A label with a typing error", "Correct the spelling.")
    ONE_SIDE_ONLY = (
        "NP104",
        ERROR,
        "One side only: the other end of the connection has no rule for it",
        "Both sides have to allow a connection: add or mend an {section} rule on {end}.",
    )
    UNDECLARED_PORT = (
        "NP105",
        WARNING,
        "A port on which no container listens",
        "They say {declared}.",
    )
    SERVICE_PORT = ("NP106", ERROR, "The Service's port in place of the pod's own", "Write {port}.")
    NO_DNS = (
        "NP107",
        WARNING,
        "DNS forgotten: pods may send, but not look names up",
        "Allow UDP and TCP 53 to the cluster's DNS (kube-system, k8s-app: kube-dns).",
    )
    DNS_OVER_UDP_ONLY = ("NP108", WARNING, "A DNS rule without TCP", "Add TCP 53.")
    MISSING_TYPE = (
        "NP109",
        ERROR,
        "An ingress or egress section that policyTypes does not name",
        "Add {direction} to policyTypes.",
    )
    EMPTY_RULE = (
        "NP110",
        WARNING,
        "An empty rule, which lets everything through",
        _EMPTY_RULE_HINT,
    )
    WHOLE_WORLD = (
        "NP111",
        INFO,
        "The whole world",
        "If only the internet is meant, leave the cluster's networks out by `except`.",
    )
    ALLOW_ALL = (
        "NP112",
        ERROR,
        "An empty rule that opens what the lab wants closed",
        _EMPTY_RULE_HINT,
    )
    DUPLICATE_POLICY = (
        "NP113",
        INFO,
        "Two policies that say the same",
        "One of them can be deleted.",
    )
    REDUNDANT_RULE = (
        "NP114",
        INFO,
        "A rule that adds nothing",
        "It can be deleted, unless the other one is too wide.",
    )
    HOST_NETWORK = (
        "NP115",
        WARNING,
        "A pod on its node's network (hostNetwork)",
        "Network plugins differ in whether policies apply to it: do without hostNetwork.",
    )
    CILIUM_GATEWAY = (
        "NP116",
        INFO,
        "The gateway by a selector of pods",
        (
            "If this cluster runs Cilium, the gateway needs a CiliumNetworkPolicy with "
            "fromEntities: [ingress]."
        ),
    )
    OR_INSTEAD_OF_AND = (
        "NP117",
        WARNING,
        "Two list items (OR) where one (AND) is meant",
        "If pods of that namespace are meant, put both into one item, under one dash.",
    )
    SHARED_PORTS = (
        "NP118",
        INFO,
        "Another pod's port",
        "Nothing fails by it. A policy for each of them, with its own port, opens less.",
    )
    WHOLE_NAMESPACE = (
        "NP119",
        INFO,
        "A whole namespace",
        "Nothing fails by it. A podSelector in the same list item would mean fewer pods.",
    )

    level: FindingLevel
    title: str
    hint: str

    def __new__(
        cls, code: str, level: FindingLevel = INFO, title: str = "", hint: str = ""
    ) -> "FindingCode":
        member = object.__new__(cls)
        member._value_, member.level, member.title, member.hint = code, level, title, hint
        return member

    def __str__(self) -> str:
        return str(self.value)

    def build_finding(self, policy: str, path: str, message: str, **values: object) -> "Finding":
        """`policy` is empty for a finding about no single policy; `values` complete the hint."""
        return Finding(self, policy, path, message, self.hint.format(**values))


@dataclass(frozen=True, slots=True)
class Finding:
    """What is worth a word about a policy, at the field `path`."""

    code: FindingCode
    policy: str
    path: str
    message: str
    hint: str

    @property
    def level(self) -> FindingLevel:
        return self.code.level
