"""How a namespace would fare with policies that nobody has applied yet. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.assess.comparison import (
    Comparison,
    ComparisonSide,
    build_bare_cluster,
    compare_sides,
    evaluate_side,
    load_side,
)
from dashboard.assess.drafts import AppliedDraft
from dashboard.assess.flows import (
    FlowEvidence,
    FlowGroup,
    Placeholders,
    build_flow_rows,
    group_by_status,
    list_placeholders,
)
from dashboard.assess.json_columns import build_service_manifests
from dashboard.assess.manifests import PolicyAnchors, PolicyManifest, render_manifests
from dashboard.assess.steps import MarkHistory, StepRecords, StepRow, build_step_rows
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
    stand_ins: Placeholders
    noticed: tuple[Noticed, ...]
    policies: tuple[PolicyManifest, ...]
    names: PolicyAnchors

    @property
    def met(self) -> int:
        return self.comparison.after.flows_met


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a namespace besides its state; `reached` is when each step first held."""

    reached: Mapping[str, datetime]
    marks: Mapping[str, MarkHistory]
    services: Sequence[ServiceState]
    profile: Profile


def trial(
    lab: Lab, namespace: Namespace, snapshot: Snapshot, proposal: AppliedDraft, beside: Beside
) -> Trial:
    """With the pods of `snapshot`. `proposal` has something that counts. Raises `TooMuch`."""
    policies = proposal.policies
    state = evaluate_side(lab, namespace, snapshot, policies, NamedMoment.NOW)
    tried = replace(state, title=TITLE)
    shown = render_manifests(policies)
    return Trial(
        compare_sides(lab, _live(lab, namespace, snapshot), tried),
        tuple(
            group_by_status(
                build_flow_rows(lab, tried.assessment, FlowEvidence({}), beside.profile)
            )
        ),
        build_step_rows(lab, tried.assessment, StepRecords(beside.reached, {}, beside.marks)),
        list_placeholders(lab, tried.assessment),
        tuple(_noticed(lab, namespace, snapshot, beside.services, proposal)),
        shown,
        PolicyAnchors.from_manifests(shown),
    )


def _live(lab: Lab, namespace: Namespace, snapshot: Snapshot) -> ComparisonSide:
    """As it was recorded, or anew where another version of the dashboard recorded it."""
    stored = snapshot.policy_set.manifests
    return load_side(NamedMoment.NOW, snapshot, {}) or evaluate_side(
        lab, namespace, snapshot, stored, NamedMoment.NOW
    )


def _noticed(
    lab: Lab,
    namespace: Namespace,
    snapshot: Snapshot,
    services: Iterable[ServiceState],
    proposal: AppliedDraft,
) -> Iterator[Noticed]:
    cluster = build_bare_cluster(namespace, snapshot)
    written = tuple(
        manifest
        for each in services
        for manifest in build_service_manifests(each.service, each.ports, each.entities)
    )
    around = ManifestSet(proposal.policies, cluster, written, (), ())
    where = PolicyLines.from_text(proposal.text)
    for finding in lint_namespace(lab, namespace.name, around, proposal.policies):
        given = finding.policy in proposal.own_names
        line = where.find_line(finding.policy, parse_path(finding.path)) if given else None
        yield Noticed(finding, line)
