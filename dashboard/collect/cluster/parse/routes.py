"""HTTPRoutes, and what the gateways that they ask say of them."""

from collections.abc import Mapping, Sequence

from dashboard.cluster_reading import RouteReading
from dashboard.collect.cluster.parse.parts import as_list, as_mapping
from netpol.parse import Json

MOST = 20
"""Host names and Services of one route that are kept."""
LONGEST = 300


def parse_route(route: Json) -> RouteReading:
    """Malformed parts are left out."""
    spec, status = as_mapping(route.get("spec")), as_mapping(route.get("status"))
    generation = route["metadata"].get("generation")
    parents = [_current_conditions(parent, generation) for parent in as_list(status.get("parents"))]
    return RouteReading(
        str(route["metadata"]["name"]),
        tuple(str(name)[:253] for name in as_list(spec.get("hostnames"))[:MOST]),
        tuple(_backend_services(spec))[:MOST],
        _all_gateways_agree(parents, "Accepted"),
        _all_gateways_agree(parents, "ResolvedRefs"),
        _find_reason(parents),
    )


Conditions = Mapping[str, Mapping[str, object]]


def _current_conditions(parent: object, generation: object) -> Conditions:
    """By type; one about an older generation of the route says nothing about this one."""
    conditions = map(as_mapping, as_list(as_mapping(parent).get("conditions")))
    return {
        str(condition.get("type")): condition
        for condition in conditions
        if condition.get("observedGeneration", generation) == generation
    }


def _all_gateways_agree(parents: Sequence[Conditions], kind: str) -> bool | None:
    """Every gateway has to say yes."""
    said = [parent[kind].get("status") if kind in parent else None for parent in parents]
    if "False" in said:
        return False
    return True if said and all(each == "True" for each in said) else None


def _find_reason(parents: Sequence[Conditions]) -> str:
    for parent in parents:
        for kind in ("Accepted", "ResolvedRefs"):
            condition = parent.get(kind, {})
            if condition.get("status") == "False":
                words = (condition.get("reason"), condition.get("message"))
                return ": ".join(str(word) for word in words if word)[:LONGEST]
    return ""


def _backend_services(spec: Mapping[str, object]) -> list[str]:
    rules = map(as_mapping, as_list(spec.get("rules")))
    refs = [as_mapping(ref) for rule in rules for ref in as_list(rule.get("backendRefs"))]
    return [str(ref.get("name"))[:63] for ref in refs if ref.get("kind") in (None, "Service")]
