"""Root causes: each edit of the smallest repair stands at the place of one."""

from collections.abc import Iterator, Mapping

from netpol.assess import Assessment, FlowAssessment
from netpol.diagnose.kinds import kind
from netpol.diagnose.model import MISSING, Cause, Code
from netpol.diagnose.told import Told
from netpol.diagnose.wording import words
from netpol.lab import Lab
from netpol.model import Direction, Outcome
from netpol.repair import Edit, Repair
from netpol.repair.structure import text

DIRECTIONS = (Direction.EGRESS, Direction.INGRESS)


def causes(lab: Lab, namespace: str, assessment: Assessment, repair: Repair) -> tuple[Cause, ...]:
    """Most likely first: what is written wrongly before what is not there yet, and of these what
    explains the most flows; then what no edit can mend.
    """
    unmet = {flow.flow: flow for flow in assessment.flows if not flow.is_met}
    found = [
        cause for edit in repair.edits if (cause := _cause(lab, namespace, edit, unmet)) is not None
    ]
    found.sort(key=lambda cause: (cause.code in MISSING, -len(cause.flows)))
    explained = {flow for cause in found for flow in cause.flows}
    rest = [flow for name, flow in unmet.items() if name not in explained]
    return (*found, *(_beyond(lab, namespace, flow) for flow in rest))


def _cause(
    lab: Lab, namespace: str, edit: Edit, unmet: Mapping[str, FlowAssessment]
) -> Cause | None:
    flows = tuple(name for name in edit.flows if name in unmet)
    if not flows:
        return None
    code, side = kind(edit), _side(edit)
    other = DIRECTIONS[1 - DIRECTIONS.index(side)]
    told = Told(
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
    policy, path = edit.policy, text(edit.change.place)
    is_missing = code in MISSING
    return Cause(
        code,
        side,
        namespace,
        None if is_missing else policy,
        None if is_missing else path,
        flows,
        words(code, told),
        policy,
    )


def _side(edit: Edit) -> Direction:
    if edit.direction:
        return edit.direction
    return Direction.INGRESS if "ingress" in edit.change.path else Direction.EGRESS


def _beyond(lab: Lab, namespace: str, flow: FlowAssessment) -> Cause:
    """What the policies of the namespace cannot change, or what is not known."""
    code = Code.UNKNOWN if flow.predicted is Outcome.UNKNOWN else Code.OUTSIDE
    sides = (
        verdict.side_for(direction).direction
        for verdict in flow.verdicts
        for direction in DIRECTIONS
        if verdict.side_for(direction).outcome is not Outcome.ALLOW
    )
    theirs = lab.find_entity(lab.find_flow(flow.flow).destination).is_student_entity
    side = next(sides, Direction.INGRESS if theirs else Direction.EGRESS)
    return Cause(code, side, namespace, None, None, (flow.flow,), flow.headline)


def of_flow(name: str, found: tuple[Cause, ...]) -> Iterator[Cause]:
    return (cause for cause in found if name in cause.flows)
