"""Ends and ports beside the lab's own, which show that a change opens too much."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address
from itertools import chain

from netpol.assess.binding import EntityBinding, bind_entities
from netpol.lab import Lab
from netpol.model import (
    GENERATED_LABELS,
    Cluster,
    Direction,
    Endpoint,
    IPAddress,
    IPBlock,
    LabeledNamespace,
    OutsideAddress,
    Pod,
    Policy,
    Protocol,
)
from netpol.repair.universe import ConnectionUniverse, Port, list_port_numbers, list_wants

UNLISTED = (1, 8081, 31999)
STRANGER = "stranger"
ELSEWHERE = "somewhere-else"
OUTSIDE = tuple(map(ip_address, ("1.1.1.1", "203.0.113.7", "10.99.0.7", "192.168.7.7")))


def build_universe(
    lab: Lab, cluster: Cluster, namespace: str, policies: Sequence[Policy]
) -> ConnectionUniverse:
    """The lab's entities in this namespace, strangers of every kind, and every port that a flow, a
    policy or a pod names. `policies` are the student's and the solution's.
    """
    binding = bind_entities(lab, cluster, namespace)
    subjects = _drop_alike([*binding.pods, _build_stranger(namespace)])
    found = _drop_alike(
        [
            *subjects,
            *chain.from_iterable(binding.endpoints.values()),
            *_list_strangers(lab, binding, policies),
        ]
    )
    ends = {end: index for index, end in enumerate(found)}
    for listed in binding.endpoints.values():
        for end in listed:
            ends[end] = next(
                i for i, other in enumerate(found) if _build_kind_key(other) == _build_kind_key(end)
            )
    ports = tuple(dict.fromkeys(_list_ports(lab, found, policies)))
    numbers = {port: index for index, port in enumerate(ports)}
    namespaces = {**binding.cluster.namespaces, ELSEWHERE: LabeledNamespace(ELSEWHERE, {})}
    return ConnectionUniverse(
        Cluster(namespaces, binding.cluster.pods, {}, (), cluster.profile),
        namespace,
        tuple(subjects),
        tuple(found),
        ports,
        tuple(list_wants(binding, lab.flows, ends, numbers)),
    )


def _drop_alike(ends: Iterable[Endpoint]) -> list:  # type: ignore[type-arg]
    """The first of each kind."""
    kinds: dict[object, Endpoint] = {}
    for end in ends:
        kinds.setdefault(_build_kind_key(end), end)
    return list(kinds.values())


def _build_kind_key(end: Endpoint) -> object:
    if isinstance(end, Pod):
        labels = {k: v for k, v in end.labels.items() if k not in GENERATED_LABELS}
        return (
            end.namespace,
            tuple(sorted(labels.items())),
            end.ports,
            end.host_network,
            end.gateway,
        )
    return end


def _build_stranger(
    namespace: str, labels: dict[str, str] | None = None, name: str = STRANGER
) -> Pod:
    return Pod(namespace, name, labels or {}, (), (ip_address("10.244.99.99"),))


def _list_strangers(
    lab: Lab, binding: EntityBinding, policies: Sequence[Policy]
) -> Iterator[Endpoint]:
    homes = dict.fromkeys(entity.home_namespace(binding.namespace) for entity in lab.entities)
    for home in (*homes, ELSEWHERE):
        if home != binding.namespace:
            yield _build_stranger(home)
            for entity in lab.entities:
                if entity.is_student_entity and isinstance(entity.placeholder, Pod):
                    yield _build_stranger(
                        home, dict(entity.placeholder.labels), f"like-{entity.name}"
                    )
    for address in dict.fromkeys((*OUTSIDE, *_list_edges(policies))):
        yield OutsideAddress(address)


def _list_edges(policies: Sequence[Policy]) -> Iterator[IPAddress]:
    """The first address of each block and the one after its last."""
    for policy in policies:
        for direction in Direction:
            for rule in policy.rules_for(direction) or ():
                for peer in rule.peers or ():
                    if isinstance(peer, IPBlock):
                        for block in (peer.cidr, *peer.excluded):
                            yield block.network_address
                            if int(block.broadcast_address) + 1 < 2**block.max_prefixlen:
                                yield block.broadcast_address + 1


def _list_ports(lab: Lab, ends: Sequence[Endpoint], policies: Sequence[Policy]) -> Iterator[Port]:
    for flow in lab.flows:
        yield flow.protocol, flow.port
    yield from list_port_numbers(policies)
    for end in ends:
        if isinstance(end, Pod):
            for port in end.ports:
                yield port.protocol, port.number
    for protocol in Protocol:
        for number in UNLISTED:
            yield protocol, number
