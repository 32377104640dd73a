"""Which policies opened or closed a connection between two assessments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netpol.model import Direction, Outcome, Verdict

Verdicts = Sequence[Verdict]
"""The verdicts of all pairs of pods behind one flow, at least one."""


@dataclass(frozen=True, slots=True)
class PolicyCause:
    policies: frozenset[str]
    when: str
    verb: str
    direction: Direction

    @property
    def phrase(self) -> str:
        names = " and ".join(f"`{policy}`" for policy in sorted(self.policies))
        verb = self.verb if len(self.policies) > 1 else f"{self.verb}s"
        return f"{names} {self.when} {verb} it ({self.direction.lower()})"


def find_openers(then: Verdicts, now: Verdicts) -> Iterator[PolicyCause]:
    """The policies that opened a closed side: one admits now, or all that isolated it are gone."""
    for direction in _closed_directions(then):
        admitting = _in_any(_allowing_policies(now, direction)) - _in_all(
            _allowing_policies(then, direction)
        )
        gone = _in_any(_isolating_policies(then, direction)) - _in_all(
            _isolating_policies(now, direction)
        )
        if admitting:
            yield PolicyCause(admitting, "now", "admit", direction)
        else:
            yield PolicyCause(gone, "no longer", "isolate", direction)


def find_closers(then: Verdicts, now: Verdicts) -> Iterator[PolicyCause]:
    """The policies that closed an open side: none admits any more, or one isolates now."""
    for direction in _closed_directions(now):
        lost = _in_any(_allowing_policies(then, direction)) - _in_all(
            _allowing_policies(now, direction)
        )
        new = _in_any(_isolating_policies(now, direction)) - _in_all(
            _isolating_policies(then, direction)
        )
        if lost:
            yield PolicyCause(lost, "no longer", "admit", direction)
        else:
            yield PolicyCause(new, "now", "isolate", direction)


def _closed_directions(verdicts: Verdicts) -> list[Direction]:
    return [
        direction
        for direction in (Direction.EGRESS, Direction.INGRESS)
        if any(verdict.side_for(direction).outcome is Outcome.DENY for verdict in verdicts)
    ]


def _allowing_policies(verdicts: Verdicts, direction: Direction) -> list[frozenset[str]]:
    return [
        frozenset(match.policy for match in verdict.side_for(direction).allowing)
        for verdict in verdicts
    ]


def _isolating_policies(verdicts: Verdicts, direction: Direction) -> list[frozenset[str]]:
    return [frozenset(verdict.side_for(direction).isolating) for verdict in verdicts]


def _in_any(of_verdicts: list[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*of_verdicts)


def _in_all(of_verdicts: list[frozenset[str]]) -> frozenset[str]:
    return frozenset[str].intersection(*of_verdicts)
