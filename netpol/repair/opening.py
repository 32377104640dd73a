"""Drafts that let a blocked side pass: by an edit of a policy that is there, or by a new one."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from netpol.model import NAME_LABEL, OutsideAddress, Pod
from netpol.parse import Json
from netpol.repair.draft import RepairDraft
from netpol.repair.hints import ConnectionSide, suggest_peers, suggest_policies, suggest_selectors
from netpol.repair.parts import (
    add_type,
    peers_of,
    ports_of,
    rules_of,
    spec_of,
    with_peers,
    with_rule,
    with_rules,
    with_spec,
)
from netpol.repair.selectors import selects_labels, widen_selector

MOST_PEERS, MOST_PORTS = 8, 5


def find_openings(draft: RepairDraft, side: ConnectionSide) -> Iterator[RepairDraft]:
    for index, manifest in enumerate(draft.policies):
        if manifest and side.scorer.is_valid(manifest):
            for mended in _mend_policy(manifest, side):
                yield draft.with_policy(index, mended)
    taken = {each["metadata"]["name"] for each in draft.all_policies if each}
    for manifest in suggest_policies(side):
        yield draft.with_new(choose_free_name(manifest, taken))


def choose_free_name(manifest: Json, taken: set[str]) -> Json:
    """The manifest under a name that no policy has."""
    name = str(manifest["metadata"]["name"])
    names = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 2)))
    free = next(each for each in names if each not in taken)
    return {**manifest, "metadata": {"name": free}}


def _mend_policy(manifest: Json, side: ConnectionSide) -> Iterator[Json]:
    direction = side.direction
    reaching = list(_select_subject(manifest, side))
    rules = rules_of(manifest, direction)
    for index, rule in enumerate(rules):
        for way in _mend_rule(rule, side):
            for selected in reaching:
                made = selected if way == rule else with_rule(selected, direction, index, way)
                yield from add_type(made, direction)
    for selected in reaching:
        for peer in suggest_peers(side)[:2]:
            new = with_peers({"ports": [side.port_entry]}, direction, [peer])
            yield from add_type(with_rules(selected, direction, [*rules, new]), direction)


def _select_subject(manifest: Json, side: ConnectionSide) -> Iterator[Json]:
    """The policy itself if it selects the subject, or else with selectors that do."""
    selector, labels = spec_of(manifest).get("podSelector"), side.subject.labels
    if selects_labels(selector, labels):
        yield manifest
        return
    for each in widen_selector(selector, labels, suggest_selectors(side)):
        yield with_spec(manifest, podSelector=each)


def _mend_rule(rule: Json, side: ConnectionSide) -> Iterator[Json]:
    peers = list(_mend_peers(peers_of(rule, side.direction), side))[:MOST_PEERS]
    ports = list(_mend_ports(ports_of(rule), side))[:MOST_PORTS]
    for some, others in product(peers, ports):
        made: dict[str, Any] = dict(rule)
        if some != peers_of(rule, side.direction):
            made = dict(with_peers(made, side.direction, some))
        if others != ports_of(rule):
            made["ports"] = others
        yield made


def _mend_peers(peers: list[Json], side: ConnectionSide) -> Iterator[list[Json]]:
    """The peers themselves if they select the peer or are none; else one changed, or one more."""
    if not peers or any(_is_peer(peer, side) for peer in peers):
        yield peers
        return
    for index, peer in enumerate(peers):
        for way in _mend_peer(peer, side):
            yield [*peers[:index], way, *peers[index + 1 :]]
    words = suggest_peers(side)
    for index in range(len(peers)):
        yield [*peers[:index], words[0], *peers[index + 1 :]]
    for each in words:
        yield [*peers, each]


def _is_peer(peer: Json, side: ConnectionSide) -> bool:
    return side.is_admitted_by_rule(with_peers({}, side.direction, [peer]))


def _mend_peer(peer: Json, side: ConnectionSide) -> Iterator[Json]:
    end = side.peer
    if isinstance(end, OutsideAddress):
        yield from _mend_block(peer, side)
        return
    if peer.get("ipBlock") is not None:
        return
    written = peer.get("podSelector")
    ways = [] if written is None else widen_selector(written, end.labels)
    selectors: list[Json] = [{"podSelector": each} for each in ways]
    homes = _mend_namespace_selector(peer, end, side)
    for selector, home in product(selectors or [{}], homes):
        made = {**selector, **home}
        if made and _is_peer(made, side):
            yield made


def _mend_namespace_selector(peer: Json, end: Pod, side: ConnectionSide) -> list[Json]:
    written, universe = peer.get("namespaceSelector"), side.scorer.universe
    by_name = {"matchLabels": {NAME_LABEL: end.namespace}}
    own: list[Json] = [{}] if end.namespace == universe.namespace else []
    if written is None:
        return own or [{"namespaceSelector": by_name}]
    ways = widen_selector(written, universe.cluster.labels_of(end.namespace), [by_name])
    narrow = [each for each in ways if each] or ways
    return [*({"namespaceSelector": each} for each in narrow), *own]


def _mend_block(peer: Json, side: ConnectionSide) -> Iterator[Json]:
    """The block with fewer exceptions, or another one."""
    block = peer.get("ipBlock")
    if block is None:
        return
    excluded = list(block.get("except") or ())
    for index in range(len(excluded)):
        rest = [*excluded[:index], *excluded[index + 1 :]]
        made = {"cidr": block["cidr"], **({"except": rest} if rest else {})}
        if _is_peer({"ipBlock": made}, side):
            yield {"ipBlock": made}
    yield {"ipBlock": {"cidr": block["cidr"]}}
    for word in suggest_peers(side):
        if "ipBlock" in word:
            yield {"ipBlock": {**block, "cidr": word["ipBlock"]["cidr"]}}


def _mend_ports(ports: list[Json], side: ConnectionSide) -> Iterator[list[Json]]:
    """The ports themselves if they have the port or are none; or else one changed, or one more."""
    wanted = side.port_entry
    if not ports or any(_is_port(port, side) for port in ports):
        yield ports
        return
    for index, port in enumerate(ports):
        for way in _mend_port(port, wanted):
            if _is_port(way, side):
                yield [*ports[:index], way, *ports[index + 1 :]]
    yield [*ports, wanted]


def _mend_port(port: Json, wanted: Json) -> Iterator[Json]:
    protocol = port.get("protocol") or "TCP"
    if protocol == wanted["protocol"]:
        kept = {key: value for key, value in port.items() if key != "endPort"}
        yield {**kept, "port": wanted["port"]}
        if port.get("endPort") is not None:
            yield {**port, "endPort": wanted["port"]}
            yield {**port, "port": wanted["port"]}
    yield {**port, "protocol": wanted["protocol"]}
    if protocol != wanted["protocol"]:
        yield {**port, **wanted}


def _is_port(port: Json, side: ConnectionSide) -> bool:
    return side.is_admitted_by_rule({"ports": [port]})
