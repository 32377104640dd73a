"""Puts an assessment together."""

from netpol.assess.flows import judge
from netpol.assess.model import Assessment
from netpol.assess.parties import parties
from netpol.assess.steps import detect
from netpol.lab import Lab
from netpol.model import Cluster


def assess(lab: Lab, cluster: Cluster, namespace: str) -> Assessment:
    """What the policies in `cluster` make of `namespace`, measured by `lab`.

    `cluster` holds the namespace with its pods and policies, and as much as is readable of what
    the lab's other entities bind to; a stand-in takes the place of whatever is not there. What
    Kubernetes leaves undefined is `Outcome.UNKNOWN` with its reason. Never raises.
    """
    bound = parties(lab, cluster, namespace)
    flows = {flow.name: judge(lab, flow, bound) for flow in lab.flows}
    return Assessment(
        lab=lab.name,
        flows=tuple(flows.values()),
        steps=tuple(detect(lab, step, bound, flows) for step in lab.steps),
        stand_ins=bound.stand_ins,
    )
