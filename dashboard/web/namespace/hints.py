"""What to change in a namespace, a tier at a time: which side, which field, which lines. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.accounts.hints import FINDINGS_TIER, TIERS
from dashboard.assess.changes import PolicyChange, diff_policies
from dashboard.assess.manifests import (
    PolicyAnchors,
    format_anchor,
    format_documents,
    render_manifests,
)
from dashboard.models import MOST_TIERS, StoredDiagnosis
from netpol.canonical_policies import compute_digest
from netpol.lab import Lab
from netpol.parse import Json


@dataclass(frozen=True, slots=True)
class Hint:
    """One root cause. `opened` tiers are shown; `next` is the one that may be opened, if any."""

    key: str
    flows: tuple[str, ...]
    side: str
    entities: tuple[str, ...]
    message: str
    policy: str
    path: str
    line: int | None
    change: PolicyChange | None
    opened: int
    next: int | None

    @property
    def anchor(self) -> str:
        return format_anchor(self.policy, self.line)

    @property
    def next_words(self) -> str:
        return TIERS[self.next - 1] if self.next else ""


@dataclass(frozen=True, slots=True)
class HintFinding:
    """A finding as pages show it."""

    code: str
    level: str
    policy: str
    path: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Advice:
    """`opened` tells an instructor how far the student went, by the keys of the causes."""

    hints: tuple[Hint, ...]
    findings: tuple[HintFinding, ...]
    why_not: str
    manifests: str
    tiers: int
    opened: Mapping[str, int] = field(default_factory=dict, hash=False)


def build_advice(
    lab: Lab,
    diagnosis: StoredDiagnosis,
    policies: Sequence[Json],
    opened: Mapping[str, int],
    tiers: int,
    *,
    everything: bool,
) -> Advice:
    """`policies` are those in force; `opened` is the highest tier of each cause that was opened.

    An instructor sees `everything`, a student what they opened, and no more than `tiers`.
    """
    changes = {each.name: each for each in diff_policies(policies, diagnosis.policies)}
    places = PolicyAnchors.from_manifests(render_manifests(policies))
    most = MOST_TIERS if everything else tiers
    hints = tuple(
        _build_hint(lab, cause, changes, places, MOST_TIERS if everything else opened, most)
        for cause in diagnosis.causes
    )
    whole = everything or (bool(hints) and all(hint.opened >= MOST_TIERS for hint in hints))
    return Advice(
        hints,
        tuple(_load_findings(diagnosis.findings)) if most >= FINDINGS_TIER else (),
        diagnosis.why_not,
        format_documents(diagnosis.policies) if whole and hints else "",
        tiers,
        opened,
    )


def _load_findings(findings: Iterable[Mapping[str, Any]]) -> Iterable[HintFinding]:
    return (HintFinding(**finding) for finding in findings)


def compute_cause_key(cause: Mapping[str, Any]) -> str:
    """The same for the same cause, in whatever state it is met again."""
    return compute_digest(
        [cause["code"], cause["side"], cause["policy"], cause["path"], cause["flows"]]
    )


def _build_hint(
    lab: Lab,
    cause: Mapping[str, Any],
    changes: Mapping[str, PolicyChange],
    places: PolicyAnchors,
    opened: Mapping[str, int] | int,
    most: int,
) -> Hint:
    key = compute_cause_key(cause)
    shown = min(opened if isinstance(opened, int) else opened.get(key, 0), most)
    policy, path = cause["policy"] or "", cause["path"] or ""
    return Hint(
        key,
        tuple(cause["flows"]),
        cause["side"],
        tuple(_list_entities(lab, cause["flows"], cause["side"])),
        cause["message"],
        policy,
        path,
        places.find_line(policy, path) if policy in places else None,
        changes.get(cause["mends"]),
        shown,
        shown + 1 if shown < most else None,
    )


def _list_entities(lab: Lab, flows: Collection[str], side: str) -> Iterable[str]:
    known = [flow for flow in lab.flows if flow.name in flows]
    names = [flow.source if side == "egress" else flow.destination for flow in known]
    return (lab.find_entity(name).title for name in dict.fromkeys(names))
