"""Sentences about what lets more through than the lab wants."""

from netpol.diagnosis.told import Told, shown
from netpol.repair.structure import PEER_LISTS


def wide_policy(told: Told) -> str:
    if told.edit.after is None and not told.edit.change.path:
        return f"{told.policy} lets {told.named} through, which the lab wants closed: delete it."
    before = told.edit.before
    which = f"what is {shown(before)}" if before else "every pod"
    return f"{told.place} selects {which}, and so lets {told.named} through."


def wide_rule(told: Told) -> str:
    return f"{told.rule} lets {told.named} through, which the lab wants closed."


def wide_peers(told: Told) -> str:
    if told.edit.before is None:
        part = told.edit.change.path[-1]
        what = "names no peers" if part in PEER_LISTS else f"has no {part} in this item"
        return f"{told.rule} {what}, so it lets {told.named} through: whoever it is."
    return f"{told.place} means more than it should, and so lets {told.named} through."


def wide_ports(told: Told) -> str:
    if told.edit.before is None:
        return f"{told.rule} names no ports, so it lets {told.named} through: every port."
    return f"{told.place} holds more ports than it should, and so lets {told.named} through."
