"""The pods that masks are about: a bit for each class of pods that no policy tells apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from netpol.connections.bits import LabelIndex, bits, numbers
from netpol.connections.distinctions import Distinctions, Name
from netpol.model import Cluster, NamedPort, Pod, Port, PortRange


@dataclass(frozen=True, slots=True)
class Population:
    """One pod of each class, at the place of its bit; `None` where the cluster has no such pod.

    All but `homes`, whose keys are namespaces, are sets of classes. `undefined` are those that an
    object of another kind governs, `declaring` tells by name of a port which have which number,
    and `held` by family and number of a block which have an address in it. A pod with addresses of
    one family only is the same in both.
    """

    cluster: Cluster
    distinctions: Distinctions
    pods: Sequence[Pod | None]
    everyone: int
    homes: Mapping[str, int]
    labelled: LabelIndex
    housed: LabelIndex
    on_host: int
    gateways: int
    unaddressed: int
    undefined: int
    declaring: Mapping[Name, Mapping[int, int]]
    held: Mapping[int, Mapping[int, int]]
    families: Mapping[frozenset[int], int]

    @classmethod
    def of(
        cls, cluster: Cluster, distinctions: Distinctions, pods: Sequence[Pod | None]
    ) -> "Population":
        present = [(number, pod) for number, pod in enumerate(pods) if pod]
        homes = _grouped((pod.namespace, number) for number, pod in present)
        everyone = bits(number for number, _ in present)
        return cls(
            cluster,
            distinctions,
            pods,
            everyone,
            homes,
            LabelIndex.of(
                [(pod.labels, 1 << number) for number, pod in present], distinctions.keys
            ),
            LabelIndex.of(
                [(cluster.labels_of(home), mask) for home, mask in homes.items()],
                distinctions.home_keys,
            ),
            bits(number for number, pod in present if pod.host_network),
            bits(number for number, pod in present if pod.gateway),
            bits(number for number, pod in present if not pod.addresses),
            _undefined(cluster, everyone, homes),
            _declaring(present, distinctions),
            {family: _held(present, distinctions, family) for family in (4, 6)},
            _grouped(
                (frozenset(each.version for each in pod.addresses), number)
                for number, pod in present
            ),
        )

    @property
    def views(self) -> tuple[int, ...]:
        """The families by which answers can differ: one is enough where no pod has addresses of
        both, or nobody asks.
        """
        dual = frozenset((4, 6)) in self.families
        return (4, 6) if dual and self.distinctions.blocks else (4,)

    def masks(self, port: Port) -> Iterator[int]:
        """The sets of ports that a rule's port can mean, depending on the destination."""
        space = self.distinctions.ports
        match port:
            case PortRange():
                yield space.mask(port)
            case NamedPort(protocol, name):
                for number in self.declaring[protocol, name]:
                    yield space.bit(number, protocol)

    def strangers(self, number: int, family: int) -> int:
        """The classes with which this one has no connection in a family.

        "The families that both ends have are connections of their own"; of which one end is not
        known to have any, or the two have none in common, the answer is the same in both.
        """
        pod = self.pods[number]
        own = frozenset(each.version for each in pod.addresses) if pod else frozenset()
        lone = frozenset((10 - family,))
        if len(own) == 2:
            return self.families.get(lone, 0)
        return self.families.get(frozenset((4, 6)), 0) if own == lone else 0


Key = TypeVar("Key")
Present = Sequence[tuple[int, Pod]]


def _grouped(pairs: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    listed: dict[Key, list[int]] = {}
    for key, number in pairs:
        listed.setdefault(key, []).append(number)
    return {key: bits(found) for key, found in listed.items()}


def _undefined(cluster: Cluster, everyone: int, homes: Mapping[str, int]) -> int:
    """Objects of kinds that are not evaluated could change anything in their reach."""
    found = 0
    for other in cluster.unsupported:
        found |= everyone if other.namespace is None else homes.get(other.namespace, 0)
    return found


def _declaring(present: Present, distinctions: Distinctions) -> dict[Name, dict[int, int]]:
    found: dict[Name, dict[int, int]] = {name: {} for name in distinctions.names}
    for number, pod in present:
        for port in pod.ports:
            if (with_number := found.get((port.protocol, port.name))) is not None:
                with_number[port.number] = with_number.get(port.number, 0) | 1 << number
    return found


def _held(present: Present, distinctions: Distinctions, family: int) -> dict[int, int]:
    """An ipBlock may hold a pod: "a block that contains a pod's address admits that pod"."""
    found: dict[int, int] = {}
    alike = _grouped((_holding(pod, distinctions, family), number) for number, pod in present)
    for blocks, classes in alike.items():
        for block in numbers(blocks):
            found[block] = found.get(block, 0) | classes
    return found


def _holding(pod: Pod, distinctions: Distinctions, family: int) -> int:
    dual = len({each.version for each in pod.addresses}) > 1
    found = 0
    for address in pod.addresses:
        if address.version == family or not dual:
            found |= distinctions.addresses.holding(address)
    return found
