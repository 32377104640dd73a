"""Mistakes as a snapshot keeps them, in plain words. Pure: no queries, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from netpol.diagnose import CauseCode
from netpol.lab import Lab

WORDS: Mapping[str, str] = {
    "NP001": "A policy that the API server refuses",
    "NP002": "A field that does not exist: a typing error or a wrong indentation",
    "NP004": "A policy in the wrong namespace",
    "NP101": "A policy that selects no pod",
    "NP102": "A rule whose peer is nobody: its selector selects no pod",
    "NP103": "A label with a typing error",
    "NP104": "One side only: the other end of the connection has no rule for it",
    "NP105": "A port on which no container listens",
    "NP106": "The Service's port in place of the pod's own",
    "NP107": "DNS forgotten: pods may send, but not look names up",
    "NP108": "A DNS rule without TCP",
    "NP109": "An ingress or egress section that policyTypes does not name",
    "NP110": "An empty rule, which lets everything through",
    "NP112": "An empty rule that opens what the lab wants closed",
    "NP115": "A pod on its node's network (hostNetwork)",
    "NP117": "Two list items (OR) where one (AND) is meant",
    CauseCode.MISSING_RULE: "A policy that lacks a rule",
    CauseCode.MISSING_PEER: "A rule that lacks a peer",
    CauseCode.MISSING_PORT: "A rule that lacks a port",
    CauseCode.MISSING_TYPE: "A section that policyTypes does not name",
    CauseCode.MISSING_NAMESPACE_SELECTOR: "A podSelector without the namespaceSelector it needs",
    CauseCode.WRONG_POLICY_SELECTOR: "A policy that selects the wrong pods",
    CauseCode.WRONG_POD_SELECTOR: "A rule whose podSelector means other pods",
    CauseCode.WRONG_NAMESPACE_SELECTOR: "A rule whose namespaceSelector means another namespace",
    CauseCode.WRONG_PEER: "A rule with the wrong kind of peer",
    CauseCode.WRONG_BLOCK: "An ipBlock that leaves out whom it should hold",
    CauseCode.WRONG_PORT: "A wrong port",
    CauseCode.WRONG_PROTOCOL: "TCP and UDP mixed up",
    CauseCode.WRONG_NAMESPACE: "A policy in the wrong namespace",
    CauseCode.WRONG_RULE: "A rule that does not fit",
    CauseCode.AND_OR: "AND and OR mixed up: one list item or two",
    CauseCode.TOO_WIDE_POLICY: "A policy that opens what should stay closed",
    CauseCode.TOO_WIDE_RULE: "A rule that opens what should stay closed",
    CauseCode.TOO_WIDE_PEERS: "A rule that admits more peers than it should",
    CauseCode.TOO_WIDE_PORTS: "A rule that admits more ports than it should",
}
"""All that `dashboard.history.mistakes` may find."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """`step` is the key of the lab's step that it hinders; empty where the code says it all."""

    code: str
    step: str = ""

    @classmethod
    def of(cls, key: str) -> Self:
        """As an address has it."""
        return cls(*key.split(".", 1))

    @property
    def key(self) -> str:
        return f"{self.code}.{self.step}" if self.step else self.code

    def title(self, lab: Lab) -> str:
        """Empty where there is no such mistake."""
        words = WORDS.get(self.code, "")
        if not self.step or not words:
            return words
        step = next((step.title for step in lab.steps if step.key == self.step), "")
        return f"{words} ({step})" if step else ""


def made(stored: Iterable[Mapping[str, Any]]) -> dict[Mistake, datetime]:
    """A snapshot's mistakes, and since when each is there."""
    return {
        Mistake(each["code"], each["step"]): datetime.fromisoformat(each["since"])
        for each in stored
    }
