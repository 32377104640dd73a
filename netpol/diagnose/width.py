"""Sentences about what lets more through than the lab wants."""

from netpol.diagnose.told import Told, shown
from netpol.repair.structure import PEER_LISTS


def policy(told: Told) -> str:
    if told.edit.after is None and not told.edit.change.path:
        return f"{told.policy} {_opens(told)}: delete it."
    before = told.edit.before
    which = f"what is {shown(before)}" if before else "every pod"
    return f"{told.place} selects {which}: that {_opens(told)}."


def rule(told: Told) -> str:
    return f"{told.rule} {_opens(told)}."


def peers(told: Told) -> str:
    if told.edit.before is not None:
        return f"{told.place} means more than it should: that {_opens(told)}."
    part = next(each for each in reversed(told.edit.change.path) if isinstance(each, str))
    if part in PEER_LISTS:
        return f"{told.rule} has no `{part}`, so everybody is meant: that {_opens(told)}."
    return f"{told.rule} has no `{part}` in this item, so more is meant: that {_opens(told)}."


def ports(told: Told) -> str:
    if told.edit.before is None:
        return f"{told.rule} has no `ports`, so every port is meant: that {_opens(told)}."
    return f"{told.place} holds more ports than it should: that {_opens(told)}."


def _opens(told: Told) -> str:
    return f"opens {told.named}, which the lab wants closed"
