"""The parts of a manifest that a repair works on; a missing part counts as empty."""

from collections.abc import Iterator
from typing import Any

from netpol.model import Direction
from netpol.parse import Json


def spec_of(manifest: Json) -> Json:
    spec = manifest.get("spec")
    return spec if isinstance(spec, dict) else {}


def with_spec(manifest: Json, **fields: Any) -> Json:
    """The manifest with these fields of its spec; `None` removes one."""
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
    """The policy types, with the API's defaults."""
    spec = spec_of(manifest)
    given = spec.get("policyTypes")
    if given:
        return set(given)
    return {"Ingress", "Egress"} if spec.get("egress") else {"Ingress"}


def add_type(manifest: Json, direction: Direction) -> Iterator[Json]:
    """The policy with the smallest changes that make it apply to this direction."""
    if direction in types_of(manifest):
        yield manifest
        return
    given = list(spec_of(manifest).get("policyTypes") or ())
    if given:
        yield with_spec(manifest, policyTypes=[direction.value, *given[1:]])
    if len(given) < len(Direction):
        yield with_spec(manifest, policyTypes=[*(given or ["Ingress"]), direction.value])


def build_policy(name: str, spec: Json) -> Json:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": spec,
    }


def is_in_namespace(manifest: Json, namespace: str) -> bool:
    """Whether it names this namespace, or none."""
    return manifest["metadata"].get("namespace") in (None, "", namespace)
