"""Which policies made a connection open or close between two moments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netpol.model import Direction, Outcome, Verdict

Verdicts = Sequence[Verdict]
"""Of all pairs of pods that are looked at together, at least one."""


@dataclass(frozen=True, slots=True)
class Cause:
    policies: frozenset[str]
    when: str
    verb: str
    direction: Direction

    @property
    def words(self) -> str:
        names = " and ".join(f"`{policy}`" for policy in sorted(self.policies))
        verb = self.verb if len(self.policies) > 1 else f"{self.verb}s"
        return f"{names} {self.when} {verb} it ({self.direction.lower()})"


def openers(then: Verdicts, now: Verdicts) -> Iterator[Cause]:
    """A closed side opens when a rule comes that admits, or when all that isolated it goes."""
    for direction in _closed(then):
        admitting = _some(_allowing(now, direction)) - _all(_allowing(then, direction))
        gone = _some(_isolating(then, direction)) - _all(_isolating(now, direction))
        if admitting:
            yield Cause(admitting, "now", "admit", direction)
        else:
            yield Cause(gone, "no longer", "isolate", direction)


def closers(then: Verdicts, now: Verdicts) -> Iterator[Cause]:
    """An open side closes when the rule goes that admitted, or when a policy comes to isolate."""
    for direction in _closed(now):
        lost = _some(_allowing(then, direction)) - _all(_allowing(now, direction))
        new = _some(_isolating(now, direction)) - _all(_isolating(then, direction))
        if lost:
            yield Cause(lost, "no longer", "admit", direction)
        else:
            yield Cause(new, "now", "isolate", direction)


def _closed(verdicts: Verdicts) -> list[Direction]:
    return [
        direction
        for direction in (Direction.EGRESS, Direction.INGRESS)
        if any(verdict.side(direction).outcome is Outcome.DENY for verdict in verdicts)
    ]


def _allowing(verdicts: Verdicts, direction: Direction) -> list[frozenset[str]]:
    return [
        frozenset(match.policy for match in verdict.side(direction).allowing)
        for verdict in verdicts
    ]


def _isolating(verdicts: Verdicts, direction: Direction) -> list[frozenset[str]]:
    return [frozenset(verdict.side(direction).isolating) for verdict in verdicts]


def _some(of_verdicts: list[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*of_verdicts)


def _all(of_verdicts: list[frozenset[str]]) -> frozenset[str]:
    return frozenset[str].intersection(*of_verdicts)
