"""One end of a difference: a recorded state, or one that is evaluated on recorded pods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dashboard.assess.answers import Answers, weighed
from dashboard.assess.recorded import recorded
from dashboard.assess.stored import load_shapes
from dashboard.assess.unread import Unread
from dashboard.assess.votes import Observed
from dashboard.models import Namespace, ObservedOutcome, Snapshot
from dashboard.times.moment import Moment, title
from netpol import model, parse
from netpol.assess import Assessment, assess_namespace, refuse_too_large
from netpol.lab import Flow, Lab
from netpol.model import Outcome
from netpol.parse import Json

NEVER_REAL = Observed(ObservedOutcome.UNKNOWN, "nobody can probe a state that was never there")


@dataclass(frozen=True, slots=True)
class State:
    """`policies` are canonical; `since` and `until` tell when a recorded one held, `basis` what
    another was evaluated on.

    `unread` is why nobody could read it at the moment that was asked for, so that it is the last
    one that was read.
    """

    title: str
    policies: Sequence[Json]
    assessment: Assessment
    observed: Mapping[str, Observed] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    unread: Unread | None = None
    basis: str = ""

    @property
    def outcomes(self) -> dict[str, Outcome]:
        return {flow.flow: flow.predicted for flow in self.assessment.flows}

    def answers(self, lab: Lab, flow: Flow) -> Answers:
        """By the API's text alone: what is compared are policies, not network plugins."""
        outcomes = self.outcomes
        predicted = outcomes.get(flow.name, Outcome.UNKNOWN)
        seen = weighed(lab, flow, self.observed.get(flow.name, NEVER_REAL), outcomes)
        return Answers(flow, predicted, seen, predicted)

    @property
    def met(self) -> int:
        return self.assessment.flows_met


def recorded_state(
    moment: Moment, snapshot: Snapshot, observed: Mapping[str, Observed]
) -> State | None:
    """`None` where another version of the dashboard assessed it."""
    assessment = recorded(snapshot)
    if assessment is None:
        return None
    return State(
        title(moment),
        snapshot.policy_set.manifests,
        assessment,
        observed,
        since=snapshot.first_seen,
        until=snapshot.last_seen,
    )


def evaluated_state(
    lab: Lab, namespace: Namespace, snapshot: Snapshot, policies: Sequence[Json], moment: Moment
) -> State:
    """How these policies would do with the pods that were there. Raises `TooMuch`."""
    around = without_policies(namespace, snapshot)
    parsed = [parse.parse_policy(policy, namespace=namespace.name) for policy in policies]
    refuse_too_large(around.pods, parsed)
    cluster = replace(around, policies={namespace.name: tuple(parsed)})
    return State(title(moment), policies, assess_namespace(lab, cluster, namespace.name))


def without_policies(namespace: Namespace, snapshot: Snapshot) -> model.Cluster:
    """The namespace with the pods that were there, a pod of each shape, and no policy."""
    return model.build_cluster(
        [model.LabeledNamespace(namespace.name, namespace.labels)],
        load_shapes(snapshot.pods, namespace.name),
        (),
    )
