"""Verdicts, with their reasons."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from netpol.model.policy import Direction


class Outcome(StrEnum):
    """`PARTIAL` covers several pods behind one name: some pairs pass, some do not."""

    ALLOW = "allow"
    DENY = "deny"
    PARTIAL = "partial"
    UNKNOWN = "unknown"

    @property
    def letter(self) -> str:
        """What stands for it in a matrix."""
        return "?" if self is Outcome.UNKNOWN else self[0].upper()


def combine_outcomes(outcomes: Collection[Outcome]) -> Outcome:
    """One outcome for several pairs: open if all are, closed if none is, else partial.

    An unknown pair makes the outcome unknown only where it could still change it.
    """
    if {Outcome.ALLOW, Outcome.DENY} <= set(outcomes):
        return Outcome.PARTIAL
    return Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else next(iter(outcomes))


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule that admits a connection; `peer` is `None` where the rule names no peers."""

    policy: str
    direction: Direction
    rule: int
    peer: int | None


@dataclass(frozen=True, slots=True)
class VerdictSide:
    """What one end's policies say.

    `isolating` names the policies in the end's namespace that isolate it in this direction,
    `allowing` the rules of theirs that admit, `undefined` why the API leaves the outcome open.
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
    """May the source open this connection? Both ends have to allow it."""

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
