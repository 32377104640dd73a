"""Which mistake an edit mends, by where it is and what it does."""

from netpol.diagnose.model import Code
from netpol.model import Direction
from netpol.repair import Edit
from netpol.repair.structure import PEER_LISTS, Change, leaves

SECTIONS = {direction.rules_field for direction in Direction}


def kind(edit: Edit) -> Code:
    match edit.change.path:
        case ():
            return Code.MISSING_POLICY if edit.before is None else Code.TOO_WIDE_POLICY
        case ("metadata", *_):
            return Code.WRONG_NAMESPACE
        case ("spec", "policyTypes", *_):
            return Code.MISSING_TYPE
        case ("spec", "podSelector", *_):
            return _narrowing(edit, Code.WRONG_POLICY_SELECTOR, Code.TOO_WIDE_POLICY)
        case ("spec", str(section), int(), *rest) if section in SECTIONS:
            return _in_rule(edit, tuple(rest))
    return Code.MISSING_RULE if edit.change.path[-1] in SECTIONS else Code.WRONG_RULE


def _narrowing(edit: Edit, mends: Code, narrows: Code) -> Code:
    return narrows if edit.closes and not edit.opens else mends


def _in_rule(edit: Edit, rest: tuple[str | int, ...]) -> Code:
    match rest:
        case ():
            if edit.before is None:
                return Code.MISSING_RULE
            return Code.TOO_WIDE_RULE if edit.after is None else Code.WRONG_RULE
        case ("ports", *place):
            return _in_ports(edit, tuple(place))
        case (str(peers), *place) if peers in PEER_LISTS:
            return _in_peers(edit, tuple(place))
    return Code.WRONG_RULE


def _in_ports(edit: Edit, place: tuple[str | int, ...]) -> Code:
    match place:
        case (int(), "protocol"):
            return Code.WRONG_PROTOCOL
        case (int(), _):
            return _narrowing(edit, Code.WRONG_PORT, Code.TOO_WIDE_PORTS)
    if edit.before is None and place:
        return Code.MISSING_PORT
    return _narrowing(edit, Code.WRONG_PORT, Code.TOO_WIDE_PORTS)


def _in_peers(edit: Edit, place: tuple[str | int, ...]) -> Code:
    match place:
        case ():
            if edit.before is not None and _same_words(edit.change):
                return Code.AND_OR
            return _narrowing(edit, Code.WRONG_PEER, Code.TOO_WIDE_PEERS)
        case (int(),) if edit.before is None:
            return _narrowing(edit, Code.MISSING_PEER, Code.TOO_WIDE_PEERS)
        case (int(), "ipBlock", *_):
            return Code.WRONG_BLOCK
    return _narrowing(edit, _selector(edit, place), Code.TOO_WIDE_PEERS)


def _selector(edit: Edit, place: tuple[str | int, ...]) -> Code:
    if len(place) == 1:
        return Code.WRONG_PEER
    if "podSelector" in place:
        return Code.WRONG_POD_SELECTOR
    if edit.before is None:
        return Code.MISSING_NAMESPACE_SELECTOR
    return Code.WRONG_NAMESPACE_SELECTOR


def _same_words(change: Change) -> bool:
    """The same selectors, only otherwise put together."""
    before, after = (
        sorted(repr((path[-1:], value)) for path, value in leaves(tree).items())
        for tree in (change.before, change.after)
    )
    return before == after
