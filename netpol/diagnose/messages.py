"""A root cause in one or two sentences, for somebody who met NetworkPolicy an hour ago."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from netpol.diagnose.model import CauseCode
from netpol.lab import Flow, Lab
from netpol.model import Direction, Outcome
from netpol.repair import PolicyEdit
from netpol.repair.structure import PEER_LISTS, format_path


@dataclass(frozen=True, slots=True)
class CauseFacts:
    """The edit that mends a cause and the flows that it explains, at least one.

    `other_side` is whether the other side of all these flows lets them pass already.
    """

    lab: Lab
    namespace: str
    edit: PolicyEdit
    direction: Direction
    flows: Sequence[Flow]
    other_side: bool

    def select_flows(self, expected: Outcome) -> "CauseFacts | None":
        """The same facts about the flows with this expected outcome; `None` without any."""
        flows = [flow for flow in self.flows if flow.expected is expected]
        return replace(self, flows=flows) if flows else None

    @property
    def policy(self) -> str:
        return f"`{self.edit.policy}`"

    @property
    def rule(self) -> str:
        return f"{self.policy} (`{format_path(self.edit.change.path[:3])}`)"

    @property
    def place(self) -> str:
        return f"{self.policy} (`{format_path(self.edit.change.place)}`)"

    @property
    def written(self) -> str:
        """The value before the edit."""
        return format_value(self.edit.before)

    @property
    def opened(self) -> str:
        return f"opens {self.flow_names}, which the lab wants closed"

    @property
    def subjects(self) -> str:
        """The ends that the policy selects, or should."""
        return self._format_titles(
            flow.ends[self.direction is Direction.INGRESS] for flow in self.flows
        )

    @property
    def peers(self) -> str:
        """The ends that its rules speak of."""
        return self._format_titles(
            flow.ends[self.direction is Direction.EGRESS] for flow in self.flows
        )

    @property
    def destinations(self) -> str:
        return self._format_titles(flow.destination for flow in self.flows)

    @property
    def ports(self) -> str:
        return format_list([f"{flow.protocol} {flow.port}" for flow in self.flows])

    @property
    def flow_names(self) -> str:
        first, *others = (flow.name for flow in self.flows)
        return f"{first} and {len(others)} more" if others[1:] else format_list([first, *others])

    @property
    def is_within_namespace(self) -> bool:
        """Whether the student writes the policies of both sides."""
        ends = {end for flow in self.flows for end in flow.ends}
        return all(self.lab.find_entity(end).is_student_entity for end in ends)

    def _format_titles(self, names: Iterable[str]) -> str:
        return format_list([self.lab.find_entity(name).title for name in names])


def format_list(names: Sequence[str]) -> str:
    """Each name once, as `a, b and c`."""
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def format_value(value: Any) -> str:
    """A value of a manifest, short enough for a sentence."""
    match value:
        case None:
            return "nothing"
        case {"matchLabels": dict(pairs), **rest} if not rest:
            return format_value(pairs)
        case dict() if value and all(isinstance(each, str) for each in value.values()):
            return ", ".join(f"`{key}: {each}`" for key, each in value.items())
        case {} | []:
            return "`{}`"
        case dict() | list():
            return "what stands there"
    return f"`{value}`"


def format_cause(code: CauseCode, facts: CauseFacts) -> str:
    return _FORMATS[code](facts)


def _format_missing(facts: CauseFacts) -> str:
    sentences = []
    if blocked := facts.select_flows(Outcome.ALLOW):
        sentences.append(_format_not_allowed(blocked))
    if opened := facts.select_flows(Outcome.DENY):
        is_egress = opened.direction is Direction.EGRESS
        way = "reach everybody" if is_egress else "be reached by everybody"
        sentences.append(
            f"No policy restricts {opened.direction.lower()} of {opened.subjects}, so "
            f"{opened.subjects} may {way}: that {opened.opened}."
        )
    return " ".join(sentences)


def _format_not_allowed(facts: CauseFacts) -> str:
    verb, back, word = "send", "receive", "to"
    if facts.direction is Direction.INGRESS:
        verb, back, word = "receive", "send", "from"
    blocked = f"{facts.subjects} may not {verb} {facts.ports} {word} {facts.peers}"
    missing = f"an {facts.direction.lower()} rule on {facts.subjects} is missing"
    if facts.other_side and facts.is_within_namespace:
        return (
            f"{facts.peers} may {back} it, but {blocked}: {missing}. Both sides have to allow it."
        )
    return f"{blocked}: {missing}."


def _format_selector(facts: CauseFacts, meant: str, label: str = "the label of its pods") -> str:
    """What the selector says against what it should say."""
    key, before, after = facts.edit.change.path[-1], facts.edit.before, facts.edit.after
    if after is None or key == "podSelector":
        why = f"it asks for {format_value(before)}, which is no label of theirs"
    elif before is None:
        why = f"{format_value(after)} is missing"
    elif key in ("operator", "key"):
        why = f"its {key} is {format_value(before)}, and should be {format_value(after)}"
    else:
        if isinstance(before, str) and isinstance(key, str):
            before, after = {key: before}, {key: after}
        elif isinstance(before, dict) and isinstance(after, dict):
            gone = {k: v for k, v in before.items() if after.get(k) != v}
            new = {k: v for k, v in after.items() if before.get(k) != v}
            before, after = gone or before, new or after
        why = f"it says {format_value(before)}, but {label} is {format_value(after)}"
    return f"{facts.place} does not select {meant}: {why}."


def _format_wrong_peer(facts: CauseFacts) -> str:
    written, needed = (
        " and ".join(f"a `{kind}`" for kind in peer) if isinstance(peer, dict) else ""
        for peer in (facts.edit.before, facts.edit.after)
    )
    why = "it means other pods, or nobody"
    if written and needed and written != needed:
        why = f"it has {written}, and needs {needed}"
    return f"{facts.place} does not mean {facts.peers}: {why}."


def _format_wrong_block(facts: CauseFacts) -> str:
    if facts.edit.change.path[-1] == "except":
        return f"{facts.place} takes {facts.peers} out of the block again."
    return f"{facts.place} says {facts.written}, and the address of {facts.peers} is not in it."


def _format_wrong_port(facts: CauseFacts) -> str:
    return (
        f"{facts.place} says {facts.written}, but {facts.destinations} is reached on {facts.ports}."
    )


def _format_and_or(facts: CauseFacts) -> str:
    if len(facts.edit.after) < len(facts.edit.before):
        return (
            f"{facts.place} has namespaceSelector and podSelector as two list items: that means "
            f"OR, and opens {facts.flow_names} too. Put both into one item, under one dash: that "
            "means AND."
        )
    return (
        f"{facts.place} has namespaceSelector and podSelector in one list item: that means AND, "
        f"and {facts.peers} is not both. Make two items (two dashes) of them: that means OR."
    )


def _format_wide_policy(facts: CauseFacts) -> str:
    if facts.edit.after is None and not facts.edit.change.path:
        return f"{facts.policy} {facts.opened}: delete it."
    which = f"what is {facts.written}" if facts.edit.before else "every pod"
    return f"{facts.place} selects {which}: that {facts.opened}."


def _format_wide_peers(facts: CauseFacts) -> str:
    if facts.edit.before is not None:
        return f"{facts.place} means more than it should: that {facts.opened}."
    part = next(key for key in reversed(facts.edit.change.path) if isinstance(key, str))
    why = ", so everybody" if part in PEER_LISTS else " in this item, so more"
    return f"{facts.rule} has no `{part}`{why} is meant: that {facts.opened}."


def _format_wide_ports(facts: CauseFacts) -> str:
    if facts.edit.before is None:
        return f"{facts.rule} has no `ports`, so every port is meant: that {facts.opened}."
    return f"{facts.place} holds more ports than it should: that {facts.opened}."


_FORMATS: Mapping[CauseCode, Callable[[CauseFacts], str]] = {
    CauseCode.MISSING_POLICY: _format_missing,
    CauseCode.MISSING_RULE: _format_missing,
    CauseCode.MISSING_PEER: lambda facts: (
        f"{facts.rule} names the right ports, but {facts.peers} is missing among its peers."
    ),
    CauseCode.MISSING_PORT: lambda facts: (
        f"{facts.rule} names the right peers, but {facts.ports} is missing among its ports."
    ),
    CauseCode.MISSING_TYPE: lambda facts: (
        f"{facts.policy} has no say about {facts.direction.lower()}: `policyTypes` does not name "
        f"{facts.direction}, so its {facts.direction.lower()} section has no effect."
    ),
    CauseCode.MISSING_NAMESPACE_SELECTOR: lambda facts: (
        f"{facts.rule} looks for {facts.peers} in the policy's own namespace only, because its "
        f"podSelector has no namespaceSelector beside it. {facts.peers} is in another namespace."
    ),
    CauseCode.WRONG_POLICY_SELECTOR: lambda facts: _format_selector(facts, facts.subjects),
    CauseCode.WRONG_POD_SELECTOR: lambda facts: _format_selector(facts, facts.peers),
    CauseCode.WRONG_NAMESPACE_SELECTOR: lambda facts: _format_selector(
        facts, f"the namespace of {facts.peers}", "the label of that namespace"
    ),
    CauseCode.WRONG_PEER: _format_wrong_peer,
    CauseCode.WRONG_BLOCK: _format_wrong_block,
    CauseCode.WRONG_PORT: _format_wrong_port,
    CauseCode.WRONG_PROTOCOL: _format_wrong_port,
    CauseCode.WRONG_NAMESPACE: lambda facts: (
        f"{facts.policy} is in the namespace {facts.written}, and a policy acts in its own "
        f"namespace only: it belongs in `{facts.namespace}`."
    ),
    CauseCode.WRONG_RULE: lambda facts: f"{facts.place} is not what {facts.flow_names} needs.",
    CauseCode.AND_OR: _format_and_or,
    CauseCode.TOO_WIDE_POLICY: _format_wide_policy,
    CauseCode.TOO_WIDE_RULE: lambda facts: f"{facts.rule} {facts.opened}.",
    CauseCode.TOO_WIDE_PEERS: _format_wide_peers,
    CauseCode.TOO_WIDE_PORTS: _format_wide_ports,
}
