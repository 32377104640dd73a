"""Why a connection opened or closed: by which policies of which end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from netpol.causes import PolicyCause, find_closers, find_openers
from netpol.connections.population import Population
from netpol.connections.ports import PortSpace
from netpol.evaluate import PolicyGate, decide_gates
from netpol.model import Cluster, Direction, Endpoint, Pod, PortRange, Verdict


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


@dataclass(frozen=True, slots=True)
class Governed:
    """What governs one end, and the sets of ports that its rules tell apart."""

    gate: PolicyGate
    marks: frozenset[int]

    @classmethod
    def of(cls, people: Population, end: Endpoint, direction: Direction) -> "Governed":
        gate = PolicyGate.for_end(people.cluster, end, direction)
        ports = {port for _, _, rule in gate.list_rules() for port in rule.ports or ()}
        return cls(gate, frozenset(mask for port in ports for mask in people.masks(port)))


@dataclass(frozen=True, slots=True)
class Gates:
    """What governs the two ends of a pair, in one cluster."""

    cluster: Cluster
    egress: Governed
    ingress: Governed

    def verdict(self, port: PortRange) -> Verdict:
        gates = self.egress.gate, self.ingress.gate
        return decide_gates(self.cluster, *gates, port.first, port.protocol)


def reasons(
    turn: Turn, before: Gates, after: Gates, ports: int, space: PortSpace
) -> Mapping[Reason, int]:
    """Why ports of one pair went one way; for each reason which of them."""
    marks = {
        mark
        for gates in (before, after)
        for governed in (gates.egress, gates.ingress)
        for mark in governed.marks
    }
    parts = [ports]
    for mark in marks:
        parts = [piece for part in parts for piece in (part & mark, part & ~mark) if piece]
    found: dict[Reason, int] = {}
    for part in sorted(parts, key=lambda part: part & -part):
        why = _reason(turn, before, after, next(space.within(part)))
        found[why] = found.get(why, 0) | part
    return found


def _reason(turn: Turn, before: Gates, after: Gates, port: PortRange) -> Reason:
    """Of ports that no rule of these tells apart."""
    then, now = before.verdict(port), after.verdict(port)
    if turn is Turn.UNCLEAR:
        doubts = dict.fromkeys(doubt for each in (then, now) for doubt in _doubts(each))
        return Reason((), f"Unclear: {'; '.join(doubts)}.")
    find = find_openers if turn is Turn.OPENED else find_closers
    causes = [_placed(cause, after) for cause in find([then], [now])]
    return Reason(
        tuple(sorted(frozenset[str]().union(*(cause.policies for cause in causes)))),
        f"{turn.capitalize()}: {'; '.join(cause.phrase for cause in causes)}.",
    )


def _doubts(verdict: Verdict) -> Iterator[str]:
    yield from verdict.egress.undefined
    yield from verdict.ingress.undefined


def _placed(cause: PolicyCause, gates: Gates) -> PolicyCause:
    """Policies are of the namespace of the end whose side they decide."""
    governed = gates.egress if cause.direction is Direction.EGRESS else gates.ingress
    end = governed.gate.subject
    assert isinstance(end, Pod)  # noqa: S101  no policy isolates an address
    home = end.namespace
    return replace(cause, policies=frozenset(f"{home}/{policy}" for policy in cause.policies))
