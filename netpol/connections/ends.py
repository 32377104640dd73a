"""The ends of connections: pods, and workloads whose pods every policy treats alike."""

from collections.abc import Hashable, Iterable, Sequence
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
        """All its names: those of its pods and of their workload."""
        called = {name for pod in self.pods for name in (pod.name, pod.workload) if name}
        return frozenset(f"{self.pods[0].namespace}/{name}" for name in called)


def list_ends(cluster: Cluster, distinctions: Distinctions) -> list[ConnectionEnd]:
    """All pods by name; those of one workload as one end, if they are alike.

    A workload of one pod goes by the pod's name.
    """
    named = _group_by_name(cluster, _find_split_workloads([cluster], distinctions))
    ends = (
        ConnectionEnd(name if len(pods) > 1 else _format_name(pods[0]), pods)
        for name, pods in named.items()
    )
    return sorted(ends, key=lambda end: end.name.split("/"))


def pair_ends(
    distinctions: Distinctions, *clusters: Cluster
) -> list[tuple[str, tuple[ConnectionEnd | None, ...]]]:
    """Each name with its end in each cluster.

    A workload goes by its own name, which it keeps whatever its pods are called. If its pods differ
    in one cluster, they are told apart in all.
    """
    split = _find_split_workloads(clusters, distinctions)
    named = [_group_by_name(cluster, split) for cluster in clusters]
    names = {name for pods in named for name in pods}
    return [
        (name, tuple(ConnectionEnd(name, pods[name]) if name in pods else None for pods in named))
        for name in sorted(names, key=lambda name: name.split("/"))
    ]


def _find_split_workloads(clusters: Sequence[Cluster], distinctions: Distinctions) -> set[str]:
    """Workloads whose pods some policy treats differently in a cluster, or that have another pod's
    name: their pods need a name each.
    """
    found = set()
    for cluster in clusters:
        known: dict[str, Hashable] = {}
        for pod in cluster.pods:
            name = f"{pod.namespace}/{pod.workload}"
            likeness = distinctions.build_class_key(pod) if pod.workload else None
            if pod.workload and known.setdefault(name, likeness) != likeness:
                found.add(name)
            if pod.workload != pod.name:
                found.add(_format_name(pod))
    return found


def _group_by_name(cluster: Cluster, split: Iterable[str]) -> dict[str, tuple[Pod, ...]]:
    found: dict[str, list[Pod]] = {}
    for pod in cluster.pods:
        name = f"{pod.namespace}/{pod.workload}"
        if not pod.workload or name in split:
            name = _format_name(pod)
        found.setdefault(name, []).append(pod)
    return {name: tuple(pods) for name, pods in found.items()}


def _format_name(pod: Pod) -> str:
    return f"{pod.namespace}/{pod.name}"


@dataclass(frozen=True, slots=True)
class EndClasses:
    """Classes of ends with equal keys: the class of each end, and the members of each class."""

    by_end: Sequence[int]
    members: Sequence[Sequence[int]]

    @classmethod
    def from_keys(cls, keys: Iterable[Hashable]) -> "EndClasses":
        classes: dict[Hashable, int] = {}
        by_end = [classes.setdefault(key, len(classes)) for key in keys]
        members: list[list[int]] = [[] for _ in classes]
        for end, number in enumerate(by_end):
            members[number].append(end)
        return cls(by_end, members)
