"""Puts an assessment together."""

from netpol.assess.flows import assess_flow
from netpol.assess.model import Assessment
from netpol.assess.parties import bind_entities
from netpol.assess.steps import assess_step
from netpol.lab import Lab
from netpol.model import Cluster


def assess_namespace(lab: Lab, cluster: Cluster, namespace: str) -> Assessment:
    """What the policies in `cluster` make of `namespace`, measured by `lab`.

    `cluster` holds the namespace with its pods and policies, and as much as is readable of what
    the lab's other entities bind to; a stand-in takes the place of whatever is not there. What
    Kubernetes leaves undefined is `Outcome.UNKNOWN` with its reason. Never raises.
    """
    bound = bind_entities(lab, cluster, namespace)
    flows = {flow.name: assess_flow(lab, flow, bound) for flow in lab.flows}
    return Assessment(
        lab=lab.name,
        flows=tuple(flows.values()),
        steps=tuple(assess_step(lab, step, bound, flows) for step in lab.steps),
        placeholders=bound.placeholders,
    )
