"""Where a network plugin does otherwise than the API's text: what to expect there, and why."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from netpol import cilium
from netpol.assess.model import Deviation
from netpol.assess.outcomes import combine_outcomes
from netpol.assess.parties import EntityBinding
from netpol.evaluate import decide_connection
from netpol.lab import Entity, Flow, Lab
from netpol.model import Direction, IPBlock, Outcome, OutsideAddress, Profile

UNENFORCED = "Where the network plugin ignores policies, everything passes."


def find_deviations(
    lab: Lab, flow: Flow, parties: EntityBinding, predicted: Outcome
) -> tuple[Deviation, ...]:
    return tuple(_generate_deviations(lab, flow, parties, predicted))


def _generate_deviations(
    lab: Lab, flow: Flow, parties: EntityBinding, predicted: Outcome
) -> Iterator[Deviation]:
    if _may_differ(lab, flow, parties):
        outcome = _decide_under(Profile.CILIUM, flow, parties)
        if outcome is not predicted:
            source, destination = lab.find_entity(flow.source), lab.find_entity(flow.destination)
            yield Deviation(
                Profile.CILIUM,
                outcome,
                _explain_cilium(source, destination, outcome),
                _build_remedy(source, destination, flow),
            )
    if predicted is not Outcome.ALLOW:
        yield Deviation(Profile.UNENFORCED, Outcome.ALLOW, UNENFORCED)


def _may_differ(lab: Lab, flow: Flow, parties: EntityBinding) -> bool:
    """Cheap: most flows have neither a gateway nor an ipBlock to do with."""
    if lab.find_entity(flow.source).is_gateway or lab.find_entity(flow.destination).is_gateway:
        return True
    if isinstance(lab.find_entity(flow.destination).placeholder, OutsideAddress):
        return False
    return any(
        isinstance(peer, IPBlock)
        for policy in parties.cluster.policies_in(parties.namespace)
        for direction in Direction
        for rule in policy.rules_for(direction) or ()
        for peer in rule.peers or ()
    )


def _decide_under(profile: Profile, flow: Flow, parties: EntityBinding) -> Outcome:
    cluster = replace(parties.cluster, profile=profile)
    ends = product(parties.endpoints[flow.source], parties.endpoints[flow.destination])
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


def _build_remedy(source: Entity, destination: Entity, flow: Flow) -> str:
    if not source.is_gateway or destination.selector is None:
        return ""
    return cilium.build_gateway_policy(destination, flow.port, flow.protocol)
