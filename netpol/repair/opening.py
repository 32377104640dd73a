"""Ways to let one blocked side pass: mend a policy that is there, or add what is missing."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from netpol.model import NAME_LABEL, OutsideAddress, Pod
from netpol.parse import Json
from netpol.repair.draft import Draft
from netpol.repair.hints import Sought, peer_words, policy_words, subject_words
from netpol.repair.parts import (
    peers_of,
    ports_of,
    rules_of,
    spec_of,
    typed,
    with_peers,
    with_rule,
    with_rules,
    with_spec,
)
from netpol.repair.selectors import selecting, selects

MOST_PEERS, MOST_PORTS = 8, 5


def openings(draft: Draft, sought: Sought) -> Iterator[Draft]:
    for index, manifest in enumerate(draft.policies):
        if manifest and sought.bench.is_valid(manifest):
            for mended in _mended(manifest, sought):
                yield draft.with_policy(index, mended)
    taken = {each["metadata"]["name"] for each in draft.all if each}
    for manifest in policy_words(sought):
        yield draft.with_new(named(manifest, taken))


def named(manifest: Json, taken: set[str]) -> Json:
    """Under a name that no policy has."""
    name = str(manifest["metadata"]["name"])
    free = name
    number = 2
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return {**manifest, "metadata": {"name": free}}


def _mended(manifest: Json, sought: Sought) -> Iterator[Json]:
    direction = sought.direction
    reaching = list(_reaching(manifest, sought))
    rules = rules_of(manifest, direction)
    for index, rule in enumerate(rules):
        for way in _rules(rule, sought):
            for selected in reaching:
                made = selected if way == rule else with_rule(selected, direction, index, way)
                yield from typed(made, direction)
    for selected in reaching:
        for peer in peer_words(sought)[:2]:
            new = with_peers({"ports": [sought.port]}, direction, [peer])
            yield from typed(with_rules(selected, direction, [*rules, new]), direction)


def _reaching(manifest: Json, sought: Sought) -> Iterator[Json]:
    """The policy as it is, if it selects the subject; else made to."""
    selector, labels = spec_of(manifest).get("podSelector"), sought.subject.labels
    if selects(selector, labels):
        yield manifest
        return
    for each in selecting(selector, labels, subject_words(sought)):
        yield with_spec(manifest, podSelector=each)


def _rules(rule: Json, sought: Sought) -> Iterator[Json]:
    peers = list(_peers(peers_of(rule, sought.direction), sought))[:MOST_PEERS]
    ports = list(_ports(ports_of(rule), sought))[:MOST_PORTS]
    for some, others in product(peers, ports):
        made: dict[str, Any] = dict(rule)
        if some != peers_of(rule, sought.direction):
            made = dict(with_peers(made, sought.direction, some))
        if others != ports_of(rule):
            made["ports"] = others
        yield made


def _peers(peers: list[Json], sought: Sought) -> Iterator[list[Json]]:
    """As they are, where they mean the peer or there is none; else one mended, or one more."""
    if not peers or any(_means(peer, sought) for peer in peers):
        yield peers
        return
    for index, peer in enumerate(peers):
        for way in _peer(peer, sought):
            yield [*peers[:index], way, *peers[index + 1 :]]
    words = peer_words(sought)
    for index in range(len(peers)):
        yield [*peers[:index], words[0], *peers[index + 1 :]]
    for each in words:
        yield [*peers, each]


def _means(peer: Json, sought: Sought) -> bool:
    whole = {"policyTypes": [sought.direction.value], "podSelector": {}}
    section = sought.direction.lower()
    rule = with_peers({}, sought.direction, [peer])
    return sought.admits({"metadata": {"name": "x"}, "spec": {**whole, section: [rule]}})


def _peer(peer: Json, sought: Sought) -> Iterator[Json]:
    end = sought.peer
    if isinstance(end, OutsideAddress):
        yield from _block(peer, sought)
        return
    if peer.get("ipBlock") is not None:
        return
    for part in product(_pods(peer, end), _namespaces(peer, end, sought)):
        made = {key: value for each in part for key, value in each.items()}
        if made and _means(made, sought):
            yield made


def _pods(peer: Json, end: Pod) -> list[Json]:
    written = peer.get("podSelector")
    if written is None:
        return [{}]
    ways: list[Json] = [{"podSelector": each} for each in selecting(written, end.labels)]
    return ways or [{}]


def _namespaces(peer: Json, end: Pod, sought: Sought) -> list[Json]:
    written = peer.get("namespaceSelector")
    universe = sought.bench.universe
    labels = universe.cluster.labels_of(end.namespace)
    by_name = {"matchLabels": {NAME_LABEL: end.namespace}}
    if written is not None:
        ways = selecting(written, labels, [by_name])
        narrow = [each for each in ways if each] or ways
        kept: list[Json] = [{"namespaceSelector": each} for each in narrow]
        return [*kept, {}] if end.namespace == universe.namespace else kept
    return [{}] if end.namespace == universe.namespace else [{"namespaceSelector": by_name}]


def _block(peer: Json, sought: Sought) -> Iterator[Json]:
    """The block with less left out, or another one."""
    block = peer.get("ipBlock")
    if block is None:
        return
    left_out = list(block.get("except") or ())
    for index in range(len(left_out)):
        rest = [*left_out[:index], *left_out[index + 1 :]]
        made = {"cidr": block["cidr"], **({"except": rest} if rest else {})}
        if _means({"ipBlock": made}, sought):
            yield {"ipBlock": made}
    yield {"ipBlock": {"cidr": block["cidr"]}}
    for word in peer_words(sought):
        if "ipBlock" in word:
            yield {"ipBlock": {**block, "cidr": word["ipBlock"]["cidr"]}}


def _ports(ports: list[Json], sought: Sought) -> Iterator[list[Json]]:
    """As they are, where they hold the port or there is none; else one mended, or one more."""
    wanted = sought.port
    if not ports or any(_holds(port, sought) for port in ports):
        yield ports
        return
    for index, port in enumerate(ports):
        for way in _port(port, wanted):
            if _holds(way, sought):
                yield [*ports[:index], way, *ports[index + 1 :]]
    yield [*ports, wanted]


def _port(port: Json, wanted: Json) -> Iterator[Json]:
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


def _holds(port: Json, sought: Sought) -> bool:
    whole = {"policyTypes": [sought.direction.value], "podSelector": {}}
    section = sought.direction.lower()
    return sought.admits(
        {"metadata": {"name": "x"}, "spec": {**whole, section: [{"ports": [port]}]}}
    )
