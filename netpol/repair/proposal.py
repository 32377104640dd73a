"""From a draft to a repair: its edits with their effects, proven as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from netpol import parse
from netpol.assess import assess_namespace
from netpol.lab import Lab
from netpol.model import Cluster, Direction, Outcome
from netpol.parse import Json, parse_valid_policies
from netpol.repair.draft import DraftScorer, RepairDraft, list_policy_changes
from netpol.repair.manifests import complete_manifest
from netpol.repair.model import PolicyEdit, Repair
from netpol.repair.parts import is_in_namespace
from netpol.repair.search import find_best_draft
from netpol.repair.structure import TreeChange, apply_changes, list_leaves
from netpol.repair.universe import FlowWant, PolicyEffect
from netpol.repair.witnesses import build_universe

MOST_VALUES = 1000


def find_repair(lab: Lab, cluster: Cluster, namespace: str, manifests: Sequence[Json]) -> Repair:
    """The smallest set of edits that a bounded search finds for `namespace`.

    `manifests` are its NetworkPolicies as they are written, also those that an API server would
    refuse, and any that name another namespace by mistake; `cluster` is everything around them,
    and its own policies in `namespace` are not looked at. Afterwards every flow is as the lab wants
    it, and nothing passes that did not before and that neither the lab's flows nor its solution
    let pass. Never raises.
    """
    if is_too_large(manifests):
        return Repair(why_not="These policies have too many rules to search for a repair.")
    around = replace(cluster, policies={})
    valid = parse_valid_policies((*manifests, *lab.solution), namespace=namespace)
    universe = build_universe(lab, around, namespace, [policy for policy, _ in valid])
    scorer = DraftScorer.from_policies(universe, manifests, lab.solution)
    original = RepairDraft(scorer.original)
    draft = find_best_draft(scorer) if scorer.list_unmet(original) else original
    if draft is None:
        return Repair(why_not="No change of these policies gives the lab all that it wants.")
    return _prove_draft(lab, cluster, scorer, draft)


def is_too_large(manifests: Sequence[Json]) -> bool:
    """Whether no search would end in time; the lab's own solution has forty values."""
    return sum(len(list_leaves(each.get("spec"))) for each in manifests) > MOST_VALUES


def _prove_draft(lab: Lab, cluster: Cluster, scorer: DraftScorer, draft: RepairDraft) -> Repair:
    namespace = scorer.universe.namespace
    kept = [each for each in draft.all_policies if each and scorer.is_valid(each)]
    complete = tuple(
        complete_manifest(each, namespace) for each in kept if is_in_namespace(each, namespace)
    )
    policies = [parse.parse_policy(each, namespace=namespace) for each in complete]
    after = replace(cluster, policies={**cluster.policies, namespace: tuple(policies)})
    unmet = [flow for flow in assess_namespace(lab, after, namespace).flows if not flow.is_met]
    why = ""
    if any(flow.predicted is Outcome.UNKNOWN for flow in unmet):
        why = "It cannot be proven: what else is in the cluster leaves some answers open."
    elif unmet:
        why = "What is outside the namespace keeps some flows from being as wanted."
    return Repair(
        tuple(_explain_edits(scorer, list(_list_edits(scorer, draft)))),
        tuple(
            str(old["metadata"]["name"])
            for old, new in zip(scorer.original, draft.policies, strict=True)
            if not new
        ),
        complete,
        why,
    )


def _list_edits(scorer: DraftScorer, draft: RepairDraft) -> Iterator[PolicyEdit]:
    after = scorer.find_effect(draft.all_policies)
    for index, (old, new) in enumerate(zip(scorer.original, draft.policies, strict=True)):
        if old is new:
            continue
        made = list_policy_changes(old, new)
        for each in made:
            rest = [other for other in made if other is not each]
            without = draft.with_policy(index, apply_changes(old, rest) if rest else old)
            yield _build_edit(scorer, str(old["metadata"]["name"]), each, without, after)
    for number, new in enumerate(draft.added):
        added = (*draft.added[:number], *draft.added[number + 1 :])
        without, name = replace(draft, added=added), new["metadata"]["name"]
        change = TreeChange(
            (), None, {**complete_manifest(new, ""), "metadata": {"name": name}}, ()
        )
        yield _build_edit(scorer, str(name), change, without, after)


def _explain_edits(scorer: DraftScorer, edits: Sequence[PolicyEdit]) -> Iterator[PolicyEdit]:
    """Name the flows that no single edit seems to decide, because two edits do the same: they
    belong to the first edit that would do it alone.
    """
    before = scorer.find_effect(scorer.original)
    explained = {flow for edit in edits for flow in edit.flows}
    for edit in edits:
        if edit.before is not None or edit.change.path:
            yield edit
            continue
        alone = scorer.find_effect((*scorer.original, edit.after))
        mended = [
            want
            for want in scorer.universe.wants
            if want.flow.name not in explained
            and scorer.can_pass(before, want) != want.is_open
            and scorer.can_pass(alone, want) == want.is_open
        ]
        explained |= {want.flow.name for want in mended}
        opened, closed = (
            tuple(dict.fromkeys(each.flow.name for each in mended if each.is_open is is_open))
            for is_open in (True, False)
        )
        sides = {
            side for want in mended for side in _list_changed_sides(scorer, before, alone, want)
        }
        side = edit.direction or (next(iter(sides)) if len(sides) == 1 else None)
        yield replace(edit, opens=edit.opens + opened, closes=edit.closes + closed, direction=side)


def _list_changed_sides(
    scorer: DraftScorer, before: PolicyEffect, after: PolicyEffect, want: FlowWant
) -> Iterator[Direction]:
    for direction in Direction:
        was = scorer.universe.is_admitted(before, direction, want)
        if was != scorer.universe.is_admitted(after, direction, want):
            yield direction


def _build_edit(
    scorer: DraftScorer, policy: str, change: TreeChange, without: RepairDraft, after: PolicyEffect
) -> PolicyEdit:
    """The edit with the flows that would fare differently if it alone were left out."""
    before = scorer.find_effect(without.all_policies)
    opens: dict[str, None] = {}
    closes: dict[str, None] = {}
    sides: set[Direction] = set()
    for want in scorer.universe.wants:
        was, becomes = scorer.can_pass(before, want), scorer.can_pass(after, want)
        if was != becomes:
            (opens if becomes else closes)[want.flow.name] = None
            sides |= {*_list_changed_sides(scorer, before, after, want)}
    direction = next(iter(sides)) if len(sides) == 1 else None
    return PolicyEdit(policy, change, tuple(opens), tuple(closes), direction)
