"""Who stands for everybody else: ends and ports that a change could open to nobody's use."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address

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
    """The lab's parties in this namespace, strangers of all sorts, and every port that anybody
    speaks of. `policies` are the student's and the solution's.
    """
    bound = bind_entities(lab, cluster, namespace)
    subjects = _drop_alike([*bound.pods, _build_stranger(namespace)])
    found = _drop_alike(
        [*subjects, *_list_entity_ends(bound), *_list_strangers(lab, bound, policies)]
    )
    ends = {end: index for index, end in enumerate(found)}
    for listed in bound.endpoints.values():
        for end in listed:
            ends[end] = next(
                i for i, other in enumerate(found) if _build_kind_key(other) == _build_kind_key(end)
            )
    ports = tuple(dict.fromkeys(_list_ports(lab, found, policies)))
    numbers = {port: index for index, port in enumerate(ports)}
    namespaces = {**bound.cluster.namespaces, ELSEWHERE: LabeledNamespace(ELSEWHERE, {})}
    return ConnectionUniverse(
        Cluster(namespaces, bound.cluster.pods, {}, (), cluster.profile),
        namespace,
        tuple(subjects),
        tuple(found),
        ports,
        tuple(list_wants(bound, lab.flows, ends, numbers)),
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


def _list_entity_ends(bound: EntityBinding) -> Iterator[Endpoint]:
    for listed in bound.endpoints.values():
        yield from listed


def _build_stranger(
    namespace: str, labels: dict[str, str] | None = None, name: str = STRANGER
) -> Pod:
    return Pod(namespace, name, labels or {}, (), (ip_address("10.244.99.99"),))


def _list_strangers(
    lab: Lab, bound: EntityBinding, policies: Sequence[Policy]
) -> Iterator[Endpoint]:
    homes = dict.fromkeys(entity.home_namespace(bound.namespace) for entity in lab.entities)
    for home in (*homes, ELSEWHERE):
        if home != bound.namespace:
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
