"""Ends and ports beside the lab's own, which show that a change opens too much."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address
from itertools import chain, product

from netpol.assess.binding import EntityBinding, bind_entities
from netpol.lab import Lab
from netpol.model import (
    GENERATED_LABELS,
    Cluster,
    Endpoint,
    IPAddress,
    IPBlock,
    LabeledNamespace,
    OutsideAddress,
    Pod,
    Policy,
    PortRange,
    Protocol,
)
from netpol.repair.universe import ConnectionUniverse, Port, list_wants

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
    bound = list(chain.from_iterable(binding.endpoints.values()))
    found = _drop_alike([*subjects, *bound, *_list_strangers(lab, binding, policies)])
    kinds = {_build_kind_key(end): index for index, end in enumerate(found)}
    ends = {end: kinds[_build_kind_key(end)] for end in (*found, *bound)}
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
        pairs = tuple(sorted(labels.items()))
        return end.namespace, pairs, end.ports, end.host_network, end.gateway
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
                    labels = dict(entity.placeholder.labels)
                    yield _build_stranger(home, labels, f"like-{entity.name}")
    for address in dict.fromkeys((*OUTSIDE, *_list_edges(policies))):
        yield OutsideAddress(address)


def _list_edges(policies: Sequence[Policy]) -> Iterator[IPAddress]:
    """The first address of each block and the one after its last."""
    peers = (peer for policy in policies for rule in policy.rules for peer in rule.peers or ())
    for peer in peers:
        for block in (peer.cidr, *peer.excluded) if isinstance(peer, IPBlock) else ():
            yield block.network_address
            if int(block.broadcast_address) + 1 < 2**block.max_prefixlen:
                yield block.broadcast_address + 1


def _list_ports(lab: Lab, ends: Sequence[Endpoint], policies: Sequence[Policy]) -> Iterator[Port]:
    """Those that a flow or a pod names, and where a policy's verdict could change."""
    for flow in lab.flows:
        yield flow.protocol, flow.port
    ports = (port for policy in policies for rule in policy.rules for port in rule.ports or ())
    for port in ports:
        if isinstance(port, PortRange):
            for number in (port.first - 1, port.first, port.last, port.last + 1):
                if 0 < number < 65536:
                    yield port.protocol, number
    for end in ends:
        if isinstance(end, Pod):
            yield from ((own.protocol, own.number) for own in end.ports)
    yield from product(Protocol, UNLISTED)
