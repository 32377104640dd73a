"""Whom answers name: pods, and workloads of which no policy tells the pods apart."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from netpol.connections.distinctions import Distinctions
from netpol.model import Cluster, Pod


@dataclass(frozen=True, slots=True)
class ConnectionEnd:
    """Pods that every policy treats alike, under one name: `NAMESPACE/NAME`."""

    name: str
    pods: tuple[Pod, ...]

    @property
    def names(self) -> frozenset[str]:
        """All that it can be called by: its pods' names and their workload's."""
        called = {name for pod in self.pods for name in (pod.name, pod.workload) if name}
        return frozenset(f"{self.pods[0].namespace}/{name}" for name in called)


def list_ends(cluster: Cluster, distinctions: Distinctions) -> list[ConnectionEnd]:
    """All pods, in the order of their names; those of one workload as one, if they are alike.

    A workload of one pod goes by the pod's name.
    """
    found = []
    for name, pods in _group_by_name(
        cluster, _find_split_workloads([cluster], distinctions)
    ).items():
        alone = len(pods) == 1
        found.append(ConnectionEnd(_format_name(pods[0]) if alone else name, pods))
    return sorted(found, key=_sort_key)


def pair_ends(
    distinctions: Distinctions, *clusters: Cluster
) -> list[tuple[str, tuple[ConnectionEnd | None, ...]]]:
    """Names, each with the end that has it in each cluster.

    A workload goes by its own name, which it keeps whatever its pods are called. If its pods differ
    in one cluster, they are told apart in all.
    """
    split = _find_split_workloads(clusters, distinctions)
    named = [_group_by_name(cluster, split) for cluster in clusters]
    listed = dict.fromkeys(name for pods in named for name in pods)
    return sorted(
        (
            (
                name,
                tuple(ConnectionEnd(name, pods[name]) if name in pods else None for pods in named),
            )
            for name in listed
        ),
        key=lambda pair: pair[0].split("/"),
    )


def _sort_key(end: ConnectionEnd) -> list[str]:
    return end.name.split("/")


def _find_split_workloads(
    clusters: Sequence[Cluster], distinctions: Distinctions
) -> frozenset[str]:
    """Workloads whose pods have to be named one by one."""
    return frozenset(
        name for cluster in clusters for name in _find_unlike_workloads(cluster, distinctions)
    )


def _find_unlike_workloads(cluster: Cluster, distinctions: Distinctions) -> Iterator[str]:
    """Workloads of which some policy tells the pods apart, or whose name is a pod's of another."""
    known: dict[str, Hashable] = {}
    for pod in cluster.pods:
        name = f"{pod.namespace}/{pod.workload}"
        likeness = distinctions.build_class_key(pod) if pod.workload else None
        if pod.workload and known.setdefault(name, likeness) != likeness:
            yield name
        if pod.workload != pod.name:
            yield _format_name(pod)


def _group_by_name(cluster: Cluster, split: Iterable[str]) -> dict[str, tuple[Pod, ...]]:
    found: dict[str, list[Pod]] = {}
    for pod in cluster.pods:
        name = f"{pod.namespace}/{pod.workload}"
        found.setdefault(
            name if pod.workload and name not in split else _format_name(pod), []
        ).append(pod)
    return {name: tuple(pods) for name, pods in found.items()}


def _format_name(pod: Pod) -> str:
    return f"{pod.namespace}/{pod.name}"


@dataclass(frozen=True, slots=True)
class EndClasses:
    """Which ends have one key: `of` has the class of each end, `members` the ends of each class."""

    by_end: Sequence[int]
    members: Sequence[Sequence[int]]

    @classmethod
    def from_keys(cls, keys: Iterable[Hashable]) -> "EndClasses":
        classes: dict[Hashable, int] = {}
        of = [classes.setdefault(key, len(classes)) for key in keys]
        members: list[list[int]] = [[] for _ in classes]
        for end, number in enumerate(of):
            members[number].append(end)
        return cls(of, members)
