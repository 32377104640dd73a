"""The verdict of one flow, of all the pods behind its two ends."""

from itertools import product

from netpol.assess.deviations import find_deviations
from netpol.assess.model import FlowAssessment
from netpol.assess.outcomes import combine_outcomes
from netpol.assess.parties import EntityBinding
from netpol.evaluate import decide_connection
from netpol.evaluate.admission import Connection
from netpol.explain import FlowPair, explain_flow
from netpol.lab import Flow, Lab
from netpol.model import Cluster, Endpoint, Outcome


def assess_flow(lab: Lab, flow: Flow, parties: EntityBinding) -> FlowAssessment:
    """Decide each pair of pods; which pod comes first in a list must not show in the result."""
    ends = product(parties.endpoints[flow.source], parties.endpoints[flow.destination])
    pairs = [
        _decide_pair(lab, flow, parties.cluster, source, destination)
        for source, destination in ends
    ]
    predicted = combine_outcomes({pair.verdict.outcome for pair in pairs})
    telling = Outcome.DENY if predicted is Outcome.PARTIAL else predicted
    return FlowAssessment(
        flow.name,
        flow.expected,
        predicted,
        # Any order will do that depends on nothing but the verdicts themselves.
        verdicts=tuple(sorted({pair.verdict for pair in pairs}, key=repr)),
        explanation=min(
            explain_flow(pair, predicted) for pair in pairs if pair.verdict.outcome is telling
        ),
        deviations=find_deviations(lab, flow, parties, predicted),
    )


def _decide_pair(
    lab: Lab, flow: Flow, cluster: Cluster, source: Endpoint, destination: Endpoint
) -> FlowPair:
    verdict = decide_connection(cluster, source, destination, flow.port, flow.protocol)
    connection = Connection(source, destination, flow.port, flow.protocol)
    students = frozenset(entity.name for entity in lab.entities if entity.is_student_entity)
    return FlowPair(students, flow, cluster, connection, verdict)
