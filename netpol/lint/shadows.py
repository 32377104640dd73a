"""Checks of rules against each other: which of them add nothing?"""

from collections.abc import Iterator
from dataclasses import replace

from netpol.lint.context import Finding, FindingLevel, LintContext, PlacedRule
from netpol.model import Direction
from netpol.repair.universe import Masks


def check_redundant_rules(context: LintContext) -> Iterator[Finding]:
    """What a rule lets through, another one lets through for the same pods and more."""
    placed = context.list_rules()
    masks = [_mask_rule(context, each) for each in placed]
    for index, each in enumerate(placed):
        for other, wider in enumerate(placed):
            if other == index or each.direction is not wider.direction:
                continue
            same = masks[index] == masks[other]
            if _is_within(masks[index], masks[other]) and (not same or other < index):
                yield _build_finding(each, wider, same=same)
                break


def _mask_rule(context: LintContext, placed: PlacedRule) -> Masks:
    rules = (placed.rule,)
    alone = (
        replace(placed.policy, ingress=rules, egress=None)
        if placed.direction is Direction.INGRESS
        else replace(placed.policy, egress=rules, ingress=None)
    )
    return context.universe.find_effect(alone).in_direction(placed.direction)


def _is_within(inner: Masks, outer: Masks) -> bool:
    """Where it selects and lets something pass at all."""
    return any(inner) and all(
        mask is None or (other is not None and not mask & ~other)
        for mask, other in zip(inner, outer, strict=True)
    )


def _build_finding(placed: PlacedRule, wider: PlacedRule, *, same: bool) -> Finding:
    what = "the same as" if same else "less than"
    return Finding(
        "NP114",
        FindingLevel.INFO,
        placed.policy.name,
        placed.path,
        f"It lets through {what} `{wider.policy.name}` ({wider.path}) does, so it adds nothing.",
        "It can be deleted, unless the other one is too wide.",
    )
