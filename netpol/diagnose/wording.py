"""A cause in one or two sentences, for someone who met NetworkPolicy an hour ago."""

from collections.abc import Callable, Mapping

from netpol.diagnose import selecting, width
from netpol.diagnose.model import Code
from netpol.diagnose.told import Told, shown
from netpol.model import Direction, Outcome


def words(code: Code, told: Told) -> str:
    return _WORDS[code](told)


def _missing(told: Told) -> str:
    opened, closed = told.only(Outcome.ALLOW), told.only(Outcome.DENY)
    said = (_not_allowed(opened) if opened else "", _not_isolated(closed) if closed else "")
    return " ".join(filter(None, said))


def _not_isolated(told: Told) -> str:
    kind = told.direction.lower()
    way = "reach everybody" if told.direction is Direction.EGRESS else "be reached by everybody"
    return (
        f"No policy restricts {kind} of {told.ends}, so {told.ends} may {way}: that opens "
        f"{told.named}, which the lab wants closed."
    )


def _not_allowed(told: Told) -> str:
    kind = told.direction.lower()
    if told.direction is Direction.EGRESS:
        blocked = f"{told.ends} may not send {told.wanted} to {told.peers}"
        other = f"{told.peers} may receive it"
    else:
        blocked = f"{told.ends} may not receive {told.wanted} from {told.peers}"
        other = f"{told.peers} may send it"
    missing = f"an {kind} rule on {told.ends} is missing"
    if told.other_side and told.peers_are_students:
        return f"{other}, but {blocked}: {missing}. Both sides have to allow it."
    return f"{blocked}: {missing}."


def _port(told: Told) -> str:
    written = f"says {shown(told.edit.before)}"
    return f"{told.place} {written}, but {told.destinations} is reached on {told.wanted}."


def _missing_port(told: Told) -> str:
    return f"{told.rule} names the right peers, but {told.wanted} is missing among its ports."


def _type(told: Told) -> str:
    kind = told.direction
    return (
        f"{told.policy} has no say about {kind.lower()}: `policyTypes` does not name {kind}, so "
        f"its {kind.lower()} section has no effect."
    )


def _namespace(told: Told) -> str:
    return (
        f"{told.policy} is in the namespace {shown(told.edit.before)}, and a policy acts in its "
        f"own namespace only: it belongs in `{told.namespace}`."
    )


def _rule(told: Told) -> str:
    return f"{told.place} is not what {told.named} needs."


_WORDS: Mapping[Code, Callable[[Told], str]] = {
    Code.MISSING_POLICY: _missing,
    Code.MISSING_RULE: _missing,
    Code.MISSING_PEER: selecting.missing_peer,
    Code.MISSING_PORT: _missing_port,
    Code.MISSING_TYPE: _type,
    Code.MISSING_NAMESPACE_SELECTOR: selecting.no_namespace_selector,
    Code.WRONG_POLICY_SELECTOR: selecting.policy_selector,
    Code.WRONG_POD_SELECTOR: selecting.pod_selector,
    Code.WRONG_NAMESPACE_SELECTOR: selecting.namespace_selector,
    Code.WRONG_PEER: selecting.peer,
    Code.WRONG_BLOCK: selecting.block,
    Code.WRONG_PORT: _port,
    Code.WRONG_PROTOCOL: _port,
    Code.WRONG_NAMESPACE: _namespace,
    Code.WRONG_RULE: _rule,
    Code.AND_OR: selecting.and_or,
    Code.TOO_WIDE_POLICY: width.policy,
    Code.TOO_WIDE_RULE: width.rule,
    Code.TOO_WIDE_PEERS: width.peers,
    Code.TOO_WIDE_PORTS: width.ports,
}
