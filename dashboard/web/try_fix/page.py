"""How a namespace would fare with policies that nobody has applied yet. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

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
from dashboard.history.fetch_errors import PastReading
from dashboard.models import Draft, Namespace, ServiceState, Snapshot
from dashboard.times.moment import NamedMoment, TimeMoment
from netpol.lab import Lab
from netpol.lint import Finding, lint_namespace
from netpol.load import ManifestSet
from netpol.load.lines import PolicyLines
from netpol.model import Profile
from netpol.repair.structure import parse_path

TITLE = "With this YAML"
MOST_KIB = 256
"""Of YAML: fifty times the lab's solution."""
MODES = (("add", "Add to what is there"), ("replace", "Replace all that is there"))


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """A finding, and the line of the text that it is about, where it is about the text."""

    finding: Finding
    line: int | None


@dataclass(frozen=True, slots=True)
class DraftOutcome:
    """`comparison` is with what is there now; `policies` are all that would be there, `names` where
    their fields stand.
    """

    comparison: Comparison
    groups: tuple[FlowGroup, ...]
    steps: tuple[StepRow, ...]
    placeholders: Placeholders
    findings: tuple[DraftFinding, ...]
    policies: tuple[PolicyManifest, ...]
    names: PolicyAnchors

    @property
    def met(self) -> int:
        return self.comparison.after.flows_met


@dataclass(frozen=True, slots=True)
class DraftContext:
    """What is known of a namespace besides its state; `reached` is when each step first held."""

    reached: Mapping[str, datetime]
    marks: Mapping[str, MarkHistory]
    services: Sequence[ServiceState]
    profile: Profile


def evaluate_draft(
    lab: Lab, namespace: Namespace, snapshot: Snapshot, applied: AppliedDraft, context: DraftContext
) -> DraftOutcome:
    """With the pods of `snapshot`. `applied` has something that counts. Raises `TooMuch`."""
    policies = applied.policies
    state = evaluate_side(lab, namespace, snapshot, policies, NamedMoment.NOW)
    tried = replace(state, title=TITLE)
    shown = render_manifests(policies)
    return DraftOutcome(
        compare_sides(lab, _load_live_side(lab, namespace, snapshot), tried),
        tuple(
            group_by_status(
                build_flow_rows(lab, tried.assessment, FlowEvidence({}), context.profile)
            )
        ),
        build_step_rows(lab, tried.assessment, StepRecords(context.reached, {}, context.marks)),
        list_placeholders(lab, tried.assessment),
        tuple(_list_findings(lab, namespace, snapshot, context.services, applied)),
        shown,
        PolicyAnchors.from_manifests(shown),
    )


def _load_live_side(lab: Lab, namespace: Namespace, snapshot: Snapshot) -> ComparisonSide:
    """As it was recorded, or anew where another version of the dashboard recorded it."""
    stored = snapshot.policy_set.manifests
    return load_side(NamedMoment.NOW, snapshot, {}) or evaluate_side(
        lab, namespace, snapshot, stored, NamedMoment.NOW
    )


def _list_findings(
    lab: Lab,
    namespace: Namespace,
    snapshot: Snapshot,
    services: Iterable[ServiceState],
    applied: AppliedDraft,
) -> Iterator[DraftFinding]:
    cluster = build_bare_cluster(namespace, snapshot)
    written = tuple(
        manifest
        for each in services
        for manifest in build_service_manifests(each.service, each.ports, each.entities)
    )
    around = ManifestSet(applied.policies, cluster, written, (), ())
    where = PolicyLines.from_text(applied.text)
    for finding in lint_namespace(lab, namespace.name, around, applied.policies):
        given = finding.policy in applied.own_names
        line = where.find_line(finding.policy, parse_path(finding.path)) if given else None
        yield DraftFinding(finding, line)


@dataclass(frozen=True, slots=True, kw_only=True)
class TryFixPage:
    """The form with what was typed; `outcome` once something of it can be evaluated."""

    template: ClassVar[str] = "try_fix/page.html"
    lab: Lab
    namespace: Namespace
    invalid: str = ""
    snapshot: Snapshot | None = None
    at: TimeMoment | None = None
    past: PastReading | None = None
    drafts: Sequence[Draft] = ()
    draft: Draft | None = None
    yaml: str = ""
    mode: str = "add"
    problems: Sequence[str] = ()
    applied: AppliedDraft | None = None
    refusal: str = ""
    outcome: DraftOutcome | None = None
    matrices: Sequence[tuple[str, str, dict[str, Any]]] = ()
    shows_findings: bool = False

    @property
    def modes(self) -> tuple[tuple[str, str], ...]:
        return MODES

    @property
    def most_kib(self) -> int:
        return MOST_KIB

    @property
    def here(self) -> TimeMoment | NamedMoment:
        return self.at or NamedMoment.NOW

    @property
    def query(self) -> str:
        """What keeps the moment in the page's addresses."""
        return f"?at={self.at}" if self.at else ""

    @property
    def more_query(self) -> str:
        return f"&at={self.at}" if self.at else ""

    @property
    def replaces(self) -> bool:
        return self.mode == "replace"
