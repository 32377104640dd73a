"""From a draft to a repair: its edits with their effects, proven as a whole."""

from collections.abc import Iterable, Iterator, Sequence
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
    pairs = zip(scorer.original, draft.policies, strict=True)
    deleted = tuple(str(old["metadata"]["name"]) for old, new in pairs if not new)
    edits = tuple(_explain_edits(scorer, list(_list_edits(scorer, draft))))
    return Repair(edits, deleted, complete, why)


def _list_edits(scorer: DraftScorer, draft: RepairDraft) -> Iterator[PolicyEdit]:
    """Each edit with the flows that would fare differently if it alone were left out."""

    def build_edit(policy: Json, change: TreeChange, without: RepairDraft) -> PolicyEdit:
        edit = PolicyEdit(str(policy["metadata"]["name"]), change)
        before = scorer.find_effect(without.all_policies)
        return _add_flows(scorer, edit, before, after, scorer.universe.wants)

    after = scorer.find_effect(draft.all_policies)
    for index, (old, new) in enumerate(zip(scorer.original, draft.policies, strict=True)):
        made = [] if old is new else list_policy_changes(old, new)
        for each in made:
            rest = [other for other in made if other is not each]
            without = draft.with_policy(index, apply_changes(old, rest) if rest else old)
            yield build_edit(old, each, without)
    for number, new in enumerate(draft.added):
        added = (*draft.added[:number], *draft.added[number + 1 :])
        complete = {**complete_manifest(new, ""), "metadata": {"name": new["metadata"]["name"]}}
        yield build_edit(new, TreeChange((), None, complete, ()), replace(draft, added=added))


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
        wants = [
            want
            for want in scorer.universe.wants
            if want.flow.name not in explained
            and scorer.can_pass(before, want) != want.is_open
            and scorer.can_pass(alone, want) == want.is_open
        ]
        explained |= {want.flow.name for want in wants}
        yield _add_flows(scorer, edit, before, alone, wants)


def _add_flows(
    scorer: DraftScorer,
    edit: PolicyEdit,
    before: PolicyEffect,
    after: PolicyEffect,
    wants: Iterable[FlowWant],
) -> PolicyEdit:
    """The edit with the flows of these wants that fare differently, and the side where they do."""
    opens: dict[str, None] = {}
    closes: dict[str, None] = {}
    sides: set[Direction] = set()
    for want in wants:
        was, becomes = scorer.can_pass(before, want), scorer.can_pass(after, want)
        if was != becomes:
            (opens if becomes else closes)[want.flow.name] = None
            is_admitted = scorer.universe.is_admitted
            sides |= {
                each
                for each in Direction
                if is_admitted(before, each, want) != is_admitted(after, each, want)
            }
    side = edit.direction or (next(iter(sides)) if len(sides) == 1 else None)
    return replace(
        edit, opens=edit.opens + tuple(opens), closes=edit.closes + tuple(closes), direction=side
    )
