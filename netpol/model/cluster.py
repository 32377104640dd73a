"""What policies govern: namespaces, pods, addresses outside, and all of them as one cluster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from netpol.model.policy import IPAddress, Policy, Protocol

NAME_LABEL = "kubernetes.io/metadata.name"
"""The label that the control plane keeps on every namespace: its own name."""

GENERATED_LABELS = frozenset(
    {
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "controller-uid",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-name",
        "job-name",
    }
)
"""Labels whose values controllers generate for each pod or rollout."""


@dataclass(frozen=True, slots=True)
class UnsupportedPolicy:
    """A policy object whose kind is not evaluated, but could change a verdict.

    `namespace` is `None` for a cluster-wide object.
    """

    kind: str
    name: str
    namespace: str | None


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
    """A pod as policies see it; `addresses` is empty while it has none.

    `gateway` marks a pod that stands for a Gateway's or Ingress' forwarded traffic, which network
    plugins may give an identity of its own. `workload` names the pod's owner, such as a Deployment
    or a Job, and is empty for a pod without one: policies never see it.
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
    """The kubelet of the other end's node, which sends readiness and liveness probes."""


Endpoint = Pod | OutsideAddress | Kubelet


class Profile(StrEnum):
    """A cluster's network plugin (CNI), as far as it changes what policies do.

    `KUBERNETES` follows the API's text. On `CILIUM` an ipBlock matches no pod or node, and traffic
    through a Gateway has an identity of its own that no selector matches. `UNENFORCED` ignores
    policies.
    """

    KUBERNETES = "kubernetes"
    CILIUM = "cilium"
    UNENFORCED = "unenforced"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Everything that a verdict depends on. Build it with `build_cluster`."""

    namespaces: Mapping[str, LabeledNamespace]
    pods: tuple[Pod, ...]
    policies: Mapping[str, tuple[Policy, ...]]
    unsupported: tuple[UnsupportedPolicy, ...] = ()
    profile: Profile = Profile.KUBERNETES

    def policies_in(self, namespace: str) -> tuple[Policy, ...]:
        return self.policies.get(namespace, ())

    def unsupported_in(self, namespace: str) -> tuple[UnsupportedPolicy, ...]:
        """The policies, also cluster-wide ones, that could change this namespace's verdicts."""
        return tuple(one for one in self.unsupported if one.namespace in (None, namespace))

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
    by_namespace: dict[str, list[Policy]] = {}
    for policy in policies:
        by_namespace.setdefault(policy.namespace, []).append(policy)
    return Cluster(
        {namespace.name: namespace for namespace in namespaces},
        tuple(pods),
        {name: tuple(listed) for name, listed in by_namespace.items()},
        tuple(unsupported),
    )
