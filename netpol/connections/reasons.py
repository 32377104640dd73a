"""Why a connection opened or closed: by which policies of which end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from netpol.causes import Cause, closers, openers
from netpol.evaluate import decide
from netpol.model import Cluster, Direction, Endpoint, Pod, PortRange, Verdict

Pair = tuple[Endpoint, Endpoint]


class Turn(StrEnum):
    """`UNCLEAR` is a change from or to an answer that is not known."""

    OPENED = "opened"
    CLOSED = "closed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reason:
    """`policies` are named `NAMESPACE/NAME`; an answer that is unclear has none."""

    policies: tuple[str, ...]
    sentence: str


def reason(
    turn: Turn, before: tuple[Cluster, Pair], after: tuple[Cluster, Pair], port: PortRange
) -> Reason:
    """Of one source and destination, for ports that no policy tells apart."""
    then, now = (
        decide(cluster, *pair, port.first, port.protocol) for cluster, pair in (before, after)
    )
    if turn is Turn.UNCLEAR:
        doubts = dict.fromkeys(doubt for verdict in (then, now) for doubt in _doubts(verdict))
        return Reason((), f"Unclear: {'; '.join(doubts)}.")
    find = openers if turn is Turn.OPENED else closers
    causes = [_placed(cause, after[1]) for cause in find([then], [now])]
    return Reason(
        tuple(sorted(frozenset[str]().union(*(cause.policies for cause in causes)))),
        f"{turn.capitalize()}: {'; '.join(cause.words for cause in causes)}.",
    )


def _doubts(verdict: Verdict) -> Iterator[str]:
    yield from verdict.egress.undefined
    yield from verdict.ingress.undefined


def _placed(cause: Cause, pair: Pair) -> Cause:
    """Policies are of the namespace of the end whose side they decide."""
    end = pair[0] if cause.direction is Direction.EGRESS else pair[1]
    assert isinstance(end, Pod)  # noqa: S101  no policy isolates an address
    return replace(
        cause, policies=frozenset(f"{end.namespace}/{policy}" for policy in cause.policies)
    )
