"""The assessment of a namespace by a lab: a verdict for each flow, and the steps that hold."""

from collections.abc import Sequence
from itertools import product

from netpol.assess.binding import EntityBinding, bind_entities
from netpol.assess.deviations import find_deviations
from netpol.assess.model import Assessment, FlowAssessment
from netpol.assess.steps import assess_step
from netpol.evaluate import decide_connection
from netpol.evaluate.matching import Connection
from netpol.explain import FlowPair, explain_flow
from netpol.lab import Flow, Lab
from netpol.model import Cluster, Direction, Endpoint, Outcome, Pod, Policy, combine_outcomes

MAX_WORK = 5_000_000
"""Pairs of pods times parts of rules: about five seconds, of the hundred that a class has."""


class TooLargeError(ValueError):
    """One namespace would take the time or memory of the whole class."""


def refuse_too_large(pods: Sequence[Pod], policies: Sequence[Policy]) -> None:
    """Raise `TooLargeError`, which says what to do, if one namespace has too much to evaluate."""
    rules = [rule for one in policies for each in Direction for rule in one.rules_for(each) or ()]
    parts = sum(1 + len(rule.peers or ()) + len(rule.ports or ()) for rule in rules)
    if len(pods) ** 2 * parts > MAX_WORK:
        raise TooLargeError(
            f"It is too large to evaluate, with {len(pods)} pods and {len(rules)} rules: delete "
            "the ones that are not needed."
        )


def assess_namespace(lab: Lab, cluster: Cluster, namespace: str) -> Assessment:
    """What the policies in `cluster` do to `namespace`, measured by `lab`.

    `cluster` holds the namespace with its pods and policies, and what is readable of the pods of
    the lab's other entities; an entity without pods has its placeholder. What Kubernetes leaves
    undefined is `Outcome.UNKNOWN` with its reason. Never raises.
    """
    binding = bind_entities(lab, cluster, namespace)
    flows = {flow.name: _assess_flow(lab, flow, binding) for flow in lab.flows}
    return Assessment(
        lab=lab.name,
        flows=tuple(flows.values()),
        steps=tuple(assess_step(lab, step, binding, flows) for step in lab.steps),
        placeholders=binding.placeholders,
    )


def _assess_flow(lab: Lab, flow: Flow, binding: EntityBinding) -> FlowAssessment:
    """Decide each pair of pods; the result does not depend on the order of the pods."""
    ends = product(binding.endpoints[flow.source], binding.endpoints[flow.destination])
    pairs = [_decide_pair(lab, flow, binding.cluster, *pair) for pair in ends]
    predicted = combine_outcomes({pair.verdict.outcome for pair in pairs})
    explained = Outcome.DENY if predicted is Outcome.PARTIAL else predicted
    return FlowAssessment(
        flow.name,
        flow.expected,
        predicted,
        # Any order will do that depends on nothing but the verdicts themselves.
        verdicts=tuple(sorted({pair.verdict for pair in pairs}, key=repr)),
        explanation=min(
            explain_flow(pair, predicted) for pair in pairs if pair.verdict.outcome is explained
        ),
        deviations=find_deviations(lab, flow, binding, predicted),
    )


def _decide_pair(
    lab: Lab, flow: Flow, cluster: Cluster, source: Endpoint, destination: Endpoint
) -> FlowPair:
    verdict = decide_connection(cluster, source, destination, flow.port, flow.protocol)
    connection = Connection(source, destination, flow.port, flow.protocol)
    students = frozenset(entity.name for entity in lab.entities if entity.is_student_entity)
    return FlowPair(students, flow, cluster, connection, verdict)
