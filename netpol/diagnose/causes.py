"""Root causes: each edit of the smallest repair stands at the place of one."""

from collections.abc import Mapping

from netpol.assess import Assessment, FlowAssessment
from netpol.diagnose.messages import CauseFacts, format_cause
from netpol.diagnose.model import MISSING_CODES, CauseCode, RootCause
from netpol.lab import Lab
from netpol.model import Direction, Outcome
from netpol.repair import PolicyEdit, Repair
from netpol.repair.structure import PEER_LISTS, TreeChange, format_path, list_leaves

DIRECTIONS = (Direction.EGRESS, Direction.INGRESS)
SECTIONS = {direction.rules_field for direction in Direction}


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
    is_ingress = "ingress" in edit.change.path
    side = edit.direction or (Direction.INGRESS if is_ingress else Direction.EGRESS)
    other = DIRECTIONS[1 - DIRECTIONS.index(side)]
    verdicts = [verdict for name in flows for verdict in unmet[name].verdicts]
    is_other_open = all(each.side_for(other).outcome is Outcome.ALLOW for each in verdicts)
    wanted = [lab.find_flow(name) for name in flows]
    code = classify_edit(edit)
    policy = path = None
    if code not in MISSING_CODES:
        policy, path = edit.policy, format_path(edit.change.place)
    message = format_cause(code, CauseFacts(lab, namespace, edit, side, wanted, is_other_open))
    return RootCause(code, side, namespace, policy, path, flows, message, edit.policy)


def _build_outside_cause(lab: Lab, namespace: str, flow: FlowAssessment) -> RootCause:
    """What the policies of the namespace cannot change, or what is not known."""
    code = CauseCode.UNKNOWN if flow.predicted is Outcome.UNKNOWN else CauseCode.OUTSIDE
    sides = (
        direction
        for verdict in flow.verdicts
        for direction in DIRECTIONS
        if verdict.side_for(direction).outcome is not Outcome.ALLOW
    )
    theirs = lab.find_entity(lab.find_flow(flow.flow).destination).is_student_entity
    side = next(sides, Direction.INGRESS if theirs else Direction.EGRESS)
    return RootCause(code, side, namespace, None, None, (flow.flow,), flow.headline)


def classify_edit(edit: PolicyEdit) -> CauseCode:
    """The code of the cause that an edit mends: by its place and its effect."""
    match edit.change.path:
        case ():
            return CauseCode.MISSING_POLICY if edit.before is None else CauseCode.TOO_WIDE_POLICY
        case ("metadata", *_):
            return CauseCode.WRONG_NAMESPACE
        case ("spec", "policyTypes", *_):
            return CauseCode.MISSING_TYPE
        case ("spec", "podSelector", *_):
            return _choose_code(edit, CauseCode.WRONG_POLICY_SELECTOR, CauseCode.TOO_WIDE_POLICY)
        case ("spec", str(section), int(), *place) if section in SECTIONS:
            return _classify_rule_edit(edit, place)
    return CauseCode.MISSING_RULE if edit.change.path[-1] in SECTIONS else CauseCode.WRONG_RULE


def _classify_rule_edit(edit: PolicyEdit, place: list[str | int]) -> CauseCode:
    match place:
        case () if edit.before is None:
            return CauseCode.MISSING_RULE
        case () if edit.after is None:
            return CauseCode.TOO_WIDE_RULE
        case ("ports", *inner):
            return _classify_port_edit(edit, inner)
        case (str(peers), *inner) if peers in PEER_LISTS:
            return _classify_peer_edit(edit, inner)
    return CauseCode.WRONG_RULE


def _choose_code(edit: PolicyEdit, mending: CauseCode, narrowing: CauseCode) -> CauseCode:
    return narrowing if edit.closes and not edit.opens else mending


def _classify_port_edit(edit: PolicyEdit, place: list[str | int]) -> CauseCode:
    match place:
        case (int(), "protocol"):
            return CauseCode.WRONG_PROTOCOL
        case (_,) if edit.before is None:
            return CauseCode.MISSING_PORT
    return _choose_code(edit, CauseCode.WRONG_PORT, CauseCode.TOO_WIDE_PORTS)


def _classify_peer_edit(edit: PolicyEdit, place: list[str | int]) -> CauseCode:
    code = CauseCode.WRONG_NAMESPACE_SELECTOR
    match place:
        case () if edit.before is not None and _has_same_leaves(edit.change):
            return CauseCode.AND_OR
        case (int(), "ipBlock", *_):
            return CauseCode.WRONG_BLOCK
        case (int(),) if edit.before is None:
            code = CauseCode.MISSING_PEER
        case () | (_,):
            code = CauseCode.WRONG_PEER
        case _ if "podSelector" in place:
            code = CauseCode.WRONG_POD_SELECTOR
        case _ if edit.before is None:
            code = CauseCode.MISSING_NAMESPACE_SELECTOR
    return _choose_code(edit, code, CauseCode.TOO_WIDE_PEERS)


def _has_same_leaves(change: TreeChange) -> bool:
    """Whether both trees have the same selectors, put together differently."""
    before, after = (
        sorted(repr((path[-1:], value)) for path, value in list_leaves(tree).items())
        for tree in (change.before, change.after)
    )
    return before == after
