"""A root cause in one or two sentences, for somebody who met NetworkPolicy an hour ago."""

from collections.abc import Callable, Mapping

from netpol.diagnose.facts import CauseFacts, format_value
from netpol.diagnose.model import CauseCode
from netpol.model import Direction, Outcome
from netpol.repair.structure import PEER_LISTS


def format_cause(code: CauseCode, facts: CauseFacts) -> str:
    return _FORMATS[code](facts)


def _format_missing(facts: CauseFacts) -> str:
    blocked, open_ = facts.select_flows(Outcome.ALLOW), facts.select_flows(Outcome.DENY)
    sentences = [_format_not_allowed(blocked)] if blocked else []
    return " ".join([*sentences, _format_not_isolated(open_)] if open_ else sentences)


def _format_not_isolated(facts: CauseFacts) -> str:
    way = "reach everybody" if facts.direction is Direction.EGRESS else "be reached by everybody"
    return (
        f"No policy restricts {facts.direction.lower()} of {facts.subjects}, so {facts.subjects} "
        f"may {way}: that opens {facts.flow_names}, which the lab wants closed."
    )


def _format_not_allowed(facts: CauseFacts) -> str:
    if facts.direction is Direction.EGRESS:
        blocked = f"{facts.subjects} may not send {facts.ports} to {facts.peers}"
        other = f"{facts.peers} may receive it"
    else:
        blocked = f"{facts.subjects} may not receive {facts.ports} from {facts.peers}"
        other = f"{facts.peers} may send it"
    missing = f"an {facts.direction.lower()} rule on {facts.subjects} is missing"
    if facts.other_side and facts.is_within_namespace:
        return f"{other}, but {blocked}: {missing}. Both sides have to allow it."
    return f"{blocked}: {missing}."


def _format_missing_peer(facts: CauseFacts) -> str:
    return f"{facts.rule} names the right ports, but {facts.peers} is missing among its peers."


def _format_missing_port(facts: CauseFacts) -> str:
    return f"{facts.rule} names the right peers, but {facts.ports} is missing among its ports."


def _format_missing_type(facts: CauseFacts) -> str:
    kind = facts.direction
    return (
        f"{facts.policy} has no say about {kind.lower()}: `policyTypes` does not name {kind}, so "
        f"its {kind.lower()} section has no effect."
    )


def _format_missing_namespace_selector(facts: CauseFacts) -> str:
    return (
        f"{facts.rule} looks for {facts.peers} in the policy's own namespace only, because its "
        f"podSelector has no namespaceSelector beside it. {facts.peers} is in another namespace."
    )


def _format_policy_selector(facts: CauseFacts) -> str:
    return _format_selector(facts, facts.subjects, "the label of its pods")


def _format_pod_selector(facts: CauseFacts) -> str:
    return _format_selector(facts, facts.peers, "the label of its pods")


def _format_namespace_selector(facts: CauseFacts) -> str:
    return _format_selector(facts, f"the namespace of {facts.peers}", "the label of that namespace")


def _format_selector(facts: CauseFacts, meant: str, label: str) -> str:
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
    if written and needed and written != needed:
        why = f"it has {written}, and needs {needed}"
    else:
        why = "it means other pods, or nobody"
    return f"{facts.place} does not mean {facts.peers}: {why}."


def _format_wrong_block(facts: CauseFacts) -> str:
    if facts.edit.change.path[-1] == "except":
        return f"{facts.place} takes {facts.peers} out of the block again."
    written = format_value(facts.edit.before)
    return f"{facts.place} says {written}, and the address of {facts.peers} is not in it."


def _format_wrong_port(facts: CauseFacts) -> str:
    written = format_value(facts.edit.before)
    return f"{facts.place} says {written}, but {facts.destinations} is reached on {facts.ports}."


def _format_wrong_namespace(facts: CauseFacts) -> str:
    return (
        f"{facts.policy} is in the namespace {format_value(facts.edit.before)}, and a policy acts "
        f"in its own namespace only: it belongs in `{facts.namespace}`."
    )


def _format_wrong_rule(facts: CauseFacts) -> str:
    return f"{facts.place} is not what {facts.flow_names} needs."


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
        return f"{facts.policy} {_format_opened(facts)}: delete it."
    before = facts.edit.before
    which = f"what is {format_value(before)}" if before else "every pod"
    return f"{facts.place} selects {which}: that {_format_opened(facts)}."


def _format_wide_rule(facts: CauseFacts) -> str:
    return f"{facts.rule} {_format_opened(facts)}."


def _format_wide_peers(facts: CauseFacts) -> str:
    opened = _format_opened(facts)
    if facts.edit.before is not None:
        return f"{facts.place} means more than it should: that {opened}."
    part = next(key for key in reversed(facts.edit.change.path) if isinstance(key, str))
    if part in PEER_LISTS:
        return f"{facts.rule} has no `{part}`, so everybody is meant: that {opened}."
    return f"{facts.rule} has no `{part}` in this item, so more is meant: that {opened}."


def _format_wide_ports(facts: CauseFacts) -> str:
    opened = _format_opened(facts)
    if facts.edit.before is None:
        return f"{facts.rule} has no `ports`, so every port is meant: that {opened}."
    return f"{facts.place} holds more ports than it should: that {opened}."


def _format_opened(facts: CauseFacts) -> str:
    return f"opens {facts.flow_names}, which the lab wants closed"


_FORMATS: Mapping[CauseCode, Callable[[CauseFacts], str]] = {
    CauseCode.MISSING_POLICY: _format_missing,
    CauseCode.MISSING_RULE: _format_missing,
    CauseCode.MISSING_PEER: _format_missing_peer,
    CauseCode.MISSING_PORT: _format_missing_port,
    CauseCode.MISSING_TYPE: _format_missing_type,
    CauseCode.MISSING_NAMESPACE_SELECTOR: _format_missing_namespace_selector,
    CauseCode.WRONG_POLICY_SELECTOR: _format_policy_selector,
    CauseCode.WRONG_POD_SELECTOR: _format_pod_selector,
    CauseCode.WRONG_NAMESPACE_SELECTOR: _format_namespace_selector,
    CauseCode.WRONG_PEER: _format_wrong_peer,
    CauseCode.WRONG_BLOCK: _format_wrong_block,
    CauseCode.WRONG_PORT: _format_wrong_port,
    CauseCode.WRONG_PROTOCOL: _format_wrong_port,
    CauseCode.WRONG_NAMESPACE: _format_wrong_namespace,
    CauseCode.WRONG_RULE: _format_wrong_rule,
    CauseCode.AND_OR: _format_and_or,
    CauseCode.TOO_WIDE_POLICY: _format_wide_policy,
    CauseCode.TOO_WIDE_RULE: _format_wide_rule,
    CauseCode.TOO_WIDE_PEERS: _format_wide_peers,
    CauseCode.TOO_WIDE_PORTS: _format_wide_ports,
}
