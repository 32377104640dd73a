"""NetworkPolicy written straight from its rules, to compare `netpol` with.

It takes manifests as they are and knows nothing of `netpol`: each line cites the rule of
docs/semantics.md that it is. What the API leaves undefined it evaluates under each reading.
"""

from collections.abc import Iterator
from enum import Enum
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any, NamedTuple

Json = dict[str, Any]
End = Json | str
"""A pod, or an address outside."""


class Node(Enum):
    """How to read a pod on its node's network (7.3)."""

    LIKE_OTHERS = "policies apply to it like to others"
    ELSEWHERE = "selectors ignore it, and its traffic is that of another end's node"
    SAME = "selectors ignore it, and its traffic is that of the other end's own node"


class Reading(NamedTuple):
    node: Node
    in_blocks: bool  # whether a pod without an address will have one that an ipBlock holds
    family: int | None  # the length of the addresses that the connection is between (5.9)


class Side(NamedTuple):
    section: str
    peers: str
    kind: str


EGRESS, INGRESS = Side("egress", "to", "Egress"), Side("ingress", "from", "Ingress")


class World(NamedTuple):
    namespaces: list[Json]
    pods: list[Json]
    policies: list[Json]


class Connection(NamedTuple):
    source: End
    destination: End
    port: int
    protocol: str


def allowed(world: World, connection: Connection) -> bool | None:
    """`None` where the readings differ."""
    source, destination = connection.source, connection.destination
    if source is destination:
        return True  # 7.1
    answers = {passes(world, connection, reading) for reading in readings(source, destination)}
    return answers.pop() if len(answers) == 1 else None


def readings(source: End, destination: End) -> Iterator[Reading]:
    ours, theirs = ({len(each) for each in addresses(end)} for end in (source, destination))
    common = ours & theirs if ours and theirs else ours | theirs
    for family in common or [None]:  # 5.9
        for node in Node:
            for in_blocks in (True, False):
                yield Reading(node, in_blocks, family)


def passes(world: World, connection: Connection, reading: Reading) -> bool:
    source, destination = connection.source, connection.destination
    both_pods = is_pod(source) and is_pod(destination)
    if reading.node is Node.SAME and both_pods and (on_node(source) or on_node(destination)):
        return True  # 7.2
    out = admits(world, EGRESS, source, destination, connection, reading)
    return out and admits(world, INGRESS, destination, source, connection, reading)  # 1.4


def admits(
    world: World, side: Side, subject: End, other: End, connection: Connection, reading: Reading
) -> bool:
    if isinstance(subject, str):
        return True  # 1.2: policies isolate pods
    if on_node(subject) and reading.node is not Node.LIKE_OTHERS:
        return True  # 7.3
    applying = [
        policy
        for policy in world.policies
        if home(policy) == home(subject)  # 1.11
        and side.kind in types(spec(policy))  # 1.2, 1.6
        and selects(spec(policy).get("podSelector") or {}, labels(subject))  # 3.1
    ]
    if not applying:
        return True  # 1.1
    return any(  # 1.3
        has_peer(world, policy, rule or {}, side, other, reading)  # 3.9
        and has_port(rule or {}, side, connection, reading)  # 1.5
        for policy in applying
        for rule in spec(policy).get(side.section) or []  # 1.7, 3.2
    )


def types(given: Json) -> list[str]:
    if given.get("policyTypes"):
        return list(given["policyTypes"])  # 2.4: an empty list is none
    return ["Ingress", "Egress"] if given.get("egress") else ["Ingress"]  # 2.1, 2.2, 2.3


def has_peer(
    world: World, policy: Json, rule: Json, side: Side, other: End, reading: Reading
) -> bool:
    peers = rule.get(side.peers) or []
    return not peers or any(is_peer(world, policy, peer, other, reading) for peer in peers)  # 3.4


def is_peer(world: World, policy: Json, peer: Json, other: End, reading: Reading) -> bool:  # 4.4
    if block := peer.get("ipBlock"):
        if is_pod(other) and not addresses(other):
            return reading.in_blocks
        among = [each for each in addresses(other) if reading.family in (None, len(each))]
        return any(in_block(block, address) for address in among)  # 5.7
    if isinstance(other, str):
        return False  # 4.9
    if on_node(other) and reading.node is not Node.LIKE_OTHERS:
        return False  # 7.3
    pods, namespaces = peer.get("podSelector"), peer.get("namespaceSelector")
    if namespaces is None:
        return home(other) == home(policy) and selects(pods or {}, labels(other))  # 4.1, 4.6
    return selects(namespaces, labels_of_namespace(world, home(other))) and selects(
        pods or {}, labels(other)
    )  # 4.2, 4.3, 4.5


def has_port(rule: Json, side: Side, connection: Connection, reading: Reading) -> bool:
    ports = rule.get("ports") or []
    return not ports or any(is_port(port or {}, side, connection, reading) for port in ports)  # 3.5


def is_port(port: Json, side: Side, connection: Connection, reading: Reading) -> bool:
    if (port.get("protocol") or "TCP") != connection.protocol:
        return False  # 6.1, 6.3
    number = port.get("port")
    if number is None:
        return True  # 6.2, 3.7
    if isinstance(number, str):
        to = connection.destination
        if isinstance(to, str):
            return False  # 6.6
        if side is EGRESS and on_node(to) and reading.node is not Node.LIKE_OTHERS:
            return False  # 7.3: a node has no named ports
        return (number, connection.port, connection.protocol) in declared(to)  # 6.5, 6.6
    last = port.get("endPort") or number
    return bool(number <= connection.port <= last)  # 6.4, 6.7, 6.10


def declared(pod: Json) -> Iterator[tuple[str, int, str]]:
    for container in given(pod, "spec").get("containers") or []:
        for port in (container or {}).get("ports") or []:
            yield port.get("name") or "", port["containerPort"], port.get("protocol") or "TCP"


def selects(selector: Json, labels: Json) -> bool:
    for key, value in (selector.get("matchLabels") or {}).items():
        if key not in labels or labels[key] != (value or ""):  # 4.10, 4.13
            return False
    for term in selector.get("matchExpressions") or []:
        key, values = term["key"], [value or "" for value in term.get("values") or []]
        holds = {
            "In": key in labels and labels[key] in values,
            "NotIn": key not in labels or labels[key] not in values,  # 4.11
            "Exists": key in labels,  # 4.12
            "DoesNotExist": key not in labels,  # 4.12
        }
        if not holds[term["operator"]]:
            return False  # 4.10
    return True  # 3.8


def in_block(block: Json, address: bytes) -> bool:
    return within(block["cidr"], address) and not any(
        within(part, address) for part in block.get("except") or []
    )  # 5.1, 5.2


def within(cidr: str, address: bytes) -> bool:
    text, _, prefix = cidr.partition("/")
    network = packed(text)
    if len(network) != len(address):
        return False  # 5.6
    host_bits = 8 * len(address) - int(prefix)
    return int.from_bytes(network) >> host_bits == int.from_bytes(address) >> host_bits  # 5.5


def packed(address: str) -> bytes:
    return inet_pton(AF_INET6 if ":" in address else AF_INET, address)


def addresses(end: End) -> list[bytes]:
    if isinstance(end, str):
        return [packed(end)]
    status = given(end, "status")
    listed = [(each or {}).get("ip") for each in status.get("podIPs") or []]
    return [packed(text) for text in dict.fromkeys([status.get("podIP"), *listed]) if text]


def labels_of_namespace(world: World, name: str) -> Json:
    known = [labels(each) for each in world.namespaces if each["metadata"]["name"] == name]
    return {**(known[0] if known else {}), "kubernetes.io/metadata.name": name}  # 4.7


def labels(object_: Json) -> Json:
    return {key: value or "" for key, value in (object_["metadata"].get("labels") or {}).items()}


def home(object_: Json) -> str:
    return object_["metadata"].get("namespace") or "default"  # 8.1


def spec(object_: Json) -> Json:
    return given(object_, "spec")


def given(object_: Json, field: str) -> Json:
    return object_.get(field) or {}


def is_pod(end: End) -> bool:
    return not isinstance(end, str)


def on_node(end: End) -> bool:
    return not isinstance(end, str) and bool(given(end, "spec").get("hostNetwork"))
