"""Services with their endpoints, and HTTPRoutes, as an API server lists them.

Malformed parts are left out: they cost nobody anything else.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from dashboard.cluster_reading import (
    PodReading,
    RouteReading,
    ServiceReading,
    find_entity_names,
)
from netpol.lab import Lab
from netpol.model import Pod, Protocol
from netpol.parse import Json

SERVICE_LABEL = "kubernetes.io/service-name"
MOST_PORTS = 50
MOST_ROUTE_PARTS = 20
"""Host names and Services of one route that are kept."""
LONGEST_REASON = 300

Endpoints = dict[str, bool]
"""Whether each is ready, by its pod: one that has two address families counts once."""
Conditions = Mapping[str, Mapping[str, object]]


def as_mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def parse_services(
    lab: Lab,
    services: Sequence[Json],
    slices: Sequence[Json] | None,
    pods: Sequence[PodReading],
    probers: Collection[str] = (),
) -> tuple[ServiceReading, ...]:
    """`slices` is `None` where EndpointSlices may not be read.

    `probers` are the names of pods that a Service selects by their labels but that serve nobody.
    """
    endpoints = None if slices is None else _group_endpoints(slices, probers)
    return tuple(_parse_service(lab, service, endpoints, pods) for service in services)


def _parse_service(
    lab: Lab,
    service: Json,
    endpoints: Mapping[str, Endpoints] | None,
    pods: Sequence[PodReading],
) -> ServiceReading:
    name, spec = str(service["metadata"]["name"]), as_mapping(service.get("spec"))
    states = list((endpoints or {}).get(name, {}).values())
    return ServiceReading(
        name,
        tuple(_parse_ports(spec)),
        _selected_entities(lab, as_mapping(spec.get("selector")), pods),
        None if endpoints is None else sum(states),
        None if endpoints is None else len(states) - sum(states),
    )


def _selected_entities(
    lab: Lab, selector: Mapping[str, object], pods: Sequence[PodReading]
) -> tuple[str, ...]:
    """By the pods that it selects; if there are none, by the lab's placeholders."""
    if not selector:
        return ()
    placeholders = [each.placeholder for each in lab.entities if isinstance(each.placeholder, Pod)]
    selected = [
        pod.labels
        for pod in (*(reading.pod for reading in pods), *placeholders)
        if all(pod.labels.get(key) == value for key, value in selector.items())
    ]
    return tuple(dict.fromkeys(name for each in selected for name in find_entity_names(lab, each)))


def _parse_ports(spec: Mapping[str, object]) -> Iterator[tuple[int, int | str, Protocol]]:
    for port in as_list(spec.get("ports"))[:MOST_PORTS]:
        match port:
            case {"port": int(number), **rest}:
                protocol = rest.get("protocol") or "TCP"
                target = rest.get("targetPort") or number
                if (
                    isinstance(protocol, str)
                    and protocol in set(Protocol)
                    and isinstance(target, int | str)
                ):
                    yield number, target, Protocol(protocol)


def _group_endpoints(slices: Sequence[Json], probers: Collection[str]) -> dict[str, Endpoints]:
    """By Service. "The EndpointSlice API ... the ready condition: a nil value should be
    interpreted as true".
    """
    groups: dict[str, Endpoints] = {}
    for each in slices:
        service = as_mapping(each["metadata"].get("labels")).get(SERVICE_LABEL)
        if not isinstance(service, str):
            continue
        endpoints = groups.setdefault(service, {})
        for endpoint in map(as_mapping, as_list(each.get("endpoints"))):
            pod = as_mapping(endpoint.get("targetRef")).get("name")
            if pod not in probers:
                key = repr(pod or as_list(endpoint.get("addresses"))[:1])
                is_ready = as_mapping(endpoint.get("conditions")).get("ready") is not False
                endpoints[key] = endpoints.get(key, False) or is_ready
    return groups


def parse_route(route: Json) -> RouteReading:
    """An HTTPRoute, and what the gateways that it asks say of it."""
    spec, status = as_mapping(route.get("spec")), as_mapping(route.get("status"))
    generation = route["metadata"].get("generation")
    parents = [_current_conditions(each, generation) for each in as_list(status.get("parents"))]
    rules = map(as_mapping, as_list(spec.get("rules")))
    backends = [as_mapping(ref) for rule in rules for ref in as_list(rule.get("backendRefs"))]
    services = [
        str(ref.get("name"))[:63] for ref in backends if ref.get("kind") in (None, "Service")
    ]
    return RouteReading(
        str(route["metadata"]["name"]),
        tuple(str(name)[:253] for name in as_list(spec.get("hostnames"))[:MOST_ROUTE_PARTS]),
        tuple(services[:MOST_ROUTE_PARTS]),
        _all_gateways_agree(parents, "Accepted"),
        _all_gateways_agree(parents, "ResolvedRefs"),
        _find_reason(parents),
    )


def _current_conditions(parent: object, generation: object) -> Conditions:
    """By type; one about an older generation of the route says nothing about this one."""
    conditions = map(as_mapping, as_list(as_mapping(parent).get("conditions")))
    return {
        str(condition.get("type")): condition
        for condition in conditions
        if condition.get("observedGeneration", generation) == generation
    }


def _all_gateways_agree(parents: Sequence[Conditions], kind: str) -> bool | None:
    """`None` while one of them has not said so and none refuses."""
    statuses = [parent[kind].get("status") if kind in parent else None for parent in parents]
    if "False" in statuses:
        return False
    return True if statuses and all(status == "True" for status in statuses) else None


def _find_reason(parents: Sequence[Conditions]) -> str:
    """The first gateway's reason for a refusal."""
    for parent in parents:
        for kind in ("Accepted", "ResolvedRefs"):
            condition = parent.get(kind, {})
            if condition.get("status") == "False":
                words = (condition.get("reason"), condition.get("message"))
                return ": ".join(str(word) for word in words if word)[:LONGEST_REASON]
    return ""
