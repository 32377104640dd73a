"""What changed between two assessments of a lab: flows opened and closed, and by which policy."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from netpol.assess import Assessment, FlowAssessment
from netpol.diff.causes import PolicyCause, find_closers, find_openers
from netpol.lab import Lab
from netpol.model import Outcome

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
class AssessmentDifference:
    """`unclear` are changes from or to an unknown verdict; partial is half open."""

    opened: tuple[FlowChange, ...]
    closed: tuple[FlowChange, ...]
    unclear: tuple[FlowChange, ...]
    unchanged: tuple[str, ...]


def compare_assessments(before: Assessment, after: Assessment) -> AssessmentDifference:
    """Compare two assessments flow by flow, without flows that only one of them has."""
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
            causes = find_openers(then.verdicts, now.verdicts)
            opened.append(_describe_change("Opened", then, now, causes))
        else:
            causes = find_closers(then.verdicts, now.verdicts)
            closed.append(_describe_change("Closed", then, now, causes))
    return AssessmentDifference(tuple(opened), tuple(closed), tuple(unclear), tuple(unchanged))


def count_allowed_by_source(lab: Lab, assessment: Assessment) -> dict[str, int]:
    """How many of the reported flows each source may open, in the order of the lab's report."""
    allowing = {flow.flow for flow in assessment.flows if flow.predicted is Outcome.ALLOW}
    allowed = Counter(flow.source for flow in lab.reported_flows if flow.name in allowing)
    return {flow.source: allowed[flow.source] for flow in lab.reported_flows}


def _describe_change(
    word: str, then: FlowAssessment, now: FlowAssessment, causes: Iterable[PolicyCause]
) -> FlowChange:
    causes = [cause for cause in causes if cause.policies]
    policies = sorted({policy for cause in causes for policy in cause.policies})
    sentence = f"{word}: {'; '.join(cause.phrase for cause in causes)}."
    return FlowChange(now.flow, then.predicted, now.predicted, tuple(policies), sentence)
