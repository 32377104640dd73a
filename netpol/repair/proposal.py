"""From a draft that will do to what is proposed: edits with their effects, proven as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from netpol import parse
from netpol.assess import assess_namespace
from netpol.lab import Lab
from netpol.model import Cluster, Direction, Outcome
from netpol.parse import Json, parse_valid_policies
from netpol.repair.draft import DraftScorer, RepairDraft, list_policy_changes
from netpol.repair.known import drop_unknown_fields
from netpol.repair.model import PolicyEdit, Repair
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
    scorer = _build_scorer(lab, cluster, namespace, manifests)
    if not scorer.list_unmet(scorer.find_effect(scorer.original)):
        return _prove_draft(lab, cluster, scorer, RepairDraft(scorer.original))
    found = find_best_draft(scorer)
    if found is None:
        return Repair(why_not="No change of these policies gives the lab all that it wants.")
    return _prove_draft(lab, cluster, scorer, found)


def is_too_large(manifests: Sequence[Json]) -> bool:
    """Beyond this no search ends in time; the lab's own solution has forty values."""
    return sum(len(list_leaves(each.get("spec"))) for each in manifests) > MOST_VALUES


def _build_scorer(
    lab: Lab, cluster: Cluster, namespace: str, manifests: Sequence[Json]
) -> DraftScorer:
    around = replace(cluster, policies={})
    known = parse_valid_policies((*manifests, *lab.solution), namespace=namespace)
    read = [policy for policy, _ in known]
    return DraftScorer.from_policies(
        build_universe(lab, around, namespace, read), manifests, lab.solution
    )


def _prove_draft(lab: Lab, cluster: Cluster, scorer: DraftScorer, draft: RepairDraft) -> Repair:
    namespace = scorer.universe.namespace
    kept = [each for each in draft.all_policies if each and scorer.is_valid(each)]
    complete = tuple(
        _complete_manifest(each, namespace) for each in kept if _is_here(each, namespace)
    )
    policies = [parse.parse_policy(each, namespace=namespace) for each in complete]
    after = replace(cluster, policies={**cluster.policies, namespace: tuple(policies)})
    unmet = [flow for flow in assess_namespace(lab, after, namespace).flows if not flow.is_met]
    unknown = any(flow.predicted is Outcome.UNKNOWN for flow in unmet)
    why = (
        ""
        if not unmet
        else (
            "It cannot be proven: what else is in the cluster leaves some answers open."
            if unknown
            else "What is outside the namespace keeps some flows from being as wanted."
        )
    )
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


def _is_here(manifest: Json, namespace: str) -> bool:
    return manifest["metadata"].get("namespace") in (None, "", namespace)


def _complete_manifest(manifest: Json, namespace: str) -> Json:
    """Without what a server adds and what it does not know, so that `kubectl apply` takes it."""
    metadata = manifest["metadata"]
    kept = {key: metadata[key] for key in ("labels", "annotations") if metadata.get(key)}
    if "annotations" in kept:
        kept["annotations"] = {
            key: value
            for key, value in kept["annotations"].items()
            if key != "kubectl.kubernetes.io/last-applied-configuration"
        }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": metadata["name"], "namespace": namespace, **kept},
        "spec": drop_unknown_fields(manifest.get("spec") or {}),
    }


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
            (), None, {**_complete_manifest(new, ""), "metadata": {"name": name}}, ()
        )
        yield _build_edit(scorer, str(name), change, without, after)


def _explain_edits(scorer: DraftScorer, edits: Sequence[PolicyEdit]) -> Iterator[PolicyEdit]:
    """Of two edits that do the same for a flow neither seems to matter: then it is the first that
    would do it alone.
    """
    before = scorer.find_effect(scorer.original)
    told = {flow for edit in edits for flow in edit.flows}
    for edit in edits:
        if edit.before is not None or edit.change.path:
            yield edit
            continue
        alone = scorer.find_effect((*scorer.original, edit.after))
        mended = [
            want
            for want in scorer.universe.wants
            if want.flow.name not in told
            and scorer.can_pass(before, want) != want.is_open
            and scorer.can_pass(alone, want) == want.is_open
        ]
        told |= {want.flow.name for want in mended}
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
    scorer: DraftScorer, policy: str, change: TreeChange, without: RepairDraft, after: Any
) -> PolicyEdit:
    """What depends on it: how flows would fare if it alone were not made."""
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
