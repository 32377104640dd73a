"""The pods behind masks: one bit for each class of pods that every policy treats alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from netpol.connections.bits import LabelIndex, build_mask, list_numbers
from netpol.connections.distinctions import Distinctions, PortName
from netpol.model import Cluster, NamedPort, Pod, Port, PortRange


@dataclass(frozen=True, slots=True)
class Population:
    """One pod of each class, at the index of its bit; `None` if the cluster has no such pod.

    All but `homes`, whose keys are namespaces, are sets of classes. `undefined` are those that an
    object of another kind governs, `declaring` tells by name of a port which have which number,
    and `held` by family and number of a block which have an address in it. A pod with addresses of
    one family only is the same in both.
    """

    cluster: Cluster
    distinctions: Distinctions
    pods: Sequence[Pod | None]
    everyone: int
    by_namespace: Mapping[str, int]
    pods_by_label: LabelIndex
    namespaces_by_label: LabelIndex
    on_host: int
    gateways: int
    unaddressed: int
    undefined: int
    declaring: Mapping[PortName, Mapping[int, int]]
    in_blocks: Mapping[int, Mapping[int, int]]
    families: Mapping[frozenset[int], int]

    @classmethod
    def from_pods(
        cls, cluster: Cluster, distinctions: Distinctions, pods: Sequence[Pod | None]
    ) -> "Population":
        present = [(number, pod) for number, pod in enumerate(pods) if pod]
        homes = _group_masks((pod.namespace, number) for number, pod in present)
        everyone = build_mask(number for number, _ in present)
        undefined = 0
        for other in cluster.unsupported:
            undefined |= everyone if other.namespace is None else homes.get(other.namespace, 0)
        return cls(
            cluster,
            distinctions,
            pods,
            everyone,
            homes,
            LabelIndex.from_labels(
                [(pod.labels, 1 << number) for number, pod in present], distinctions.keys
            ),
            LabelIndex.from_labels(
                [(cluster.labels_of(home), mask) for home, mask in homes.items()],
                distinctions.home_keys,
            ),
            build_mask(number for number, pod in present if pod.host_network),
            build_mask(number for number, pod in present if pod.gateway),
            build_mask(number for number, pod in present if not pod.addresses),
            undefined,
            _find_declaring(present, distinctions),
            {family: _find_classes_in_blocks(present, distinctions, family) for family in (4, 6)},
            _group_masks(
                (frozenset(each.version for each in pod.addresses), number)
                for number, pod in present
            ),
        )

    @property
    def families_to_compare(self) -> tuple[int, ...]:
        """The families by which answers can differ: one is enough where no pod has addresses of
        both, or nobody asks.
        """
        dual = frozenset((4, 6)) in self.families
        return (4, 6) if dual and self.distinctions.blocks else (4,)

    def list_port_masks(self, port: Port) -> Iterator[int]:
        """The sets of ports that a rule's port can mean, depending on the destination."""
        space = self.distinctions.ports
        match port:
            case PortRange():
                yield space.mask_range(port)
            case NamedPort(protocol, name):
                for number in self.declaring[protocol, name]:
                    yield space.mask_port(number, protocol)

    def find_unconnected(self, number: int, family: int) -> int:
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


def _group_masks(pairs: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    listed: dict[Key, list[int]] = {}
    for key, number in pairs:
        listed.setdefault(key, []).append(number)
    return {key: build_mask(found) for key, found in listed.items()}


def _find_declaring(present: Present, distinctions: Distinctions) -> dict[PortName, dict[int, int]]:
    found: dict[PortName, dict[int, int]] = {name: {} for name in distinctions.names}
    for number, pod in present:
        for port in pod.ports:
            if (with_number := found.get((port.protocol, port.name))) is not None:
                with_number[port.number] = with_number.get(port.number, 0) | 1 << number
    return found


def _find_classes_in_blocks(
    present: Present, distinctions: Distinctions, family: int
) -> dict[int, int]:
    """An ipBlock may hold a pod: "a block that contains a pod's address admits that pod"."""
    pairs: list[tuple[int, int]] = []
    for number, pod in present:
        is_dual = len({each.version for each in pod.addresses}) > 1
        pairs += [
            (distinctions.addresses.find_blocks(address), number)
            for address in pod.addresses
            if address.version == family or not is_dual
        ]
    found: dict[int, int] = {}
    for blocks, classes in _group_masks(pairs).items():
        for block in list_numbers(blocks):
            found[block] = found.get(block, 0) | classes
    return found
