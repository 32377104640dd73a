"""Where a network plugin does otherwise than the API's text: what to expect there, and why."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from netpol import cilium
from netpol.assess.model import Deviation
from netpol.assess.outcomes import together
from netpol.assess.parties import Parties
from netpol.evaluate import decide
from netpol.lab import Entity, Flow, Lab
from netpol.model import Direction, IPBlock, Outcome, Outside, Profile

UNENFORCED = "Where the network plugin ignores policies, everything passes."


def deviations(lab: Lab, flow: Flow, parties: Parties, predicted: Outcome) -> tuple[Deviation, ...]:
    return tuple(_deviations(lab, flow, parties, predicted))


def _deviations(lab: Lab, flow: Flow, parties: Parties, predicted: Outcome) -> Iterator[Deviation]:
    if _may_differ(lab, flow, parties):
        outcome = _under(Profile.CILIUM, flow, parties)
        if outcome is not predicted:
            source, destination = lab.entity(flow.source), lab.entity(flow.destination)
            yield Deviation(
                Profile.CILIUM,
                outcome,
                _on_cilium(source, destination, outcome),
                _remedy(source, destination, flow),
            )
    if predicted is not Outcome.ALLOW:
        yield Deviation(Profile.UNENFORCED, Outcome.ALLOW, UNENFORCED)


def _may_differ(lab: Lab, flow: Flow, parties: Parties) -> bool:
    """Cheap: most flows have neither a gateway nor an ipBlock to do with."""
    if lab.entity(flow.source).is_gateway or lab.entity(flow.destination).is_gateway:
        return True
    if isinstance(lab.entity(flow.destination).stand_in, Outside):
        return False
    return any(
        isinstance(peer, IPBlock)
        for policy in parties.cluster.policies_in(parties.namespace)
        for direction in Direction
        for rule in policy.rules(direction) or ()
        for peer in rule.peers or ()
    )


def _under(profile: Profile, flow: Flow, parties: Parties) -> Outcome:
    cluster = replace(parties.cluster, profile=profile)
    ends = product(parties.endpoints[flow.source], parties.endpoints[flow.destination])
    return together({decide(cluster, *pair, flow.port, flow.protocol).outcome for pair in ends})


def _on_cilium(source: Entity, destination: Entity, outcome: Outcome) -> str:
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


def _remedy(source: Entity, destination: Entity, flow: Flow) -> str:
    if not source.is_gateway or destination.selector is None:
        return ""
    return cilium.admits_gateway(destination, flow.port, flow.protocol)
