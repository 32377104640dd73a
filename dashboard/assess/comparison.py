"""Two states of a namespace side by side: recorded ones, or evaluated on recorded pods. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dashboard.assess.changes import ChangeKind, PolicyChange, diff_policies
from dashboard.assess.fetch_problems import FetchProblem
from dashboard.assess.flow_answers import FlowAnswers, answer_flows
from dashboard.assess.json_columns import load_assessment, load_shapes
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.assess.transitions import FlowTransition, classify_transition
from dashboard.models import Namespace, Snapshot
from dashboard.times.moment import Moment, format_moment
from netpol import model, parse
from netpol.assess import Assessment, assess_namespace, refuse_too_large
from netpol.diff.assessments import AssessmentDifference, compare_assessments
from netpol.lab import Flow, Lab
from netpol.model import Outcome, Profile
from netpol.parse import Json


@dataclass(frozen=True, slots=True)
class ComparisonSide:
    """`policies` are canonical; `since` and `until` tell when a recorded one held, `basis` what
    another was evaluated on.

    `unread` is why nobody could read it at the moment that was asked for, so that it is the last
    one that was read.
    """

    title: str
    policies: Sequence[Json]
    assessment: Assessment
    observed: Mapping[str, ObservedFlow] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    fetch_error: FetchProblem | None = None
    basis: str = ""

    @property
    def outcomes(self) -> dict[str, Outcome]:
        return {flow.flow: flow.predicted for flow in self.assessment.flows}

    def answer_flows(self, lab: Lab) -> dict[str, FlowAnswers]:
        """By the API's text alone: what is compared are policies, not network plugins."""
        return answer_flows(lab, self.assessment, self.observed, Profile.KUBERNETES)

    @property
    def flows_met(self) -> int:
        return self.assessment.flows_met


def load_side(
    moment: Moment, snapshot: Snapshot, observed: Mapping[str, ObservedFlow]
) -> ComparisonSide | None:
    """`None` where another version of the dashboard assessed it."""
    assessment = load_assessment(snapshot)
    if assessment is None:
        return None
    return ComparisonSide(
        format_moment(moment),
        snapshot.policy_set.manifests,
        assessment,
        observed,
        since=snapshot.first_seen,
        until=snapshot.last_seen,
    )


def evaluate_side(
    lab: Lab, namespace: Namespace, snapshot: Snapshot, policies: Sequence[Json], moment: Moment
) -> ComparisonSide:
    """How these policies would do with the pods that were there. Raises `TooLargeError`."""
    around = build_bare_cluster(namespace, snapshot)
    parsed = [parse.parse_policy(policy, namespace=namespace.name) for policy in policies]
    refuse_too_large(around.pods, parsed)
    cluster = replace(around, policies={namespace.name: tuple(parsed)})
    assessment = assess_namespace(lab, cluster, namespace.name)
    return ComparisonSide(format_moment(moment), policies, assessment)


def build_bare_cluster(namespace: Namespace, snapshot: Snapshot) -> model.Cluster:
    """The namespace with the pods that were there, a pod of each shape, and no policy."""
    return model.build_cluster(
        [model.LabeledNamespace(namespace.name, namespace.labels)],
        load_shapes(snapshot.pods, namespace.name),
        (),
    )


NEW_FLOW = "The lab file was changed: not both states were assessed with this flow."


@dataclass(frozen=True, slots=True)
class TransitionRow:
    """A flow at both ends; `sentence` is empty where it did not turn."""

    flow: Flow
    before: FlowAnswers
    after: FlowAnswers
    transition: FlowTransition
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    before: ComparisonSide
    after: ComparisonSide
    difference: AssessmentDifference
    rows: tuple[TransitionRow, ...]
    policies: tuple[PolicyChange, ...]

    @property
    def has_changes(self) -> bool:
        return bool(self.opened_count or self.closed_count or self.unclear_count)

    @property
    def opened_count(self) -> int:
        return self._count_transitions(FlowTransition.OPENED)

    @property
    def closed_count(self) -> int:
        return self._count_transitions(FlowTransition.CLOSED)

    @property
    def unclear_count(self) -> int:
        return self._count_transitions(FlowTransition.UNCLEAR)

    @property
    def sides(self) -> tuple[tuple[str, ComparisonSide], tuple[str, ComparisonSide]]:
        return ("Before", self.before), ("After", self.after)

    @property
    def unchanged_policies(self) -> list[PolicyChange]:
        return [policy for policy in self.policies if policy.kind is ChangeKind.SAME]

    @property
    def policy_names(self) -> set[str]:
        return {policy.name for policy in self.policies}

    @property
    def has_new_text(self) -> bool:
        return len(self.unchanged_policies) < len(self.policies)

    def _count_transitions(self, way: FlowTransition) -> int:
        return sum(row.transition is way for row in self.rows)


def compare_sides(lab: Lab, before: ComparisonSide, after: ComparisonSide) -> Comparison:
    """Flows that turned come first; flows that the lab file no longer has are left out."""
    turned = compare_assessments(before.assessment, after.assessment)
    rows = sorted(
        _build_rows(lab, before, after, turned),
        key=lambda row: list(FlowTransition).index(row.transition),
    )
    return Comparison(
        before, after, turned, tuple(rows), tuple(diff_policies(before.policies, after.policies))
    )


def _build_rows(
    lab: Lab, before: ComparisonSide, after: ComparisonSide, turned: AssessmentDifference
) -> Iterator[TransitionRow]:
    sentences = dict.fromkeys(turned.unchanged, "")
    changes = (*turned.opened, *turned.closed, *turned.unclear)
    sentences |= {change.flow: change.sentence for change in changes}
    earlier, later = before.answer_flows(lab), after.answer_flows(lab)
    for flow in lab.flows:
        then, now = earlier[flow.name], later[flow.name]
        way = classify_transition(then.predicted, now.predicted)
        yield TransitionRow(flow, then, now, way, sentences.get(flow.name, NEW_FLOW))
