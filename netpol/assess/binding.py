"""Which pods or placeholders the entities of a lab are in one namespace."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from netpol.evaluate import selector_matches
from netpol.lab import Entity, Lab
from netpol.model import Cluster, Endpoint, LabeledNamespace, Pod, Policy


@dataclass(frozen=True, slots=True)
class EntityBinding:
    """The endpoints of each entity; `placeholders` names the entities without a pod.

    `pods` are the namespace's own pods and the placeholders assumed in it.
    """

    cluster: Cluster
    namespace: str
    endpoints: Mapping[str, tuple[Endpoint, ...]]
    placeholders: tuple[str, ...]
    pods: tuple[Pod, ...]

    def entities_of(self, pod: Pod) -> tuple[str, ...]:
        return tuple(name for name, endpoints in self.endpoints.items() if pod in endpoints)


def bind_entities(lab: Lab, cluster: Cluster, namespace: str) -> EntityBinding:
    """Bind each entity to its pods or, where there is none, to its placeholder."""
    cluster = replace(
        cluster, pods=tuple(_assume_addresses(lab, pod, namespace) for pod in cluster.pods)
    )
    found = {entity.name: _find_pods(lab, cluster, entity, namespace) for entity in lab.entities}
    endpoints = {
        entity.name: found[entity.name] or (entity.placeholder_in(namespace),)
        for entity in lab.entities
    }
    assumed = {name: endpoint for name, (endpoint, *_) in endpoints.items() if not found[name]}
    pods = (*cluster.pods, *(end for end in assumed.values() if isinstance(end, Pod)))
    return EntityBinding(
        replace(
            cluster,
            namespaces=_assume_namespaces(lab, cluster, namespace),
            policies=_sort_policies(cluster),
        ),
        namespace,
        endpoints,
        tuple(assumed),
        tuple(pod for pod in pods if pod.namespace == namespace),
    )


def _sort_policies(cluster: Cluster) -> dict[str, tuple[Policy, ...]]:
    """The order of policies means nothing, so it must not change an assessment."""
    return {
        name: tuple(sorted(policies, key=lambda policy: policy.name))
        for name, policies in cluster.policies.items()
    }


def _find_pods(lab: Lab, cluster: Cluster, entity: Entity, namespace: str) -> tuple[Pod, ...]:
    return tuple(
        pod
        for pod in cluster.pods
        if _is_bound_to(entity, pod, namespace)
        and not (lab.probers and selector_matches(lab.probers, pod.labels))
    )


def _assume_addresses(lab: Lab, pod: Pod, namespace: str) -> Pod:
    """The pod; one that waits for its address has that of its entity's placeholder.

    Otherwise no ipBlock had a definite outcome, and every rollout would change the assessment.
    """
    if not pod.addresses:
        for entity in lab.entities:
            if isinstance(entity.placeholder, Pod) and _is_bound_to(entity, pod, namespace):
                return replace(pod, addresses=entity.placeholder.addresses)
    return pod


def _is_bound_to(entity: Entity, pod: Pod, namespace: str) -> bool:
    return (
        entity.selector is not None
        and pod.namespace == entity.home_namespace(namespace)
        and selector_matches(entity.selector, pod.labels)
    )


def _assume_namespaces(lab: Lab, cluster: Cluster, namespace: str) -> dict[str, LabeledNamespace]:
    """Labels from the cluster win over those that the lab file assumes."""
    assumed = {namespace: lab.namespaces.label_namespace(namespace)}
    for entity in lab.entities:
        home = entity.home_namespace(namespace)
        known = assumed.get(home, LabeledNamespace(home, {}))
        assumed[home] = LabeledNamespace(home, {**known.labels, **entity.namespace_labels})
    return {**assumed, **cluster.namespaces}
