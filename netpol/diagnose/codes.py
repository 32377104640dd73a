"""The code of the cause that an edit mends: by its place and its effect."""

from netpol.diagnose.model import CauseCode
from netpol.model import Direction
from netpol.repair import PolicyEdit
from netpol.repair.structure import PEER_LISTS, TreeChange, list_leaves

SECTIONS = {direction.rules_field for direction in Direction}


def classify_edit(edit: PolicyEdit) -> CauseCode:
    match edit.change.path:
        case ():
            return CauseCode.MISSING_POLICY if edit.before is None else CauseCode.TOO_WIDE_POLICY
        case ("metadata", *_):
            return CauseCode.WRONG_NAMESPACE
        case ("spec", "policyTypes", *_):
            return CauseCode.MISSING_TYPE
        case ("spec", "podSelector", *_):
            return _choose_code(edit, CauseCode.WRONG_POLICY_SELECTOR, CauseCode.TOO_WIDE_POLICY)
        case ("spec", str(section), int(), *rest) if section in SECTIONS:
            return _classify_rule_edit(edit, tuple(rest))
    return CauseCode.MISSING_RULE if edit.change.path[-1] in SECTIONS else CauseCode.WRONG_RULE


def _choose_code(edit: PolicyEdit, mending: CauseCode, narrowing: CauseCode) -> CauseCode:
    return narrowing if edit.closes and not edit.opens else mending


def _classify_rule_edit(edit: PolicyEdit, rest: tuple[str | int, ...]) -> CauseCode:
    match rest:
        case ():
            if edit.before is None:
                return CauseCode.MISSING_RULE
            return CauseCode.TOO_WIDE_RULE if edit.after is None else CauseCode.WRONG_RULE
        case ("ports", *place):
            return _classify_port_edit(edit, tuple(place))
        case (str(peers), *place) if peers in PEER_LISTS:
            return _classify_peer_edit(edit, tuple(place))
    return CauseCode.WRONG_RULE


def _classify_port_edit(edit: PolicyEdit, place: tuple[str | int, ...]) -> CauseCode:
    match place:
        case (int(), "protocol"):
            return CauseCode.WRONG_PROTOCOL
        case (int(), _):
            return _choose_code(edit, CauseCode.WRONG_PORT, CauseCode.TOO_WIDE_PORTS)
    if edit.before is None and place:
        return CauseCode.MISSING_PORT
    return _choose_code(edit, CauseCode.WRONG_PORT, CauseCode.TOO_WIDE_PORTS)


def _classify_peer_edit(edit: PolicyEdit, place: tuple[str | int, ...]) -> CauseCode:
    match place:
        case ():
            if edit.before is not None and _has_same_leaves(edit.change):
                return CauseCode.AND_OR
            return _choose_code(edit, CauseCode.WRONG_PEER, CauseCode.TOO_WIDE_PEERS)
        case (int(),) if edit.before is None:
            return _choose_code(edit, CauseCode.MISSING_PEER, CauseCode.TOO_WIDE_PEERS)
        case (int(), "ipBlock", *_):
            return CauseCode.WRONG_BLOCK
    return _choose_code(edit, _classify_selector_edit(edit, place), CauseCode.TOO_WIDE_PEERS)


def _classify_selector_edit(edit: PolicyEdit, place: tuple[str | int, ...]) -> CauseCode:
    if len(place) == 1:
        return CauseCode.WRONG_PEER
    if "podSelector" in place:
        return CauseCode.WRONG_POD_SELECTOR
    if edit.before is None:
        return CauseCode.MISSING_NAMESPACE_SELECTOR
    return CauseCode.WRONG_NAMESPACE_SELECTOR


def _has_same_leaves(change: TreeChange) -> bool:
    """Whether both trees have the same selectors, put together differently."""
    before, after = (
        sorted(repr((path[-1:], value)) for path, value in list_leaves(tree).items())
        for tree in (change.before, change.after)
    )
    return before == after
