"""Which policies opened or closed a connection between two assessments."""

from collections.abc import Iterable, Iterator, Sequence
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
    return _find_causes(then, now, admits="now", isolates="no longer")


def find_closers(then: Verdicts, now: Verdicts) -> Iterator[PolicyCause]:
    """The policies that closed an open side: none admits any more, or one isolates now."""
    return _find_causes(now, then, admits="no longer", isolates="now")


def _find_causes(
    closed: Verdicts, passing: Verdicts, *, admits: str, isolates: str
) -> Iterator[PolicyCause]:
    for direction in (Direction.EGRESS, Direction.INGRESS):
        shut, free = ([each.side_for(direction) for each in some] for some in (closed, passing))
        if not any(side.outcome is Outcome.DENY for side in shut):
            continue
        admitting, before = (
            [frozenset(match.policy for match in side.allowing) for side in sides]
            for sides in (free, shut)
        )
        isolating, after = ([frozenset(side.isolating) for side in sides] for sides in (shut, free))
        if policies := _list_only_in(admitting, before):
            yield PolicyCause(policies, admits, "admit", direction)
        else:
            yield PolicyCause(_list_only_in(isolating, after), isolates, "isolate", direction)


def _list_only_in(
    some: Iterable[frozenset[str]], others: Iterable[frozenset[str]]
) -> frozenset[str]:
    """The policies in any of some sets that are not in all others."""
    return frozenset[str]().union(*some) - frozenset[str].intersection(*others)
