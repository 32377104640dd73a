"""What is too much to assess within the time that one namespace may take."""

from collections.abc import Sequence

from netpol.model import Direction, Pod, Policy

MOST_WORK = 5_000_000
"""Pairs of pods times parts of rules: some five seconds, of which a class has but a hundred."""


class TooLargeError(ValueError):
    """One namespace would take the time or the room of the whole class."""


def refuse_too_large(pods: Sequence[Pod], policies: Sequence[Policy]) -> None:
    """Raises `TooMuch` with what to do about it. `pods` and `policies` are of one namespace."""
    rules = [rule for one in policies for each in Direction for rule in one.rules_for(each) or ()]
    parts = sum(1 + len(rule.peers or ()) + len(rule.ports or ()) for rule in rules)
    if len(pods) ** 2 * parts > MOST_WORK:
        raise TooLargeError(
            f"It is too large to evaluate, with {len(pods)} pods and {len(rules)} rules: delete "
            "the ones that are not needed."
        )
