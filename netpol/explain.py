"""Why a flow is open or closed, in sentences for someone who met NetworkPolicy an hour ago.

Explanations name entities and policies, never pods, addresses or the student's namespace.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from netpol.evaluate import Gate
from netpol.evaluate.admission import Connection
from netpol.lab import Flow
from netpol.model import (
    Cluster,
    Direction,
    NamedPort,
    Outcome,
    Policy,
    Port,
    RuleMatch,
    Side,
    Verdict,
)
from netpol.nearest import Miss, NearMiss, nearest

DIRECTIONS = (Direction.EGRESS, Direction.INGRESS)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two of the pods behind a flow's ends, and what is decided about them.

    `students` are the names of the ends whose policies are the student's to write.
    """

    students: frozenset[str]
    flow: Flow
    cluster: Cluster
    connection: Connection
    verdict: Verdict

    def end(self, direction: Direction) -> str:
        return self.flow.source if direction is Direction.EGRESS else self.flow.destination

    def peer(self, direction: Direction) -> str:
        return self.flow.destination if direction is Direction.EGRESS else self.flow.source

    @property
    def wanted(self) -> str:
        return f"{self.flow.protocol} {self.flow.port}"

    def isolating(self, direction: Direction) -> tuple[Policy, ...]:
        return Gate.of(self.cluster, self.connection.subject(direction), direction).isolating

    def matters(self, direction: Direction) -> bool:
        """An end outside the student's namespace is worth a word where policies isolate it."""
        side = self.verdict.side(direction)
        students = self.end(direction) in self.students
        return students or bool(side.isolating or side.undefined)


def explain(pair: Pair, outcome: Outcome) -> str:
    """Say why one pair of a flow's pods fares as it does.

    `outcome` is the whole flow's: where it is partial, the sentences speak of the pods that are
    blocked. The first sentence stands for itself; the others add the other end and, where the lab
    wants the flow open, the rule that comes closest.
    """
    match pair.verdict.outcome:
        case Outcome.DENY:
            sentences = _blocked(pair, outcome)
        case Outcome.ALLOW:
            sentences = [_allowed(pair)]
        case _:
            sentences = [
                f"Not known at {pair.end(direction)}: {'; '.join(undefined)}."
                for direction in DIRECTIONS
                if (undefined := pair.verdict.side(direction).undefined)
            ]
    return " ".join(sentences)


def _blocked(pair: Pair, outcome: Outcome) -> list[str]:
    sides = [pair.verdict.side(direction) for direction in DIRECTIONS]
    denying = [side.direction for side in sides if side.outcome is Outcome.DENY]
    sentences = []
    for direction in denying:
        whom = " for some pods" if outcome is Outcome.PARTIAL else ""
        blocked = f"Blocked{whom}" if direction is denying[0] else "Also blocked"
        sentences.append(f"{blocked} at {pair.end(direction)}: {_denial(pair, direction)}.")
        near = nearest(pair.cluster, pair.connection, direction)
        # Where the lab wants the flow closed, no rule should come closer.
        if near and pair.flow.expected is Outcome.ALLOW:
            sentences.append(_near(pair, near))
    others = [direction for direction in DIRECTIONS if direction not in denying]
    return sentences + [_other_end(pair, other) for other in others if pair.matters(other)]


def _denial(pair: Pair, direction: Direction) -> str:
    policies = pair.isolating(direction)
    rules = sum(len(policy.rules(direction) or ()) for policy in policies)
    kind = direction.lower()
    isolated = f"{_isolating(policies, direction)} {pair.end(direction)} for {kind}"
    wanted = f"{pair.peer(direction)} on {pair.wanted}"
    whose = "its" if len(policies) == 1 else "their"
    match rules:
        case 0:
            return f"{isolated} and no {kind} rule applies to it"
        case 1:
            return f"{isolated} and {whose} only {kind} rule does not admit {wanted}"
        case _:
            return f"{isolated} and none of {whose} {rules} {kind} rules admits {wanted}"


def _isolating(policies: Sequence[Policy], direction: Direction) -> str:
    """Those that say nothing but no come first: they are what a reader calls the deny policy."""
    ordered = sorted(policies, key=lambda policy: (len(policy.rules(direction) or ()), policy.name))
    first, *others = (f"`{policy.name}`" for policy in ordered)
    match others:
        case []:
            return f"{first} isolates"
        case [second]:
            return f"{first} and {second} isolate"
        case _:
            return f"{first} and {len(others)} more policies isolate"


def _near(pair: Pair, near: NearMiss) -> str:
    peer = pair.peer(near.direction)
    rule = _rule(near.policy, near.direction, near.rule, near.path)
    match near.miss:
        case Miss.PORT:
            ports = " or ".join(_port(port) for port in near.ports)
            return f"Closest is {rule}: it admits {peer} on {ports}, not on {pair.wanted}."
        case Miss.PODS:
            but = f"its podSelector does not select {peer}"
        case Miss.OWN_NAMESPACE:
            but = f"without a namespaceSelector it looks for {peer} in its own namespace only"
        case Miss.NAMESPACE:
            but = f"its namespaceSelector does not select the namespace of {peer}"
        case Miss.PEER:
            but = f"its peers do not include {peer}"
    return f"Closest is {rule}: it covers {pair.wanted}, but {but}."


def _allowed(pair: Pair) -> str:
    reasons = [
        _permission(pair, pair.verdict.side(direction))
        for direction in DIRECTIONS
        if pair.matters(direction)
    ]
    return f"Allowed: {' and '.join(reasons) or 'no policy of the namespace concerns it'}."


def _other_end(pair: Pair, direction: Direction) -> str:
    end, side = pair.end(direction), pair.verdict.side(direction)
    if side.undefined:
        return f"Whether {end} may {_verb(direction)} it is not known: {'; '.join(side.undefined)}."
    if not side.isolating:
        return f"{end} may {_verb(direction)} it: no policy isolates it for {direction.lower()}."
    return f"{end} may {_verb(direction)} it by {_admitting(side)}."


def _permission(pair: Pair, side: Side) -> str:
    end = pair.end(side.direction)
    if not side.isolating:
        return f"no policy isolates {end} for {side.direction.lower()}"
    return f"{_admitting(side)} lets {end} {_verb(side.direction)} it"


def _admitting(side: Side) -> str:
    first, *others = dict.fromkeys(_match(match) for match in side.allowing)
    return f"{first} (and {len(others)} more)" if others else first


def _verb(direction: Direction) -> str:
    return "send" if direction is Direction.EGRESS else "receive"


def _match(match: RuleMatch) -> str:
    return _rule(match.policy, match.direction, match.rule)


def _rule(policy: str, direction: Direction, index: int, path: str = "") -> str:
    """`path` is the field within the rule that is meant, where it is not all of it."""
    whole = f"spec.{direction.section}[{index}]"
    return f"{direction.lower()} rule {index + 1} of `{policy}` (`{path or whole}`)"


def _port(port: Port) -> str:
    if isinstance(port, NamedPort):
        return f"{port.protocol} `{port.name}`"
    if (port.first, port.last) == (1, 65535):
        return f"every {port.protocol} port"
    numbers = str(port.first) if port.first == port.last else f"{port.first}-{port.last}"
    return f"{port.protocol} {numbers}"
