"""Whom answers name: pods, and workloads of which no policy tells the pods apart."""

from collections.abc import Hashable, Iterable, Sequence
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
        """All that it can be called by: its own, its pods' and their workload's."""
        called = {name for pod in self.pods for name in (pod.name, pod.workload) if name}
        return frozenset(f"{self.pods[0].namespace}/{name}" for name in called)

    @property
    def sort_key(self) -> tuple[str, str]:
        namespace, _, name = self.name.partition("/")
        return namespace, name


def ends(cluster: Cluster, distinctions: Distinctions, *, lone: bool = False) -> list[End]:
    """All pods, in the order of their names; those of one workload together if they are alike.

    A workload of one pod goes by the pod's name, unless `lone` says that it goes by its own.
    """
    pods = {f"{pod.namespace}/{pod.name}": pod for pod in cluster.pods}
    workloads: dict[str, list[str]] = {}
    for name, pod in pods.items():
        if pod.workload:
            workloads.setdefault(f"{pod.namespace}/{pod.workload}", []).append(name)
    found = []
    for name, members in workloads.items():
        if (len(members) > 1 or lone) and (name not in pods or name in members):
            listed = tuple(pods[member] for member in members)
            if len({distinctions.likeness(pod) for pod in listed}) == 1:
                found.append(End(name, listed))
                for member in members:
                    del pods[member]
    found += [End(name, (pod,)) for name, pod in pods.items()]
    return sorted(found, key=lambda end: end.sort_key)


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
