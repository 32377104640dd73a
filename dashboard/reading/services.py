"""Services and the endpoints behind them, as an API server lists them.

"The EndpointSlice API ... the ready condition: a nil value should be interpreted as true". What is
malformed about one Service is left out, and costs nobody anything else.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.reading.entities import stands_for
from dashboard.reading.parts import listed, mapping
from dashboard.reading.values import PodReading, ServiceReading
from netpol.lab import Lab
from netpol.model import Pod, Protocol
from netpol.parse import Json

SERVICE_LABEL = "kubernetes.io/service-name"
MOST_PORTS = 50


@dataclass(slots=True)
class _Endpoints:
    """Whether each is ready, by the pod behind it; one of two address families counts once."""

    ready: dict[str, bool] = field(default_factory=dict)


def service_readings(
    lab: Lab,
    services: Sequence[Json],
    slices: Sequence[Json] | None,
    pods: Sequence[PodReading],
    probers: Collection[str] = (),
) -> tuple[ServiceReading, ...]:
    """`slices` is `None` where EndpointSlices may not be read.

    `probers` are the names of pods that a Service selects by their labels and that serve nobody.
    """
    behind = None if slices is None else _behind(slices, probers)
    return tuple(_service(lab, service, behind, pods) for service in services)


def _service(
    lab: Lab, service: Json, behind: Mapping[str, _Endpoints] | None, pods: Sequence[PodReading]
) -> ServiceReading:
    name, spec = str(service["metadata"]["name"]), mapping(service.get("spec"))
    states = list((behind or {}).get(name, _Endpoints()).ready.values())
    return ServiceReading(
        name,
        tuple(_ports(spec)),
        _entities(lab, mapping(spec.get("selector")), pods),
        None if behind is None else sum(states),
        None if behind is None else len(states) - sum(states),
    )


def _entities(
    lab: Lab, selector: Mapping[str, object], pods: Sequence[PodReading]
) -> tuple[str, ...]:
    """By the pods that it selects; where there is none, by what would be one."""
    if not selector:
        return ()
    labels = [reading.pod.labels for reading in pods if _selects(selector, reading.pod.labels)]
    labels += [
        entity.placeholder.labels
        for entity in lab.entities
        if isinstance(entity.placeholder, Pod) and _selects(selector, entity.placeholder.labels)
    ]
    return tuple(dict.fromkeys(name for each in labels for name in stands_for(lab, each)))


def _selects(selector: Mapping[str, object], labels: Mapping[str, str]) -> bool:
    return all(labels.get(key) == value for key, value in selector.items())


def _ports(spec: Mapping[str, object]) -> Iterator[tuple[int, int | str, Protocol]]:
    for port in listed(spec.get("ports"))[:MOST_PORTS]:
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


def _behind(slices: Sequence[Json], probers: Collection[str]) -> dict[str, _Endpoints]:
    found: dict[str, _Endpoints] = {}
    for each in slices:
        name = mapping(each["metadata"].get("labels")).get(SERVICE_LABEL)
        if isinstance(name, str):
            endpoints = found.setdefault(name, _Endpoints())
            for endpoint in map(mapping, listed(each.get("endpoints"))):
                if mapping(endpoint.get("targetRef")).get("name") not in probers:
                    _add(endpoints, endpoint)
    return found


def _add(endpoints: _Endpoints, endpoint: Mapping[str, object]) -> None:
    who = mapping(endpoint.get("targetRef")).get("name") or listed(endpoint.get("addresses"))[:1]
    ready = mapping(endpoint.get("conditions")).get("ready") is not False
    endpoints.ready[repr(who)] = endpoints.ready.get(repr(who), False) or ready
