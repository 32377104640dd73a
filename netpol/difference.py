"""What changed between two assessments of a lab: flows opened and closed, and by which policy."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from netpol.assess import Assessment, FlowAssessment
from netpol.lab import Lab
from netpol.model import Direction, Outcome

OPENNESS = {Outcome.DENY: 0, Outcome.PARTIAL: 1, Outcome.ALLOW: 2}


@dataclass(frozen=True, slots=True)
class FlowChange:
    """`because` names at least one policy: the one that came, went or was edited.

    Where only the pods changed, it is the policy by which they now fare differently.
    """

    flow: str
    before: Outcome
    after: Outcome
    because: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`unclear` are changes from or to an answer that is not known; partial is half open."""

    opened: tuple[FlowChange, ...]
    closed: tuple[FlowChange, ...]
    unclear: tuple[FlowChange, ...]
    unchanged: tuple[str, ...]


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


def difference(before: Assessment, after: Assessment) -> Difference:
    """Compare two assessments flow by flow; flows that only one of them knows are left out."""
    known = {flow.flow: flow for flow in before.flows}
    opened, closed, unclear, unchanged = [], [], [], []
    for now in after.flows:
        then = known.get(now.flow)
        if then is None:
            continue
        if then.predicted is now.predicted:
            unchanged.append(now.flow)
        elif Outcome.UNKNOWN in (then.predicted, now.predicted):
            unclear.append(FlowChange(now.flow, then.predicted, now.predicted, (), now.headline))
        elif OPENNESS[now.predicted] > OPENNESS[then.predicted]:
            opened.append(_change("Opened", then, now, _openers(then, now)))
        else:
            closed.append(_change("Closed", then, now, _closers(then, now)))
    return Difference(tuple(opened), tuple(closed), tuple(unclear), tuple(unchanged))


def allowed_by_source(lab: Lab, assessment: Assessment) -> dict[str, int]:
    """How many of the reported flows each source may open, in the order of the lab's report."""
    allowing = {flow.flow for flow in assessment.flows if flow.predicted is Outcome.ALLOW}
    allowed = Counter(flow.source for flow in lab.reported if flow.name in allowing)
    return {flow.source: allowed[flow.source] for flow in lab.reported}


def _change(
    word: str, then: FlowAssessment, now: FlowAssessment, causes: Iterable[Cause]
) -> FlowChange:
    causes = [cause for cause in causes if cause.policies]
    reasons = "; ".join(cause.words for cause in causes)
    return FlowChange(
        now.flow,
        then.predicted,
        now.predicted,
        tuple(sorted(frozenset[str]().union(*(cause.policies for cause in causes)))),
        f"{word}: {reasons}.",
    )


def _openers(then: FlowAssessment, now: FlowAssessment) -> Iterable[Cause]:
    """A closed side opens when a rule comes that admits, or when all that isolated it goes."""
    for direction in _closed(then):
        admitting = _some(_allowing(now, direction)) - _all(_allowing(then, direction))
        gone = _some(_isolating(then, direction)) - _all(_isolating(now, direction))
        if admitting:
            yield Cause(admitting, "now", "admit", direction)
        else:
            yield Cause(gone, "no longer", "isolate", direction)


def _closers(then: FlowAssessment, now: FlowAssessment) -> Iterable[Cause]:
    """An open side closes when the rule goes that admitted, or when a policy comes to isolate."""
    for direction in _closed(now):
        lost = _some(_allowing(then, direction)) - _all(_allowing(now, direction))
        new = _some(_isolating(now, direction)) - _all(_isolating(then, direction))
        if lost:
            yield Cause(lost, "no longer", "admit", direction)
        else:
            yield Cause(new, "now", "isolate", direction)


def _closed(flow: FlowAssessment) -> list[Direction]:
    return [
        direction
        for direction in (Direction.EGRESS, Direction.INGRESS)
        if any(verdict.side(direction).outcome is Outcome.DENY for verdict in flow.verdicts)
    ]


def _allowing(flow: FlowAssessment, direction: Direction) -> list[frozenset[str]]:
    return [
        frozenset(match.policy for match in verdict.side(direction).allowing)
        for verdict in flow.verdicts
    ]


def _isolating(flow: FlowAssessment, direction: Direction) -> list[frozenset[str]]:
    return [frozenset(verdict.side(direction).isolating) for verdict in flow.verdicts]


def _some(of_verdicts: list[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*of_verdicts)


def _all(of_verdicts: list[frozenset[str]]) -> frozenset[str]:
    return frozenset[str].intersection(*of_verdicts)
