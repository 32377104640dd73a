"""From a draft that will do to what is proposed: edits with their effects, proven as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from netpol import parse
from netpol.assess import assess_namespace
from netpol.lab import Lab
from netpol.model import Cluster, Direction, Outcome
from netpol.parse import Json, parse_valid_policies
from netpol.repair.draft import Bench, Draft, changed
from netpol.repair.known import known_fields
from netpol.repair.model import Edit, Repair
from netpol.repair.search import best
from netpol.repair.structure import Change, apply, leaves
from netpol.repair.universe import Effect, Want
from netpol.repair.witnesses import universe

MOST_VALUES = 1000


def repair(lab: Lab, cluster: Cluster, namespace: str, manifests: Sequence[Json]) -> Repair:
    """The smallest set of edits that a bounded search finds for `namespace`.

    `manifests` are its NetworkPolicies as they are written, also those that an API server would
    refuse, and any that name another namespace by mistake; `cluster` is everything around them,
    and its own policies in `namespace` are not looked at. Afterwards every flow is as the lab wants
    it, and nothing passes that did not before and that neither the lab's flows nor its solution
    let pass. Never raises.
    """
    if too_large(manifests):
        return Repair(why_not="These policies have too many rules to search for a repair.")
    bench = _bench(lab, cluster, namespace, manifests)
    if not bench.unmet(bench.effect(bench.original)):
        return _proven(lab, cluster, bench, Draft(bench.original))
    found = best(bench)
    if found is None:
        return Repair(why_not="No change of these policies gives the lab all that it wants.")
    return _proven(lab, cluster, bench, found)


def too_large(manifests: Sequence[Json]) -> bool:
    """Beyond this no search ends in time; the lab's own solution has forty values."""
    return sum(len(leaves(each.get("spec"))) for each in manifests) > MOST_VALUES


def _bench(lab: Lab, cluster: Cluster, namespace: str, manifests: Sequence[Json]) -> Bench:
    around = replace(cluster, policies={})
    known = parse_valid_policies((*manifests, *lab.solution), namespace=namespace)
    read = [policy for policy, _ in known]
    return Bench.of(universe(lab, around, namespace, read), manifests, lab.solution)


def _proven(lab: Lab, cluster: Cluster, bench: Bench, draft: Draft) -> Repair:
    namespace = bench.universe.namespace
    kept = [each for each in draft.all if each and bench.is_valid(each)]
    complete = tuple(_complete(each, namespace) for each in kept if _is_here(each, namespace))
    policies = [parse.parse_policy(each, namespace=namespace) for each in complete]
    others = {name: each for name, each in cluster.policies.items() if name != namespace}
    after = replace(cluster, policies={**others, namespace: tuple(policies)})
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
        tuple(_explaining(bench, list(_edits(bench, draft)))),
        tuple(str(old["metadata"]["name"]) for old, new in _pairs(bench, draft) if not new),
        complete,
        why,
    )


def _pairs(bench: Bench, draft: Draft) -> Iterator[tuple[Json, Json]]:
    yield from zip(bench.original, draft.policies, strict=True)


def _is_here(manifest: Json, namespace: str) -> bool:
    return manifest["metadata"].get("namespace") in (None, "", namespace)


def _complete(manifest: Json, namespace: str) -> Json:
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
        "spec": known_fields(manifest.get("spec") or {}),
    }


def _edits(bench: Bench, draft: Draft) -> Iterator[Edit]:
    after = bench.effect(draft.all)
    for index, (old, new) in enumerate(_pairs(bench, draft)):
        if old is new:
            continue
        made = changed(old, new)
        for each in made:
            rest = [other for other in made if other is not each]
            without = draft.with_policy(index, apply(old, rest) if rest else old)
            yield _edit(bench, str(old["metadata"]["name"]), each, without, after)
    for number, new in enumerate(draft.added):
        added = (*draft.added[:number], *draft.added[number + 1 :])
        without, name = replace(draft, added=added), new["metadata"]["name"]
        change = Change((), None, {**_complete(new, ""), "metadata": {"name": name}}, ())
        yield _edit(bench, str(name), change, without, after)


def _explaining(bench: Bench, edits: Sequence[Edit]) -> Iterator[Edit]:
    """Of two edits that do the same for a flow neither seems to matter: then it is the first that
    would do it alone.
    """
    before = bench.effect(bench.original)
    told = {flow for edit in edits for flow in edit.flows}
    for edit in edits:
        if edit.before is not None or edit.change.path:
            yield edit
            continue
        alone = bench.effect((*bench.original, edit.after))
        mended = [
            want
            for want in bench.universe.wants
            if want.flow.name not in told
            and bench.passes(before, want) != want.is_open
            and bench.passes(alone, want) == want.is_open
        ]
        told |= {want.flow.name for want in mended}
        opened, closed = (
            tuple(dict.fromkeys(each.flow.name for each in mended if each.is_open is is_open))
            for is_open in (True, False)
        )
        sides = {side for want in mended for side in _turned_sides(bench, before, alone, want)}
        side = edit.direction or (next(iter(sides)) if len(sides) == 1 else None)
        yield replace(edit, opens=edit.opens + opened, closes=edit.closes + closed, direction=side)


def _turned_sides(bench: Bench, before: Effect, after: Effect, want: Want) -> Iterator[Direction]:
    for direction in Direction:
        was = bench.universe.admits(before, direction, want)
        if was != bench.universe.admits(after, direction, want):
            yield direction


def _edit(bench: Bench, policy: str, change: Change, without: Draft, after: Any) -> Edit:
    """What depends on it: how flows would fare if it alone were not made."""
    before = bench.effect(without.all)
    opens: dict[str, None] = {}
    closes: dict[str, None] = {}
    sides: set[Direction] = set()
    for want in bench.universe.wants:
        was, becomes = bench.passes(before, want), bench.passes(after, want)
        if was != becomes:
            (opens if becomes else closes)[want.flow.name] = None
            sides |= {*_turned_sides(bench, before, after, want)}
    direction = next(iter(sides)) if len(sides) == 1 else None
    return Edit(policy, change, tuple(opens), tuple(closes), direction)
