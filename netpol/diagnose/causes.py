"""Root causes: each edit of the smallest repair stands at the place of one."""

from collections.abc import Mapping

from netpol.assess import Assessment, FlowAssessment
from netpol.diagnose.codes import classify_edit
from netpol.diagnose.facts import CauseFacts
from netpol.diagnose.messages import format_cause
from netpol.diagnose.model import MISSING_CODES, CauseCode, RootCause
from netpol.lab import Lab
from netpol.model import Direction, Outcome
from netpol.repair import PolicyEdit, Repair
from netpol.repair.structure import format_path

DIRECTIONS = (Direction.EGRESS, Direction.INGRESS)


def find_root_causes(
    lab: Lab, namespace: str, assessment: Assessment, repair: Repair
) -> tuple[RootCause, ...]:
    """The root causes of all flows that are not as expected, the most likely first.

    What is written wrongly comes before what is missing, what explains more flows before what
    explains fewer, and what no edit can mend last.
    """
    unmet = {flow.flow: flow for flow in assessment.flows if not flow.is_met}
    found = [
        cause
        for edit in repair.edits
        if (cause := _build_cause(lab, namespace, edit, unmet)) is not None
    ]
    found.sort(key=lambda cause: (cause.code in MISSING_CODES, -len(cause.flows)))
    explained = {flow for cause in found for flow in cause.flows}
    rest = [flow for name, flow in unmet.items() if name not in explained]
    return (*found, *(_build_outside_cause(lab, namespace, flow) for flow in rest))


def _build_cause(
    lab: Lab, namespace: str, edit: PolicyEdit, unmet: Mapping[str, FlowAssessment]
) -> RootCause | None:
    flows = tuple(name for name in edit.flows if name in unmet)
    if not flows:
        return None
    code, side = classify_edit(edit), _find_side(edit)
    other = DIRECTIONS[1 - DIRECTIONS.index(side)]
    facts = CauseFacts(
        lab,
        namespace,
        edit,
        side,
        [lab.find_flow(name) for name in flows],
        all(
            verdict.side_for(other).outcome is Outcome.ALLOW
            for name in flows
            for verdict in unmet[name].verdicts
        ),
    )
    is_missing = code in MISSING_CODES
    return RootCause(
        code,
        side,
        namespace,
        None if is_missing else edit.policy,
        None if is_missing else format_path(edit.change.place),
        flows,
        format_cause(code, facts),
        edit.policy,
    )


def _find_side(edit: PolicyEdit) -> Direction:
    if edit.direction:
        return edit.direction
    return Direction.INGRESS if "ingress" in edit.change.path else Direction.EGRESS


def _build_outside_cause(lab: Lab, namespace: str, flow: FlowAssessment) -> RootCause:
    """What the policies of the namespace cannot change, or what is not known."""
    code = CauseCode.UNKNOWN if flow.predicted is Outcome.UNKNOWN else CauseCode.OUTSIDE
    sides = (
        verdict.side_for(direction).direction
        for verdict in flow.verdicts
        for direction in DIRECTIONS
        if verdict.side_for(direction).outcome is not Outcome.ALLOW
    )
    theirs = lab.find_entity(lab.find_flow(flow.flow).destination).is_student_entity
    side = next(sides, Direction.INGRESS if theirs else Direction.EGRESS)
    return RootCause(code, side, namespace, None, None, (flow.flow,), flow.headline)
