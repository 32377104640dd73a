"""The verdict of one flow, of all the pods behind its two ends."""

from itertools import product

from netpol.assess.deviations import deviations
from netpol.assess.model import FlowAssessment
from netpol.assess.outcomes import together
from netpol.assess.parties import Parties
from netpol.evaluate import decide
from netpol.evaluate.admission import Connection
from netpol.explain import Pair, explain
from netpol.lab import Flow, Lab
from netpol.model import Cluster, Endpoint, Outcome


def judge(lab: Lab, flow: Flow, parties: Parties) -> FlowAssessment:
    """Decide each pair of pods; which pod comes first in a list must not show in the result."""
    ends = product(parties.endpoints[flow.source], parties.endpoints[flow.destination])
    pairs = [_pair(lab, flow, parties.cluster, source, destination) for source, destination in ends]
    predicted = together({pair.verdict.outcome for pair in pairs})
    telling = Outcome.DENY if predicted is Outcome.PARTIAL else predicted
    return FlowAssessment(
        flow.name,
        flow.expected,
        predicted,
        # Any order will do that depends on nothing but the verdicts themselves.
        verdicts=tuple(sorted({pair.verdict for pair in pairs}, key=repr)),
        explanation=min(
            explain(pair, predicted) for pair in pairs if pair.verdict.outcome is telling
        ),
        deviations=deviations(lab, flow, parties, predicted),
    )


def _pair(lab: Lab, flow: Flow, cluster: Cluster, source: Endpoint, destination: Endpoint) -> Pair:
    verdict = decide(cluster, source, destination, flow.port, flow.protocol)
    connection = Connection(source, destination, flow.port, flow.protocol)
    students = frozenset(entity.name for entity in lab.entities if entity.is_students)
    return Pair(students, flow, cluster, connection, verdict)
