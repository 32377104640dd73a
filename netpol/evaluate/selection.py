"""What selectors select."""

from collections.abc import Mapping

from netpol.model import Cluster, Direction, LabelRequirement, Operator, Pod, Policy, Selector


def selector_matches(selector: Selector, labels: Mapping[str, str]) -> bool:
    """Whether all requirements hold: "an empty label selector matches all objects"."""
    return all(_requirement_holds(requirement, labels) for requirement in selector.requirements)


def find_isolating_policies(cluster: Cluster, pod: Pod, direction: Direction) -> tuple[Policy, ...]:
    """The policies that isolate the pod: "any NetworkPolicy in the namespace that selects the pod
    and has" the direction in its policyTypes. Without any the pod is open.
    """
    return tuple(
        policy
        for policy in cluster.policies_in(pod.namespace)
        if policy.rules_for(direction) is not None and selector_matches(policy.selector, pod.labels)
    )


def _requirement_holds(requirement: LabelRequirement, labels: Mapping[str, str]) -> bool:
    """`NotIn` and `DoesNotExist` select what lacks the key; an empty value is a value."""
    match requirement.operator:
        case Operator.IN:
            return labels.get(requirement.key) in requirement.values
        case Operator.NOT_IN:
            return labels.get(requirement.key) not in requirement.values
        case Operator.EXISTS:
            return requirement.key in labels
        case Operator.DOES_NOT_EXIST:
            return requirement.key not in labels
