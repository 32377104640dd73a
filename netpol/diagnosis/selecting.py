"""Sentences about whom a policy and its rules mean."""

from netpol.diagnosis.told import Told, shown


def _labels(told: Told) -> tuple[str, str]:
    """What is written and what is meant, as labels."""
    key, before, after = told.edit.change.path[-1], told.edit.before, told.edit.after
    if isinstance(before, str) and isinstance(key, str):
        return shown({key: before}), shown({key: after}) if after else "nothing"
    if isinstance(before, dict) and isinstance(after, dict):
        gone = {k: v for k, v in before.items() if after.get(k) != v}
        new = {k: v for k, v in after.items() if before.get(k) != v}
        return shown(gone or before), shown(new or after)
    return shown(before), shown(after)


def policy_selector(told: Told) -> str:
    return f"{told.place} does not select {told.ends}: {_says(told, 'the pods say')}."


def pod_selector(told: Told) -> str:
    return f"{told.place} does not select {told.peers}: {_says(told, 'the pods say')}."


def namespace_selector(told: Told) -> str:
    whose = f"the namespace of {told.peers}"
    return f"{told.place} does not select {whose}: {_says(told, 'the namespace says')}."


def _says(told: Told, others_say: str) -> str:
    """What is written against what would be right."""
    key, before, after = told.edit.change.path[-1], told.edit.before, told.edit.after
    if after is None or key == "podSelector":
        return f"it asks for {shown(before)}, which they do not have"
    if before is None:
        return f"{shown(after)} is missing"
    if key in ("operator", "key"):
        return f"its {key} is {shown(before)}, and should be {shown(after)}"
    written, meant = _labels(told)
    return f"it says {written}, and {others_say} {meant}"


def no_namespace_selector(told: Told) -> str:
    return (
        f"{told.rule} looks for {told.peers} in its own namespace only: a podSelector without a "
        f"namespaceSelector means pods beside the policy, and {told.peers} is elsewhere."
    )


def missing_peer(told: Told) -> str:
    return f"{told.rule} has the right ports, but {told.peers} is missing among its peers."


def and_or(told: Told) -> str:
    joined = len(told.edit.after) < len(told.edit.before)
    if joined:
        return (
            f"{told.place} has namespaceSelector and podSelector as two list items: that means OR. "
            f"So {told.named} passes too. Put both into one item, under one dash: that means AND."
        )
    return (
        f"{told.place} has namespaceSelector and podSelector in one list item: that means AND, and "
        f"{told.peers} is not both. Make two items (two dashes) of them: that means OR."
    )


def peer(told: Told) -> str:
    return f"{told.place} does not mean {told.peers}: the kind of selector is another one."


def block(told: Told) -> str:
    if told.edit.change.path[-1] == "except":
        return f"{told.place} leaves {told.peers} out again."
    return f"{told.place} says {shown(told.edit.before)}, and {told.peers} is not in it."
