"""Where a network plugin deviates from the API's text: the outcome there, the reason, a remedy."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import yaml

from netpol.assess.binding import EntityBinding
from netpol.assess.model import Deviation
from netpol.evaluate import decide_connection
from netpol.lab import Entity, Flow, Lab
from netpol.model import (
    Direction,
    LabelRequirement,
    Operator,
    Outcome,
    OutsideAddress,
    Profile,
    Protocol,
    Selector,
    combine_outcomes,
)

UNENFORCED = "Where the network plugin ignores policies, everything passes."


def find_deviations(
    lab: Lab, flow: Flow, binding: EntityBinding, predicted: Outcome
) -> tuple[Deviation, ...]:
    return tuple(_generate_deviations(lab, flow, binding, predicted))


def _generate_deviations(
    lab: Lab, flow: Flow, binding: EntityBinding, predicted: Outcome
) -> Iterator[Deviation]:
    source, destination = lab.find_entity(flow.source), lab.find_entity(flow.destination)
    if _may_differ(source, destination, binding):
        outcome = _decide_under(Profile.CILIUM, flow, binding)
        if outcome is not predicted:
            remedy = ""
            if source.is_gateway and destination.selector is not None:
                remedy = build_gateway_policy(
                    destination.name, destination.selector, flow.port, flow.protocol
                )
            reason = _explain_cilium(source, destination, outcome)
            yield Deviation(Profile.CILIUM, outcome, reason, remedy)
    if predicted is not Outcome.ALLOW:
        yield Deviation(Profile.UNENFORCED, Outcome.ALLOW, UNENFORCED)


def _may_differ(source: Entity, destination: Entity, binding: EntityBinding) -> bool:
    """A cheap test: most flows involve neither a gateway nor an ipBlock."""
    if source.is_gateway or destination.is_gateway:
        return True
    if isinstance(destination.placeholder, OutsideAddress):
        return False
    return any(
        rule.ip_blocks
        for policy in binding.cluster.policies_in(binding.namespace)
        for direction in Direction
        for rule in policy.rules_for(direction) or ()
    )


def _decide_under(profile: Profile, flow: Flow, binding: EntityBinding) -> Outcome:
    cluster = replace(binding.cluster, profile=profile)
    ends = product(binding.endpoints[flow.source], binding.endpoints[flow.destination])
    return combine_outcomes(
        {decide_connection(cluster, *pair, flow.port, flow.protocol).outcome for pair in ends}
    )


def _explain_cilium(source: Entity, destination: Entity, outcome: Outcome) -> str:
    word = "blocked" if outcome is Outcome.DENY else f"{outcome}"
    if source.is_gateway:
        return (
            f"On Cilium it is {word}: what comes through the {source.title.lower()} has an "
            "identity of its own, `ingress`, and no podSelector or namespaceSelector matches that. "
            "It is the network plugin, not the policy's text."
        )
    return (
        f"On Cilium it is {word}: there an ipBlock never matches a pod, and only an ipBlock lets "
        f"{source.title} and {destination.title} talk. It is the network plugin, not the policy's "
        "text."
    )


def build_gateway_policy(name: str, selector: Selector, port: int, protocol: Protocol) -> str:
    """A CiliumNetworkPolicy as YAML, without a namespace, that admits gateways to an entity's pods.

    What a Gateway forwards has the identity `ingress` on Cilium, which NetworkPolicy cannot name.
    The policy only adds: what other policies admit stays admitted.
    """
    name = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")
    ports = [{"port": str(port), "protocol": protocol.value}]
    manifest = {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": f"allow-gateway-to-{name}"},
        "spec": {
            "endpointSelector": _dump_selector(selector),
            "ingress": [{"fromEntities": ["ingress"], "toPorts": [{"ports": ports}]}],
        },
    }
    return yaml.safe_dump(manifest, sort_keys=False)


def _dump_selector(selector: Selector) -> dict[str, object]:
    labels: dict[str, str] = {}
    expressions: list[dict[str, object]] = []
    for requirement in selector.requirements:
        if requirement.operator is Operator.IN and len(requirement.values) == 1:
            labels[requirement.key] = requirement.values[0]
        else:
            expressions.append(_dump_requirement(requirement))
    dumped: dict[str, object] = {"matchLabels": labels} if labels else {}
    return dumped | ({"matchExpressions": expressions} if expressions else {})


def _dump_requirement(requirement: LabelRequirement) -> dict[str, object]:
    dumped: dict[str, object] = {"key": requirement.key, "operator": requirement.operator.value}
    return dumped | ({"values": list(requirement.values)} if requirement.values else {})
