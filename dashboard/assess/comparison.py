"""Two states of a namespace side by side: recorded ones, or evaluated on recorded pods. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dashboard.assess.fetch_problems import Unread
from dashboard.assess.flow_answers import Answers, answer_flows
from dashboard.assess.json_columns import load_shapes
from dashboard.assess.manifests import Change, ManifestChange, compare
from dashboard.assess.probe_votes import Observed
from dashboard.assess.recorded import recorded
from dashboard.assess.turn import Turn, turn
from dashboard.models import Namespace, Snapshot
from dashboard.times.moment import Moment, format_moment
from netpol import model, parse
from netpol.assess import Assessment, assess_namespace, refuse_too_large
from netpol.diff.assessments import AssessmentDifference, compare_assessments
from netpol.lab import Flow, Lab
from netpol.model import Outcome, Profile
from netpol.parse import Json


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

    def answers(self, lab: Lab) -> dict[str, Answers]:
        """By the API's text alone: what is compared are policies, not network plugins."""
        return answer_flows(lab, self.assessment, self.observed, Profile.KUBERNETES)

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
        format_moment(moment),
        snapshot.policy_set.manifests,
        assessment,
        observed,
        since=snapshot.first_seen,
        until=snapshot.last_seen,
    )


def evaluated_state(
    lab: Lab, namespace: Namespace, snapshot: Snapshot, policies: Sequence[Json], moment: Moment
) -> State:
    """How these policies would do with the pods that were there. Raises `TooLargeError`."""
    around = without_policies(namespace, snapshot)
    parsed = [parse.parse_policy(policy, namespace=namespace.name) for policy in policies]
    refuse_too_large(around.pods, parsed)
    cluster = replace(around, policies={namespace.name: tuple(parsed)})
    return State(format_moment(moment), policies, assess_namespace(lab, cluster, namespace.name))


def without_policies(namespace: Namespace, snapshot: Snapshot) -> model.Cluster:
    """The namespace with the pods that were there, a pod of each shape, and no policy."""
    return model.build_cluster(
        [model.LabeledNamespace(namespace.name, namespace.labels)],
        load_shapes(snapshot.pods, namespace.name),
        (),
    )


NEW_FLOW = "The lab file was changed: not both states were assessed with this flow."


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A flow at both ends; `sentence` is empty where it did not turn."""

    flow: Flow
    before: Answers
    after: Answers
    turn: Turn
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    before: State
    after: State
    difference: AssessmentDifference
    rows: tuple[TurnRow, ...]
    policies: tuple[ManifestChange, ...]

    @property
    def changed(self) -> bool:
        return bool(self.opened or self.closed or self.unclear)

    @property
    def opened(self) -> int:
        return self._turned(Turn.OPENED)

    @property
    def closed(self) -> int:
        return self._turned(Turn.CLOSED)

    @property
    def unclear(self) -> int:
        return self._turned(Turn.UNCLEAR)

    @property
    def ends(self) -> tuple[tuple[str, State], tuple[str, State]]:
        return ("Before", self.before), ("After", self.after)

    @property
    def kept(self) -> list[ManifestChange]:
        return [policy for policy in self.policies if policy.change is Change.SAME]

    @property
    def names(self) -> set[str]:
        return {policy.name for policy in self.policies}

    @property
    def new_text(self) -> bool:
        return len(self.kept) < len(self.policies)

    def _turned(self, way: Turn) -> int:
        return sum(row.turn is way for row in self.rows)


def comparison(lab: Lab, before: State, after: State) -> Comparison:
    """Flows that turned come first; flows that the lab file no longer has are left out."""
    turned = compare_assessments(before.assessment, after.assessment)
    rows = sorted(_rows(lab, before, after, turned), key=lambda row: list(Turn).index(row.turn))
    return Comparison(
        before, after, turned, tuple(rows), tuple(compare(before.policies, after.policies))
    )


def _rows(lab: Lab, before: State, after: State, turned: AssessmentDifference) -> Iterator[TurnRow]:
    sentences = dict.fromkeys(turned.unchanged, "")
    changes = (*turned.opened, *turned.closed, *turned.unclear)
    sentences |= {change.flow: change.sentence for change in changes}
    earlier, later = before.answers(lab), after.answers(lab)
    for flow in lab.flows:
        then, now = earlier[flow.name], later[flow.name]
        way = turn(then.predicted, now.predicted)
        yield TurnRow(flow, then, now, way, sentences.get(flow.name, NEW_FLOW))
