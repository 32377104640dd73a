"""Checks of ports: does anybody listen there, and is it the pod's own?"""

from collections.abc import Iterator, Mapping
from typing import Any

from netpol.evaluate import selector_matches
from netpol.lint.context import Finding, FindingLevel, LintContext, PlacedRule
from netpol.model import Direction, NamedPort, Pod, PodPeer, Port, PortRange
from netpol.repair.selectors import selects_labels


def check_container_ports(context: LintContext) -> Iterator[Finding]:
    for placed in context.list_rules():
        listening = _list_destinations(context, placed)
        if not listening or not all(pod.ports for pod in listening):
            continue
        for index, port in enumerate(placed.rule.ports or ()):
            if any(_declares_port(pod, port) for pod in listening) or _find_service_port(
                context, placed, port
            ):
                continue
            declared = sorted(
                {f"{one.protocol} {one.number}" for pod in listening for one in pod.ports}
            )
            yield Finding(
                "NP105",
                FindingLevel.WARNING,
                placed.policy.name,
                f"{placed.path}.ports[{index}]",
                f"No container of these pods says that it listens on {_format_port(port)}.",
                f"They say {', '.join(declared)}.",
            )


def _declares_port(pod: Pod, port: Port) -> bool:
    if isinstance(port, NamedPort):
        return any((one.name, one.protocol) == (port.name, port.protocol) for one in pod.ports)
    return any(
        one.protocol is port.protocol and port.first <= one.number <= port.last for one in pod.ports
    )


def _format_port(port: Port) -> str:
    if isinstance(port, NamedPort):
        return f"{port.protocol} {port.name}"
    numbers = f"{port.first}" if port.first == port.last else f"{port.first}-{port.last}"
    return f"{port.protocol} {numbers}"


def _list_destinations(context: LintContext, placed: PlacedRule) -> list[Pod]:
    """The pods whose ports the rule speaks of, as far as they are known."""
    if placed.direction is Direction.INGRESS:
        return [pod for pod in context.pods if selector_matches(placed.policy.selector, pod.labels)]
    peers = placed.rule.peers
    if not peers or not all(isinstance(peer, PodPeer) for peer in peers):
        return []
    found = [
        pod
        for pod in context.list_all_pods()
        for peer in peers
        if isinstance(peer, PodPeer) and context.selects_peer(peer, pod)
    ]
    return list({(pod.namespace, pod.name): pod for pod in found}.values())


def check_service_ports(context: LintContext) -> Iterator[Finding]:
    for placed in context.list_rules():
        for index, port in enumerate(placed.rule.ports or ()):
            meant = _find_service_port(context, placed, port)
            if meant:
                yield Finding(
                    "NP106",
                    FindingLevel.ERROR,
                    placed.policy.name,
                    f"{placed.path}.ports[{index}].port",
                    f"{_format_port(port)} is the port of Service {meant[0]}; policies speak "
                    f"of the pod's own port, which is {meant[1]}.",
                    f"Write {meant[1]}.",
                )


def _find_service_port(
    context: LintContext, placed: PlacedRule, port: Port
) -> tuple[str, object] | None:
    """The Service and the pod's port, where the rule has the Service's and the pod another one."""
    if not isinstance(port, PortRange) or port.first != port.last:
        return None
    pods = _list_destinations(context, placed)
    for service in context.services:
        spec = _as_mapping(service.get("spec"))
        selector = _as_mapping(spec.get("selector"))
        behind = [
            pod
            for pod in pods
            if selector and selects_labels({"matchLabels": selector}, pod.labels)
        ]
        for each in spec.get("ports") or ():
            number, target = each.get("port"), each.get("targetPort") or each.get("port")
            if number == port.first and target != number and behind:
                own = _resolve_target(target, behind)
                if not any(_declares_port(pod, port) for pod in behind):
                    return str(service["metadata"]["name"]), own
    return None


def _resolve_target(target: object, pods: list[Pod]) -> object:
    """A named target as the number that the pods give it."""
    found = (one.number for pod in pods for one in pod.ports if one.name == target)
    return next(found, target)


def _as_mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
