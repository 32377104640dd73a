"""Drafts that stop what passes and should not: isolate an end, or narrow what admits it."""

from collections.abc import Iterator

from netpol.model import Direction
from netpol.parse import Json
from netpol.repair.draft import DELETED, RepairDraft
from netpol.repair.hints import ConnectionSide, list_solution_selectors, suggest_isolation
from netpol.repair.opening import choose_free_name
from netpol.repair.parts import (
    add_type,
    peers_of,
    ports_of,
    rules_of,
    spec_of,
    types_of,
    with_peers,
    with_rule,
    with_rules,
    with_spec,
)
from netpol.repair.selectors import narrow_selector, selects_labels, widen_selector


def find_closings(draft: RepairDraft, either: ConnectionSide) -> Iterator[RepairDraft]:
    """Drafts that close one of the two sides: one is enough."""
    for direction in (Direction.EGRESS, Direction.INGRESS):
        side = either.with_direction(direction)
        if not side.is_inside:
            continue
        for index, manifest in enumerate(draft.policies):
            if manifest and side.is_admitted_by(manifest):
                for narrower in _narrow_policy(manifest, side):
                    yield draft.with_policy(index, narrower)
        if not any(side.is_admitted_by(each) for each in draft.all_policies if each):
            yield from _isolate_subject(draft, side)


def _isolate_subject(draft: RepairDraft, side: ConnectionSide) -> Iterator[RepairDraft]:
    """Isolate the subject by a policy that does not apply to it yet, or by a new one."""
    labels = side.subject.labels
    for index, manifest in enumerate(draft.policies):
        if not manifest or not side.scorer.is_valid(manifest):
            continue
        selector = spec_of(manifest).get("podSelector")
        if selects_labels(selector, labels):
            for each in add_type(manifest, side.direction):
                yield draft.with_policy(index, each)
        elif side.direction in types_of(manifest):
            for way in widen_selector(selector, labels, list_solution_selectors(side.scorer)):
                yield draft.with_policy(index, with_spec(manifest, podSelector=way))
    taken = {each["metadata"]["name"] for each in draft.all_policies if each}
    for manifest in suggest_isolation(side):
        yield draft.with_new(choose_free_name(manifest, taken))


def _narrow_policy(manifest: Json, side: ConnectionSide) -> Iterator[Json]:
    direction = side.direction
    for index, rule in enumerate(rules_of(manifest, direction)):
        if side.is_admitted_by(with_rules(manifest, direction, [rule])):
            for way in _narrow_rule(manifest, rule, side):
                yield with_rule(manifest, direction, index, way)
            rules = rules_of(manifest, direction)
            yield with_rules(manifest, direction, [*rules[:index], *rules[index + 1 :]])
    hints = list_solution_selectors(side.scorer)
    for each in narrow_selector(spec_of(manifest).get("podSelector"), side.subject.labels, hints):
        yield with_spec(manifest, podSelector=each)
    yield DELETED


def _narrow_rule(manifest: Json, rule: Json, side: ConnectionSide) -> Iterator[Json]:
    """Rules that no longer admit: with fewer or narrower peers, with fewer or other ports."""
    # The solution's rules in this direction, those of the policy's namesake first.
    name = manifest["metadata"]["name"]
    ordered = sorted(side.scorer.solution, key=lambda each: each["metadata"]["name"] != name)
    references = [rule for each in ordered for rule in rules_of(each, side.direction)]
    yield from _narrow_peers(manifest, rule, references, side)
    yield from _narrow_ports(manifest, rule, side)
    for reference in references:
        if reference.get("ports"):
            yield {**rule, "ports": reference["ports"]}
        if words := peers_of(reference, side.direction):
            yield with_peers(rule, side.direction, words)


def _narrow_peers(
    manifest: Json, rule: Json, references: list[Json], side: ConnectionSide
) -> Iterator[Json]:
    direction, peers = side.direction, peers_of(rule, side.direction)
    for index, peer in enumerate(peers):
        alone = with_rules(manifest, direction, [with_peers(rule, direction, [peer])])
        if side.is_admitted_by(alone):
            if rest := [*peers[:index], *peers[index + 1 :]]:
                yield with_peers(rule, direction, rest)
            for way in _join_peers(peer, rest, references, side):
                yield with_peers(rule, direction, way)


def _narrow_ports(manifest: Json, rule: Json, side: ConnectionSide) -> Iterator[Json]:
    ports = ports_of(rule)
    for index, port in enumerate(ports):
        if side.is_admitted_by(with_rules(manifest, side.direction, [{**rule, "ports": [port]}])):
            if rest := [*ports[:index], *ports[index + 1 :]]:
                yield {**rule, "ports": rest}
            if port.get("endPort") is not None:
                single = {key: value for key, value in port.items() if key != "endPort"}
                yield {**rule, "ports": [*ports[:index], single, *ports[index + 1 :]]}


def _join_peers(
    peer: Json, rest: list[Json], references: list[Json], side: ConnectionSide
) -> Iterator[list[Json]]:
    """The peer joined with another item of the list, or with peers of the solution."""
    for index, other in enumerate(rest):
        if not peer.keys() & other.keys() and "ipBlock" not in {*peer, *other}:
            yield [*rest[:index], {**other, **peer}, *rest[index + 1 :]]
    for reference in references:
        for word in peers_of(reference, side.direction):
            if "ipBlock" not in peer and "ipBlock" not in word:
                yield [*rest, {**peer, **word}]
            yield [*rest, word]
