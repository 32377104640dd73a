"""HTTPRoutes, and what the gateways that they ask say of them."""

from collections.abc import Mapping, Sequence

from dashboard.reading.parts import listed, mapping
from dashboard.reading.values import RouteReading
from netpol.parse import Json

MOST = 20
"""Host names and Services of one route that are kept."""
LONGEST = 300


def route_reading(route: Json) -> RouteReading:
    """Malformed parts are left out."""
    spec, status = mapping(route.get("spec")), mapping(route.get("status"))
    generation = route["metadata"].get("generation")
    parents = [_conditions(parent, generation) for parent in listed(status.get("parents"))]
    return RouteReading(
        str(route["metadata"]["name"]),
        tuple(str(name)[:253] for name in listed(spec.get("hostnames"))[:MOST]),
        tuple(_services(spec))[:MOST],
        _together(parents, "Accepted"),
        _together(parents, "ResolvedRefs"),
        _reason(parents),
    )


Conditions = Mapping[str, Mapping[str, object]]


def _conditions(parent: object, generation: object) -> Conditions:
    """By type; one about an older generation of the route says nothing about this one."""
    conditions = map(mapping, listed(mapping(parent).get("conditions")))
    return {
        str(condition.get("type")): condition
        for condition in conditions
        if condition.get("observedGeneration", generation) == generation
    }


def _together(parents: Sequence[Conditions], kind: str) -> bool | None:
    """Every gateway has to say yes."""
    said = [parent[kind].get("status") if kind in parent else None for parent in parents]
    if "False" in said:
        return False
    return True if said and all(each == "True" for each in said) else None


def _reason(parents: Sequence[Conditions]) -> str:
    for parent in parents:
        for kind in ("Accepted", "ResolvedRefs"):
            condition = parent.get(kind, {})
            if condition.get("status") == "False":
                words = (condition.get("reason"), condition.get("message"))
                return ": ".join(str(word) for word in words if word)[:LONGEST]
    return ""


def _services(spec: Mapping[str, object]) -> list[str]:
    rules = map(mapping, listed(spec.get("rules")))
    refs = [mapping(ref) for rule in rules for ref in listed(rule.get("backendRefs"))]
    return [str(ref.get("name"))[:63] for ref in refs if ref.get("kind") in (None, "Service")]
