"""Why a flow is open or closed, in sentences for someone who met NetworkPolicy an hour ago.

Explanations name entities and policies, never pods, addresses or the student's namespace.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from netpol.evaluate import PolicyGate
from netpol.evaluate.matching import Connection
from netpol.lab import Flow
from netpol.model import (
    Cluster,
    Direction,
    NamedPort,
    Outcome,
    Policy,
    Port,
    RuleMatch,
    Verdict,
    VerdictSide,
)
from netpol.near_miss import MissKind, NearMiss, find_near_miss

DIRECTIONS = (Direction.EGRESS, Direction.INGRESS)


@dataclass(frozen=True, slots=True)
class FlowPair:
    """Two of the pods behind a flow's ends, and what is decided about them.

    `students` are the names of the ends whose policies are the student's to write.
    """

    students: frozenset[str]
    flow: Flow
    cluster: Cluster
    connection: Connection
    verdict: Verdict

    def end_name(self, direction: Direction) -> str:
        return self.flow.source if direction is Direction.EGRESS else self.flow.destination

    def peer_name(self, direction: Direction) -> str:
        return self.flow.destination if direction is Direction.EGRESS else self.flow.source

    @property
    def port_text(self) -> str:
        return f"{self.flow.protocol} {self.flow.port}"

    def find_isolating(self, direction: Direction) -> tuple[Policy, ...]:
        return PolicyGate.for_end(
            self.cluster, self.connection.subject_for(direction), direction
        ).isolating

    def is_relevant(self, direction: Direction) -> bool:
        """An end outside the student's namespace is worth a word where policies isolate it."""
        side = self.verdict.side_for(direction)
        students = self.end_name(direction) in self.students
        return students or bool(side.isolating or side.undefined)


def explain_flow(pair: FlowPair, outcome: Outcome) -> str:
    """Say why one pair of a flow's pods fares as it does.

    `outcome` is the whole flow's: where it is partial, the sentences speak of the pods that are
    blocked. The first sentence stands for itself; the others add the other end and, where the lab
    wants the flow open, the rule that comes closest.
    """
    match pair.verdict.outcome:
        case Outcome.DENY:
            sentences = _explain_block(pair, outcome)
        case Outcome.ALLOW:
            sentences = [_explain_allowance(pair)]
        case _:
            sentences = [
                f"Not known at {pair.end_name(direction)}: {'; '.join(undefined)}."
                for direction in DIRECTIONS
                if (undefined := pair.verdict.side_for(direction).undefined)
            ]
    return " ".join(sentences)


def _explain_block(pair: FlowPair, outcome: Outcome) -> list[str]:
    sides = [pair.verdict.side_for(direction) for direction in DIRECTIONS]
    denying = [side.direction for side in sides if side.outcome is Outcome.DENY]
    sentences = []
    for direction in denying:
        whom = " for some pods" if outcome is Outcome.PARTIAL else ""
        blocked = f"Blocked{whom}" if direction is denying[0] else "Also blocked"
        sentences.append(
            f"{blocked} at {pair.end_name(direction)}: {_explain_denial(pair, direction)}."
        )
        near = find_near_miss(pair.cluster, pair.connection, direction)
        # Where the lab wants the flow closed, no rule should come closer.
        if near and pair.flow.expected is Outcome.ALLOW:
            sentences.append(_explain_near_miss(pair, near))
    others = [direction for direction in DIRECTIONS if direction not in denying]
    return sentences + [
        _explain_other_end(pair, other) for other in others if pair.is_relevant(other)
    ]


def _explain_denial(pair: FlowPair, direction: Direction) -> str:
    policies = pair.find_isolating(direction)
    rules = sum(len(policy.rules_for(direction) or ()) for policy in policies)
    kind = direction.lower()
    isolated = f"{_format_isolating(policies, direction)} {pair.end_name(direction)} for {kind}"
    wanted = f"{pair.peer_name(direction)} on {pair.port_text}"
    whose = "its" if len(policies) == 1 else "their"
    match rules:
        case 0:
            return f"{isolated} and no {kind} rule applies to it"
        case 1:
            return f"{isolated} and {whose} only {kind} rule does not admit {wanted}"
        case _:
            return f"{isolated} and none of {whose} {rules} {kind} rules admits {wanted}"


def _format_isolating(policies: Sequence[Policy], direction: Direction) -> str:
    """Those that say nothing but no come first: they are what a reader calls the deny policy."""
    ordered = sorted(
        policies, key=lambda policy: (len(policy.rules_for(direction) or ()), policy.name)
    )
    first, *others = (f"`{policy.name}`" for policy in ordered)
    match others:
        case []:
            return f"{first} isolates"
        case [second]:
            return f"{first} and {second} isolate"
        case _:
            return f"{first} and {len(others)} more policies isolate"


def _explain_near_miss(pair: FlowPair, near: NearMiss) -> str:
    peer = pair.peer_name(near.direction)
    rule = _format_rule(near.policy, near.direction, near.rule, near.path)
    match near.miss:
        case MissKind.PORT:
            ports = " or ".join(_format_port(port) for port in near.ports)
            return f"Closest is {rule}: it admits {peer} on {ports}, not on {pair.port_text}."
        case MissKind.PODS:
            but = f"its podSelector does not select {peer}"
        case MissKind.OWN_NAMESPACE:
            but = f"without a namespaceSelector it looks for {peer} in its own namespace only"
        case MissKind.NAMESPACE:
            but = f"its namespaceSelector does not select the namespace of {peer}"
        case MissKind.PEER:
            but = f"its peers do not include {peer}"
    return f"Closest is {rule}: it covers {pair.port_text}, but {but}."


def _explain_allowance(pair: FlowPair) -> str:
    reasons = [
        _explain_permission(pair, pair.verdict.side_for(direction))
        for direction in DIRECTIONS
        if pair.is_relevant(direction)
    ]
    return f"Allowed: {' and '.join(reasons) or 'no policy of the namespace concerns it'}."


def _explain_other_end(pair: FlowPair, direction: Direction) -> str:
    end, side = pair.end_name(direction), pair.verdict.side_for(direction)
    verb = _choose_verb(direction)
    if side.undefined:
        return f"Whether {end} may {verb} it is not known: {'; '.join(side.undefined)}."
    if not side.isolating:
        return f"{end} may {verb} it: no policy isolates it for {direction.lower()}."
    return f"{end} may {verb} it by {_format_admitting(side)}."


def _explain_permission(pair: FlowPair, side: VerdictSide) -> str:
    end = pair.end_name(side.direction)
    if not side.isolating:
        return f"no policy isolates {end} for {side.direction.lower()}"
    return f"{_format_admitting(side)} lets {end} {_choose_verb(side.direction)} it"


def _format_admitting(side: VerdictSide) -> str:
    first, *others = dict.fromkeys(_format_match(match) for match in side.allowing)
    return f"{first} (and {len(others)} more)" if others else first


def _choose_verb(direction: Direction) -> str:
    return "send" if direction is Direction.EGRESS else "receive"


def _format_match(match: RuleMatch) -> str:
    return _format_rule(match.policy, match.direction, match.rule)


def _format_rule(policy: str, direction: Direction, index: int, path: str = "") -> str:
    """`path` is the field within the rule that is meant, where it is not all of it."""
    whole = f"spec.{direction.rules_field}[{index}]"
    return f"{direction.lower()} rule {index + 1} of `{policy}` (`{path or whole}`)"


def _format_port(port: Port) -> str:
    if isinstance(port, NamedPort):
        return f"{port.protocol} `{port.name}`"
    if (port.first, port.last) == (1, 65535):
        return f"every {port.protocol} port"
    numbers = str(port.first) if port.first == port.last else f"{port.first}-{port.last}"
    return f"{port.protocol} {numbers}"
