"""Who stands behind the entities of a lab in one namespace."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from netpol.evaluate import matches
from netpol.lab import Entity, Lab
from netpol.model import Cluster, Endpoint, Namespace, Pod, Policy


@dataclass(frozen=True, slots=True)
class Parties:
    """`pods` are the namespace's own and the stand-ins that are assumed in it."""

    cluster: Cluster
    namespace: str
    endpoints: Mapping[str, tuple[Endpoint, ...]]
    stand_ins: tuple[str, ...]
    pods: tuple[Pod, ...]

    def entities_of(self, pod: Pod) -> tuple[str, ...]:
        return tuple(name for name, endpoints in self.endpoints.items() if pod in endpoints)


def parties(lab: Lab, cluster: Cluster, namespace: str) -> Parties:
    """Bind each entity to its pods or, where there is none, to its stand-in."""
    cluster = replace(cluster, pods=tuple(_addressed(lab, pod, namespace) for pod in cluster.pods))
    found = {entity.name: _pods(lab, cluster, entity, namespace) for entity in lab.entities}
    endpoints = {
        entity.name: found[entity.name] or (entity.stand_in_for(namespace),)
        for entity in lab.entities
    }
    assumed = {name: endpoint for name, (endpoint, *_) in endpoints.items() if not found[name]}
    pods = (*cluster.pods, *(end for end in assumed.values() if isinstance(end, Pod)))
    return Parties(
        replace(
            cluster,
            namespaces=_namespaces(lab, cluster, namespace),
            policies=_in_order(cluster),
        ),
        namespace,
        endpoints,
        tuple(assumed),
        tuple(pod for pod in pods if pod.namespace == namespace),
    )


def _in_order(cluster: Cluster) -> dict[str, tuple[Policy, ...]]:
    """The order of policies means nothing, so it must not show in an assessment either."""
    return {
        name: tuple(sorted(policies, key=lambda policy: policy.name))
        for name, policies in cluster.policies.items()
    }


def _pods(lab: Lab, cluster: Cluster, entity: Entity, namespace: str) -> tuple[Pod, ...]:
    return tuple(
        pod
        for pod in cluster.pods
        if _is(entity, pod, namespace) and not (lab.probers and matches(lab.probers, pod.labels))
    )


def _addressed(lab: Lab, pod: Pod, namespace: str) -> Pod:
    """A pod that waits for its address counts with the one of its entity's stand-in.

    Without one no ipBlock has a definite answer, and every rollout would change the assessment.
    """
    if not pod.addresses:
        for entity in lab.entities:
            if isinstance(entity.stand_in, Pod) and _is(entity, pod, namespace):
                return replace(pod, addresses=entity.stand_in.addresses)
    return pod


def _is(entity: Entity, pod: Pod, namespace: str) -> bool:
    return (
        entity.selector is not None
        and pod.namespace == entity.home(namespace)
        and matches(entity.selector, pod.labels)
    )


def _namespaces(lab: Lab, cluster: Cluster, namespace: str) -> dict[str, Namespace]:
    """What the cluster says of a namespace wins over what the lab file assumes."""
    assumed = {namespace: lab.namespaces.named(namespace)}
    for entity in lab.entities:
        home = entity.home(namespace)
        known = assumed.get(home, Namespace(home, {}))
        assumed[home] = Namespace(home, {**known.labels, **entity.namespace_labels})
    return {**assumed, **cluster.namespaces}
