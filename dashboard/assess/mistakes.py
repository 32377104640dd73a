"""Mistakes as a snapshot keeps them, in plain words. Pure: no queries, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from netpol.diagnose import CauseCode
from netpol.lab import Lab
from netpol.lint import FindingCode, FindingLevel

MISTAKE_TITLES: Mapping[str, str] = {
    **{code.value: code.title for code in FindingCode if code.level is not FindingLevel.INFO},
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
    def from_key(cls, key: str) -> Self:
        """As an address has it."""
        return cls(*key.split(".", 1))

    @property
    def key(self) -> str:
        return f"{self.code}.{self.step}" if self.step else self.code

    def title(self, lab: Lab) -> str:
        """Empty where there is no such mistake."""
        words = MISTAKE_TITLES.get(self.code, "")
        if not self.step or not words:
            return words
        step = next((step.title for step in lab.steps if step.key == self.step), "")
        return f"{words} ({step})" if step else ""


def load_mistakes(stored: Iterable[Mapping[str, Any]]) -> dict[Mistake, datetime]:
    """A snapshot's mistakes, and since when each is there."""
    return {
        Mistake(each["code"], each["step"]): datetime.fromisoformat(each["since"])
        for each in stored
    }
