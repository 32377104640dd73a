"""Sentences about whom a policy and its rules mean."""

from netpol.diagnose.told import Told, shown


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
    return f"{told.place} does not select {told.ends}: {_says(told, 'the label of its pods')}."


def pod_selector(told: Told) -> str:
    return f"{told.place} does not select {told.peers}: {_says(told, 'the label of its pods')}."


def namespace_selector(told: Told) -> str:
    whose = f"the namespace of {told.peers}"
    return f"{told.place} does not select {whose}: {_says(told, 'the label of that namespace')}."


def _says(told: Told, label: str) -> str:
    """What is written against what would be right."""
    key, before, after = told.edit.change.path[-1], told.edit.before, told.edit.after
    if after is None or key == "podSelector":
        return f"it asks for {shown(before)}, which is no label of theirs"
    if before is None:
        return f"{shown(after)} is missing"
    if key in ("operator", "key"):
        return f"its {key} is {shown(before)}, and should be {shown(after)}"
    written, meant = _labels(told)
    return f"it says {written}, but {label} is {meant}"


def no_namespace_selector(told: Told) -> str:
    return (
        f"{told.rule} looks for {told.peers} in the policy's own namespace only, because its "
        f"podSelector has no namespaceSelector beside it. {told.peers} is in another namespace."
    )


def missing_peer(told: Told) -> str:
    return f"{told.rule} names the right ports, but {told.peers} is missing among its peers."


def and_or(told: Told) -> str:
    joined = len(told.edit.after) < len(told.edit.before)
    if joined:
        return (
            f"{told.place} has namespaceSelector and podSelector as two list items: that means OR, "
            f"and opens {told.named} too. Put both into one item, under one dash: that means AND."
        )
    return (
        f"{told.place} has namespaceSelector and podSelector in one list item: that means AND, and "
        f"{told.peers} is not both. Make two items (two dashes) of them: that means OR."
    )


def peer(told: Told) -> str:
    written, meant = _kinds(told.edit.before), _kinds(told.edit.after)
    if written and meant and written != meant:
        return f"{told.place} does not mean {told.peers}: it has {written}, and needs {meant}."
    return f"{told.place} does not mean {told.peers}: it means other pods, or nobody."


def _kinds(peer: object) -> str:
    return " and ".join(f"a `{kind}`" for kind in peer) if isinstance(peer, dict) else ""


def block(told: Told) -> str:
    if told.edit.change.path[-1] == "except":
        return f"{told.place} takes {told.peers} out of the block again."
    before = shown(told.edit.before)
    return f"{told.place} says {before}, and the address of {told.peers} is not in it."
