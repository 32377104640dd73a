"""Checks of rules against each other: which of them add nothing?"""

from collections.abc import Iterator
from dataclasses import replace

from netpol.lint.model import Finding, Level, Placed, Scene
from netpol.model import Direction
from netpol.repair.universe import Masks


def shadowed(scene: Scene) -> Iterator[Finding]:
    """What a rule lets through, another one lets through for the same pods and more."""
    placed = scene.rules()
    masks = [_masks(scene, each) for each in placed]
    for index, each in enumerate(placed):
        for other, wider in enumerate(placed):
            if other == index or each.direction is not wider.direction:
                continue
            same = masks[index] == masks[other]
            if _within(masks[index], masks[other]) and (not same or other < index):
                yield _finding(each, wider, same=same)
                break


def _masks(scene: Scene, placed: Placed) -> Masks:
    rules = (placed.rule,)
    alone = (
        replace(placed.policy, ingress=rules, egress=None)
        if placed.direction is Direction.INGRESS
        else replace(placed.policy, egress=rules, ingress=None)
    )
    return scene.universe.effect(alone).of(placed.direction)


def _within(inner: Masks, outer: Masks) -> bool:
    """Where it selects and lets something pass at all."""
    return any(inner) and all(
        mask is None or (other is not None and not mask & ~other)
        for mask, other in zip(inner, outer, strict=True)
    )


def _finding(placed: Placed, wider: Placed, *, same: bool) -> Finding:
    what = "the same as" if same else "less than"
    return Finding(
        "NP114",
        Level.INFO,
        placed.policy.name,
        placed.path,
        f"It lets through {what} `{wider.policy.name}` ({wider.path}) does, so it adds nothing.",
        "It can be deleted, unless the other one is too wide.",
    )
