"""What policies are about: namespaces, pods, addresses outside, and all of them together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from netpol.model.policy import IPAddress, Policy, Protocol
from netpol.model.profile import Profile

NAME_LABEL = "kubernetes.io/metadata.name"
"""The label that the control plane keeps on every namespace: its own name."""


@dataclass(frozen=True, slots=True)
class LabeledNamespace:
    name: str
    labels: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class ContainerPort:
    name: str
    number: int
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod as far as policies see it; `addresses` is empty while it has none.

    `gateway` is whether it stands for what a Gateway or Ingress forwards, which network plugins may
    give an identity other than a pod's. `workload` is the name of what made it, a Deployment's or
    a Job's, and empty for a pod on its own: no policy looks at it.
    """

    namespace: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    ports: tuple[ContainerPort, ...] = ()
    addresses: tuple[IPAddress, ...] = ()
    host_network: bool = False
    gateway: bool = False
    workload: str = ""


@dataclass(frozen=True, slots=True)
class OutsideAddress:
    """An address that belongs to no pod."""

    address: IPAddress


@dataclass(frozen=True, slots=True)
class Kubelet:
    """The kubelet of the other end's node, who asks readiness and liveness probes."""


Endpoint = Pod | OutsideAddress | Kubelet


@dataclass(frozen=True, slots=True)
class UnsupportedPolicy:
    """A policy object of a kind that is not evaluated but could change a verdict.

    `namespace` is `None` for a cluster-wide object.
    """

    kind: str
    name: str
    namespace: str | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Everything a verdict depends on. Build it with `build_cluster`."""

    namespaces: Mapping[str, LabeledNamespace]
    pods: tuple[Pod, ...]
    policies: Mapping[str, tuple[Policy, ...]]
    unsupported: tuple[UnsupportedPolicy, ...] = ()
    profile: Profile = Profile.KUBERNETES

    def policies_in(self, namespace: str) -> tuple[Policy, ...]:
        return self.policies.get(namespace, ())

    def labels_of(self, namespace: str) -> Mapping[str, str]:
        """A namespace's labels; the control plane keeps its name among them."""
        known = self.namespaces.get(namespace)
        return {**(known.labels if known else {}), NAME_LABEL: namespace}


def build_cluster(
    namespaces: Iterable[LabeledNamespace] = (),
    pods: Iterable[Pod] = (),
    policies: Iterable[Policy] = (),
    unsupported: Iterable[UnsupportedPolicy] = (),
) -> Cluster:
    """The cluster of these objects; policies keep their order within a namespace."""
    by_namespace: dict[str, list[Policy]] = {}
    for policy in policies:
        by_namespace.setdefault(policy.namespace, []).append(policy)
    return Cluster(
        {namespace.name: namespace for namespace in namespaces},
        tuple(pods),
        {name: tuple(listed) for name, listed in by_namespace.items()},
        tuple(unsupported),
    )
