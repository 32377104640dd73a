"""Why a connection opened or closed: the policies of its two ends."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from netpol.connections.population import Population
from netpol.connections.ports import PortSpace
from netpol.diff.causes import find_closers, find_openers
from netpol.evaluate import PolicyGate, decide_gates
from netpol.model import Cluster, Direction, Endpoint, Pod, PortRange, Verdict


class ConnectionChangeKind(StrEnum):
    """`UNCLEAR` is a change from or to an unknown verdict."""

    OPENED = "opened"
    CLOSED = "closed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class ChangeReason:
    """`policies` are named `NAMESPACE/NAME`; an unclear change has none."""

    policies: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class EndRules:
    """The policies of one end, and the sets of ports that its rules name."""

    gate: PolicyGate
    marks: frozenset[int]

    @classmethod
    def from_endpoint(
        cls, population: Population, end: Endpoint, direction: Direction
    ) -> "EndRules":
        gate = PolicyGate.for_end(population.cluster, end, direction)
        ports = {port for _, _, rule in gate.list_rules() for port in rule.ports or ()}
        return cls(
            gate, frozenset(mask for port in ports for mask in population.list_port_masks(port))
        )


@dataclass(frozen=True, slots=True)
class PairGates:
    """The policies of both ends of a pair in one cluster."""

    cluster: Cluster
    egress: EndRules
    ingress: EndRules

    def find_verdict(self, port: PortRange) -> Verdict:
        gates = self.egress.gate, self.ingress.gate
        return decide_gates(self.cluster, *gates, port.first, port.protocol)


def explain_ports(
    kind: ConnectionChangeKind, before: PairGates, after: PairGates, ports: int, space: PortSpace
) -> Mapping[ChangeReason, int]:
    """Each reason why ports of one pair changed, with its ports."""
    marks = {
        mark
        for gates in (before, after)
        for rules in (gates.egress, gates.ingress)
        for mark in rules.marks
    }
    parts = [ports]
    for mark in marks:
        parts = [piece for part in parts for piece in (part & mark, part & ~mark) if piece]
    found: dict[ChangeReason, int] = {}
    for part in sorted(parts, key=lambda part: part & -part):
        why = _explain_part(kind, before, after, next(space.list_parts(part)))
        found[why] = found.get(why, 0) | part
    return found


def _explain_part(
    kind: ConnectionChangeKind, before: PairGates, after: PairGates, port: PortRange
) -> ChangeReason:
    """The reason for ports that all these rules treat alike."""
    then, now = before.find_verdict(port), after.find_verdict(port)
    if kind is ConnectionChangeKind.UNCLEAR:
        sides = (side for each in (then, now) for side in (each.egress, each.ingress))
        doubts = dict.fromkeys(doubt for side in sides for doubt in side.undefined)
        return ChangeReason((), f"Unclear: {'; '.join(doubts)}.")
    find = find_openers if kind is ConnectionChangeKind.OPENED else find_closers
    causes = []
    for cause in find([then], [now]):
        end = (after.egress if cause.direction is Direction.EGRESS else after.ingress).gate.subject
        assert isinstance(end, Pod)  # noqa: S101  no policy isolates an address
        names = frozenset(f"{end.namespace}/{policy}" for policy in cause.policies)
        causes.append(replace(cause, policies=names))
    return ChangeReason(
        tuple(sorted({policy for cause in causes for policy in cause.policies})),
        f"{kind.capitalize()}: {'; '.join(cause.phrase for cause in causes)}.",
    )
