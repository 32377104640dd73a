"""A cause in one or two sentences, for someone who met NetworkPolicy an hour ago."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from netpol.diagnosis.model import Code
from netpol.lab import Flow, Lab
from netpol.model import Direction
from netpol.repair import Edit
from netpol.repair.structure import PEER_LISTS, text

VERBS = {Direction.INGRESS: "receive", Direction.EGRESS: "send"}


@dataclass(frozen=True, slots=True)
class Told:
    """All that a sentence may speak of; `flows` has at least one.

    `other_side` is whether the other side of all of them lets them pass already.
    """

    lab: Lab
    namespace: str
    edit: Edit
    direction: Direction
    flows: Sequence[Flow]
    other_side: bool

    @property
    def policy(self) -> str:
        return f"`{self.edit.policy}`"

    @property
    def rule(self) -> str:
        return f"{self.policy} (`{text(self.edit.change.path[:3])}`)"

    @property
    def place(self) -> str:
        return f"{self.policy} (`{text(self.edit.change.place)}`)"

    @property
    def ends(self) -> str:
        """Whose policies speak."""
        return self._titles(
            flow.source if self.direction is Direction.EGRESS else flow.destination
            for flow in self.flows
        )

    @property
    def peers(self) -> str:
        """Whom they speak of."""
        return self._titles(
            flow.destination if self.direction is Direction.EGRESS else flow.source
            for flow in self.flows
        )

    @property
    def destinations(self) -> str:
        return self._titles(flow.destination for flow in self.flows)

    def _titles(self, names: Iterable[str]) -> str:
        return listed([self.lab.entity(name).title for name in dict.fromkeys(names)])

    @property
    def wanted(self) -> str:
        return listed([f"{flow.protocol} {flow.port}" for flow in self.flows])

    @property
    def named(self) -> str:
        first, *others = (flow.name for flow in self.flows)
        return listed([first, *others]) if len(others) < 2 else f"{first} and {len(others)} more"


def listed(names: Sequence[str]) -> str:
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def words(code: Code, told: Told) -> str:
    return _WORDS[code](told)


def shown(value: Any) -> str:
    """A value of a manifest in a sentence."""
    match value:
        case None:
            return "nothing"
        case {"matchLabels": dict(pairs), **rest} if not rest:
            return shown(pairs)
        case dict() if value and all(isinstance(each, str) for each in value.values()):
            return ", ".join(f"`{key}: {each}`" for key, each in value.items())
        case {} | []:
            return "`{}`"
        case dict() | list():
            return "what stands there"
    return f"`{value}`"


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


def _policy_selector(told: Told) -> str:
    return f"{told.place} does not select {told.ends}: {_says(told, 'the pods say')}."


def _pod_selector(told: Told) -> str:
    return f"{told.place} does not select {told.peers}: {_says(told, 'the pods say')}."


def _namespace_selector(told: Told) -> str:
    whose = f"the namespace of {told.peers}"
    return f"{told.place} does not select {whose}: {_says(told, 'the namespace says')}."


def _says(told: Told, others_say: str) -> str:
    """What is written against what would be right."""
    key, before, after = told.edit.change.path[-1], told.edit.before, told.edit.after
    if after is None or key == "podSelector":
        return f"it asks for {shown(before)}, which they do not have"
    if before is None:
        return f"{shown(after)} is missing"
    if key in ("operator", "key"):
        return f"its {key} is {shown(before)}, and should be {shown(after)}"
    written, meant = _labels(told)
    return f"it says {written}, and {others_say} {meant}"


def _no_namespace_selector(told: Told) -> str:
    return (
        f"{told.rule} looks for {told.peers} in its own namespace only: a podSelector without a "
        f"namespaceSelector means pods beside the policy, and {told.peers} is elsewhere."
    )


def _missing(told: Told) -> str:
    kind = told.direction.lower()
    if told.direction is Direction.EGRESS:
        blocked = f"{told.ends} may not send {told.wanted} to {told.peers}"
        other = f"{told.peers} would receive it"
    else:
        blocked = f"{told.ends} may not receive {told.wanted} from {told.peers}"
        other = f"{told.peers} may send it"
    missing = f"an {kind} rule on {told.ends} is missing"
    if told.other_side:
        return f"{other}, but {blocked}: {missing}. Both sides have to allow it."
    return f"{blocked}: {missing}."


def _port(told: Told) -> str:
    written = f"says {shown(told.edit.before)}"
    return f"{told.place} {written}, and {told.destinations} is on {told.wanted}."


def _missing_port(told: Told) -> str:
    return f"{told.rule} has the right peers, but {told.wanted} is missing among its ports."


def _missing_peer(told: Told) -> str:
    return f"{told.rule} has the right ports, but {told.peers} is missing among its peers."


def _type(told: Told) -> str:
    kind = told.direction
    return (
        f"{told.policy} has no say about {kind.lower()}: `policyTypes` does not name {kind}, so "
        f"its {kind.lower()} section has no effect."
    )


def _namespace(told: Told) -> str:
    return (
        f"{told.policy} is in the namespace {shown(told.edit.before)}, and a policy acts in its "
        f"own namespace only: it belongs into `{told.namespace}`."
    )


def _and_or(told: Told) -> str:
    joined = len(told.edit.after) < len(told.edit.before)
    if joined:
        return (
            f"{told.place} has namespaceSelector and podSelector as two list items: that means OR. "
            f"So {told.named} passes too. Put both into one item, under one dash: that means AND."
        )
    return (
        f"{told.place} has namespaceSelector and podSelector in one list item: that means AND, and "
        f"{told.peers} is not both. Make two items (two dashes) of them: that means OR."
    )


def _peer(told: Told) -> str:
    return f"{told.place} does not mean {told.peers}: the kind of selector is another one."


def _block(told: Told) -> str:
    if told.edit.change.path[-1] == "except":
        return f"{told.place} leaves {told.peers} out again."
    return f"{told.place} says {shown(told.edit.before)}, and {told.peers} is not in it."


def _wide_policy(told: Told) -> str:
    if told.edit.after is None and not told.edit.change.path:
        return f"{told.policy} lets {told.named} through, which the lab wants closed: delete it."
    before = told.edit.before
    which = f"what is {shown(before)}" if before else "every pod"
    return f"{told.place} selects {which}, and so lets {told.named} through."


def _wide_rule(told: Told) -> str:
    return f"{told.rule} lets {told.named} through, which the lab wants closed."


def _wide_peers(told: Told) -> str:
    if told.edit.before is None:
        part = told.edit.change.path[-1]
        what = "names no peers" if part in PEER_LISTS else f"has no {part} in this item"
        return f"{told.rule} {what}, so it lets {told.named} through: whoever it is."
    return f"{told.place} means more than it should, and so lets {told.named} through."


def _wide_ports(told: Told) -> str:
    if told.edit.before is None:
        return f"{told.rule} names no ports, so it lets {told.named} through: every port."
    return f"{told.place} holds more ports than it should, and so lets {told.named} through."


def _rule(told: Told) -> str:
    return f"{told.place} is not what {told.named} needs."


_WORDS: Mapping[Code, Callable[[Told], str]] = {
    Code.MISSING_POLICY: _missing,
    Code.MISSING_RULE: _missing,
    Code.MISSING_PEER: _missing_peer,
    Code.MISSING_PORT: _missing_port,
    Code.MISSING_TYPE: _type,
    Code.MISSING_NAMESPACE_SELECTOR: _no_namespace_selector,
    Code.WRONG_POLICY_SELECTOR: _policy_selector,
    Code.WRONG_POD_SELECTOR: _pod_selector,
    Code.WRONG_NAMESPACE_SELECTOR: _namespace_selector,
    Code.WRONG_PEER: _peer,
    Code.WRONG_BLOCK: _block,
    Code.WRONG_PORT: _port,
    Code.WRONG_PROTOCOL: _port,
    Code.WRONG_NAMESPACE: _namespace,
    Code.WRONG_RULE: _rule,
    Code.AND_OR: _and_or,
    Code.TOO_WIDE_POLICY: _wide_policy,
    Code.TOO_WIDE_RULE: _wide_rule,
    Code.TOO_WIDE_PEERS: _wide_peers,
    Code.TOO_WIDE_PORTS: _wide_ports,
}
