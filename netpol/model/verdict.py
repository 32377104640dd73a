"""Answers, which carry their reasons."""

from dataclasses import dataclass
from enum import StrEnum

from netpol.model.policy import Direction


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
class VerdictSide:
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

    egress: VerdictSide
    ingress: VerdictSide

    @property
    def outcome(self) -> Outcome:
        outcomes = {self.egress.outcome, self.ingress.outcome}
        if Outcome.DENY in outcomes:
            return Outcome.DENY
        return Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.ALLOW

    def side_for(self, direction: Direction) -> VerdictSide:
        return self.egress if direction is Direction.EGRESS else self.ingress
