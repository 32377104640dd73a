"""The parts of a manifest that a repair works on, read without minding what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from netpol.model import Direction
from netpol.parse import Json


def spec_of(manifest: Json) -> Json:
    spec = manifest.get("spec")
    return spec if isinstance(spec, dict) else {}


def with_spec(manifest: Json, **fields: Any) -> Json:
    """With these fields of the spec; `None` takes one away."""
    spec = {**spec_of(manifest), **fields}
    return {**manifest, "spec": {key: value for key, value in spec.items() if value is not None}}


def rules_of(manifest: Json, direction: Direction) -> list[Json]:
    return [rule or {} for rule in spec_of(manifest).get(direction.rules_field) or ()]


def with_rules(manifest: Json, direction: Direction, rules: list[Json]) -> Json:
    return with_spec(manifest, **{direction.rules_field: rules})


def with_rule(manifest: Json, direction: Direction, index: int, rule: Json) -> Json:
    rules = rules_of(manifest, direction)
    return with_rules(manifest, direction, [*rules[:index], rule, *rules[index + 1 :]])


def peers_of(rule: Json, direction: Direction) -> list[Json]:
    return list(rule.get(direction.peers_field) or ())


def with_peers(rule: Json, direction: Direction, peers: list[Json]) -> Json:
    return {**rule, direction.peers_field: peers}


def ports_of(rule: Json) -> list[Json]:
    return [port or {} for port in rule.get("ports") or ()]


def types_of(manifest: Json) -> set[str]:
    """After defaulting."""
    spec = spec_of(manifest)
    given = spec.get("policyTypes")
    if given:
        return set(given)
    return {"Ingress", "Egress"} if spec.get("egress") else {"Ingress"}


def add_type(manifest: Json, direction: Direction) -> Iterator[Json]:
    """The least that makes a policy speak of this direction."""
    if direction in types_of(manifest):
        yield manifest
        return
    given = list(spec_of(manifest).get("policyTypes") or ())
    if given:
        yield with_spec(manifest, policyTypes=[direction.value, *given[1:]])
    if len(given) < len(Direction):
        yield with_spec(manifest, policyTypes=[*(given or ["Ingress"]), direction.value])


@dataclass(frozen=True, slots=True)
class Place:
    """A rule of a policy, by the indexes of both."""

    policy: int
    direction: Direction
    rule: int


def places(manifests: tuple[Json, ...], direction: Direction) -> Iterator[Place]:
    for policy, manifest in enumerate(manifests):
        for rule in range(len(rules_of(manifest, direction))):
            yield Place(policy, direction, rule)
