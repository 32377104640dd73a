"""How a namespace would fare with policies that nobody has applied yet. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.assess.comparison import (
    Comparison,
    State,
    comparison,
    evaluated_state,
    recorded_state,
    without_policies,
)
from dashboard.assess.drafts import Proposal
from dashboard.assess.flows import FlowGroup, Seen, by_standing, flow_rows
from dashboard.assess.json_columns import service_manifests
from dashboard.assess.manifests import Manifest, manifests
from dashboard.assess.marks import Said
from dashboard.assess.places import Places
from dashboard.assess.stand_ins import StandIns, stand_ins
from dashboard.assess.steps import Known, StepRow, step_rows
from dashboard.models import Namespace, ServiceState, Snapshot
from dashboard.times.moment import NamedMoment
from netpol.lab import Lab
from netpol.lint import Finding, lint_namespace
from netpol.load import ManifestSet
from netpol.load.lines import PolicyLines
from netpol.model import Profile
from netpol.repair.structure import parse_path

TITLE = "With this YAML"


@dataclass(frozen=True, slots=True)
class Noticed:
    """A finding, and the line of the text that it is about, where it is about the text."""

    finding: Finding
    line: int | None


@dataclass(frozen=True, slots=True)
class Trial:
    """`comparison` is with what is there now; `policies` are all that would be there, `names` where
    their fields stand.
    """

    comparison: Comparison
    groups: tuple[FlowGroup, ...]
    steps: tuple[StepRow, ...]
    stand_ins: StandIns
    noticed: tuple[Noticed, ...]
    policies: tuple[Manifest, ...]
    names: Places

    @property
    def met(self) -> int:
        return self.comparison.after.met


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a namespace besides its state; `reached` is when each step first held."""

    reached: Mapping[str, datetime]
    marks: Mapping[str, Said]
    services: Sequence[ServiceState]
    profile: Profile


def trial(
    lab: Lab, namespace: Namespace, snapshot: Snapshot, proposal: Proposal, beside: Beside
) -> Trial:
    """With the pods of `snapshot`. `proposal` has something that counts. Raises `TooMuch`."""
    policies = proposal.policies
    state = evaluated_state(lab, namespace, snapshot, policies, NamedMoment.NOW)
    tried = replace(state, title=TITLE)
    shown = manifests(policies)
    return Trial(
        comparison(lab, _live(lab, namespace, snapshot), tried),
        tuple(by_standing(flow_rows(lab, tried.assessment, Seen({}), beside.profile))),
        step_rows(lab, tried.assessment, Known(beside.reached, {}, beside.marks)),
        stand_ins(lab, tried.assessment),
        tuple(_noticed(lab, namespace, snapshot, beside.services, proposal)),
        shown,
        Places.of(shown),
    )


def _live(lab: Lab, namespace: Namespace, snapshot: Snapshot) -> State:
    """As it was recorded, or anew where another version of the dashboard recorded it."""
    stored = snapshot.policy_set.manifests
    return recorded_state(NamedMoment.NOW, snapshot, {}) or evaluated_state(
        lab, namespace, snapshot, stored, NamedMoment.NOW
    )


def _noticed(
    lab: Lab,
    namespace: Namespace,
    snapshot: Snapshot,
    services: Iterable[ServiceState],
    proposal: Proposal,
) -> Iterator[Noticed]:
    cluster = without_policies(namespace, snapshot)
    written = tuple(
        manifest
        for each in services
        for manifest in service_manifests(each.service, each.ports, each.entities)
    )
    around = ManifestSet(proposal.policies, cluster, written, (), ())
    where = PolicyLines.from_text(proposal.text)
    for finding in lint_namespace(lab, namespace.name, around, proposal.policies):
        given = finding.policy in proposal.given
        line = where.find_line(finding.policy, parse_path(finding.path)) if given else None
        yield Noticed(finding, line)
