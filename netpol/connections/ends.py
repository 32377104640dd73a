"""Whom answers name: pods, and workloads of which no policy tells the pods apart."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from netpol.connections.distinctions import Distinctions
from netpol.model import Cluster, Pod


@dataclass(frozen=True, slots=True)
class End:
    """Pods that every policy treats alike, under one name: `NAMESPACE/NAME`."""

    name: str
    pods: tuple[Pod, ...]

    @property
    def names(self) -> frozenset[str]:
        """All that it can be called by: its pods' names and their workload's."""
        called = {name for pod in self.pods for name in (pod.name, pod.workload) if name}
        return frozenset(f"{self.pods[0].namespace}/{name}" for name in called)


def ends(cluster: Cluster, distinctions: Distinctions) -> list[End]:
    """All pods, in the order of their names; those of one workload as one, if they are alike.

    A workload of one pod goes by the pod's name.
    """
    found = []
    for name, pods in _named(cluster, _split([cluster], distinctions)).items():
        alone = len(pods) == 1
        found.append(End(_name(pods[0]) if alone else name, pods))
    return sorted(found, key=_order)


def common_ends(
    distinctions: Distinctions, *clusters: Cluster
) -> list[tuple[str, tuple[End | None, ...]]]:
    """Names, each with the end that has it in each cluster.

    A workload goes by its own name, which it keeps whatever its pods are called. If its pods differ
    in one cluster, they are told apart in all.
    """
    split = _split(clusters, distinctions)
    named = [_named(cluster, split) for cluster in clusters]
    listed = dict.fromkeys(name for pods in named for name in pods)
    return sorted(
        (
            (name, tuple(End(name, pods[name]) if name in pods else None for pods in named))
            for name in listed
        ),
        key=lambda pair: pair[0].split("/"),
    )


def _order(end: End) -> list[str]:
    return end.name.split("/")


def _split(clusters: Sequence[Cluster], distinctions: Distinctions) -> frozenset[str]:
    """Workloads whose pods have to be named one by one."""
    return frozenset(name for cluster in clusters for name in _different(cluster, distinctions))


def _different(cluster: Cluster, distinctions: Distinctions) -> Iterator[str]:
    """Workloads of which some policy tells the pods apart, or whose name is a pod's of another."""
    known: dict[str, Hashable] = {}
    for pod in cluster.pods:
        name = f"{pod.namespace}/{pod.workload}"
        likeness = distinctions.likeness(pod) if pod.workload else None
        if pod.workload and known.setdefault(name, likeness) != likeness:
            yield name
        if pod.workload != pod.name:
            yield _name(pod)


def _named(cluster: Cluster, split: Iterable[str]) -> dict[str, tuple[Pod, ...]]:
    found: dict[str, list[Pod]] = {}
    for pod in cluster.pods:
        name = f"{pod.namespace}/{pod.workload}"
        found.setdefault(name if pod.workload and name not in split else _name(pod), []).append(pod)
    return {name: tuple(pods) for name, pods in found.items()}


def _name(pod: Pod) -> str:
    return f"{pod.namespace}/{pod.name}"


@dataclass(frozen=True, slots=True)
class Classes:
    """Which ends have one key: `of` has the class of each end, `members` the ends of each class."""

    of: Sequence[int]
    members: Sequence[Sequence[int]]

    @classmethod
    def by(cls, keys: Iterable[Hashable]) -> "Classes":
        classes: dict[Hashable, int] = {}
        of = [classes.setdefault(key, len(classes)) for key in keys]
        members: list[list[int]] = [[] for _ in classes]
        for end, number in enumerate(of):
            members[number].append(end)
        return cls(of, members)
