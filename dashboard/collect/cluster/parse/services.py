"""Services and the endpoints behind them, as an API server lists them.

"The EndpointSlice API ... the ready condition: a nil value should be interpreted as true". What is
malformed about one Service is left out, and costs nobody anything else.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.cluster_reading import PodReading, ServiceReading, find_entity_names
from dashboard.collect.cluster.parse.parts import as_list, as_mapping
from netpol.lab import Lab
from netpol.model import Pod, Protocol
from netpol.parse import Json

SERVICE_LABEL = "kubernetes.io/service-name"
MOST_PORTS = 50


@dataclass(slots=True)
class _Endpoints:
    """Whether each is ready, by the pod behind it; one of two address families counts once."""

    ready: dict[str, bool] = field(default_factory=dict)


def parse_services(
    lab: Lab,
    services: Sequence[Json],
    slices: Sequence[Json] | None,
    pods: Sequence[PodReading],
    probers: Collection[str] = (),
) -> tuple[ServiceReading, ...]:
    """`slices` is `None` where EndpointSlices may not be read.

    `probers` are the names of pods that a Service selects by their labels and that serve nobody.
    """
    behind = None if slices is None else _group_endpoints(slices, probers)
    return tuple(_parse_service(lab, service, behind, pods) for service in services)


def _parse_service(
    lab: Lab, service: Json, behind: Mapping[str, _Endpoints] | None, pods: Sequence[PodReading]
) -> ServiceReading:
    name, spec = str(service["metadata"]["name"]), as_mapping(service.get("spec"))
    states = list((behind or {}).get(name, _Endpoints()).ready.values())
    return ServiceReading(
        name,
        tuple(_parse_ports(spec)),
        _selected_entities(lab, as_mapping(spec.get("selector")), pods),
        None if behind is None else sum(states),
        None if behind is None else len(states) - sum(states),
    )


def _selected_entities(
    lab: Lab, selector: Mapping[str, object], pods: Sequence[PodReading]
) -> tuple[str, ...]:
    """By the pods that it selects; where there is none, by what would be one."""
    if not selector:
        return ()
    labels = [reading.pod.labels for reading in pods if _is_selected(selector, reading.pod.labels)]
    labels += [
        entity.placeholder.labels
        for entity in lab.entities
        if isinstance(entity.placeholder, Pod) and _is_selected(selector, entity.placeholder.labels)
    ]
    return tuple(dict.fromkeys(name for each in labels for name in find_entity_names(lab, each)))


def _is_selected(selector: Mapping[str, object], labels: Mapping[str, str]) -> bool:
    return all(labels.get(key) == value for key, value in selector.items())


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


def _group_endpoints(slices: Sequence[Json], probers: Collection[str]) -> dict[str, _Endpoints]:
    found: dict[str, _Endpoints] = {}
    for each in slices:
        name = as_mapping(each["metadata"].get("labels")).get(SERVICE_LABEL)
        if isinstance(name, str):
            endpoints = found.setdefault(name, _Endpoints())
            for endpoint in map(as_mapping, as_list(each.get("endpoints"))):
                if as_mapping(endpoint.get("targetRef")).get("name") not in probers:
                    _add_endpoint(endpoints, endpoint)
    return found


def _add_endpoint(endpoints: _Endpoints, endpoint: Mapping[str, object]) -> None:
    who = (
        as_mapping(endpoint.get("targetRef")).get("name") or as_list(endpoint.get("addresses"))[:1]
    )
    ready = as_mapping(endpoint.get("conditions")).get("ready") is not False
    endpoints.ready[repr(who)] = endpoints.ready.get(repr(who), False) or ready
