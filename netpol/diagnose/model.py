"""What is wrong with a namespace by a lab: root causes, and the flows that each explains."""

from dataclasses import dataclass, field
from enum import StrEnum

from netpol.lab import Flow
from netpol.model import Direction, Outcome
from netpol.repair import Repair


class CauseCode(StrEnum):
    """Codes are stable: other programs rely on them."""

    MISSING_POLICY = "missing-policy"
    MISSING_RULE = "missing-rule"
    MISSING_PEER = "missing-peer"
    MISSING_PORT = "missing-port"
    MISSING_TYPE = "missing-type"
    MISSING_NAMESPACE_SELECTOR = "missing-namespace-selector"
    WRONG_POLICY_SELECTOR = "wrong-policy-selector"
    WRONG_POD_SELECTOR = "wrong-pod-selector"
    WRONG_NAMESPACE_SELECTOR = "wrong-namespace-selector"
    WRONG_PEER = "wrong-peer"
    WRONG_BLOCK = "wrong-block"
    WRONG_PORT = "wrong-port"
    WRONG_PROTOCOL = "wrong-protocol"
    WRONG_NAMESPACE = "wrong-namespace"
    WRONG_RULE = "wrong-rule"
    AND_OR = "and-or"
    TOO_WIDE_POLICY = "too-wide-policy"
    TOO_WIDE_RULE = "too-wide-rule"
    TOO_WIDE_PEERS = "too-wide-peers"
    TOO_WIDE_PORTS = "too-wide-ports"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


MISSING_CODES = frozenset({CauseCode.MISSING_POLICY, CauseCode.MISSING_RULE})
"""Causes without a place to point at."""


@dataclass(frozen=True, slots=True)
class RootCause:
    """`policy` and `path` are `None` for what is missing; `flows` are those that it explains.

    `edited_policy` is the policy that the repair edits, empty where nothing can.
    """

    code: CauseCode
    side: Direction
    namespace: str
    policy: str | None
    path: str | None
    flows: tuple[str, ...]
    message: str
    edited_policy: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosedFlow:
    flow: Flow
    predicted: Outcome
    causes: tuple[RootCause, ...]


@dataclass(frozen=True, slots=True)
class NamespaceDiagnosis:
    """`causes` are the root causes, the most likely first."""

    flows: tuple[DiagnosedFlow, ...] = field(hash=False)
    causes: tuple[RootCause, ...]
    repair: Repair
