"""Checks of ports: does anybody listen there, and is it the pod's own?"""

from collections.abc import Iterator

from netpol.evaluate import selector_matches
from netpol.lint.codes import Finding, FindingCode
from netpol.lint.context import LintContext, PlacedRule
from netpol.model import Direction, NamedPort, Pod, PodPeer, Port, PortRange
from netpol.repair.parts import spec_of
from netpol.repair.selectors import selects_labels


def check_container_ports(context: LintContext) -> Iterator[Finding]:
    for placed in context.rules:
        listening = _list_destinations(context, placed)
        declared = {f"{port.protocol} {port.number}" for pod in listening for port in pod.ports}
        for index, port in enumerate(placed.ports if all(pod.ports for pod in listening) else ()):
            is_known = not listening or any(_declares_port(pod, port) for pod in listening)
            if not is_known and not _find_service_port(context, listening, port):
                yield placed.build_finding(
                    FindingCode.UNDECLARED_PORT,
                    f"{placed.path}.ports[{index}]",
                    f"No container of these pods says that it listens on {_format_port(port)}.",
                    declared=", ".join(sorted(declared)),
                )


def check_service_ports(context: LintContext) -> Iterator[Finding]:
    for placed in context.rules:
        destinations = _list_destinations(context, placed)
        for index, port in enumerate(placed.ports):
            if found := _find_service_port(context, destinations, port):
                service, pod_port = found
                yield placed.build_finding(
                    FindingCode.SERVICE_PORT,
                    f"{placed.path}.ports[{index}].port",
                    f"{_format_port(port)} is the port of Service {service}; policies speak of the "
                    f"pod's own port, which is {pod_port}.",
                    port=pod_port,
                )


def _declares_port(pod: Pod, port: Port) -> bool:
    if isinstance(port, NamedPort):
        return any((own.name, own.protocol) == (port.name, port.protocol) for own in pod.ports)
    return any(port.has_port(own.protocol, own.number) for own in pod.ports)


def _format_port(port: Port) -> str:
    return f"{port.protocol} {port.name if isinstance(port, NamedPort) else port.numbers}"


def _list_destinations(context: LintContext, placed: PlacedRule) -> list[Pod]:
    """The known pods whose ports the rule speaks of."""
    if placed.direction is Direction.INGRESS:
        selector = placed.policy.selector
        return [pod for pod in context.binding.pods if selector_matches(selector, pod.labels)]
    peers = [peer for peer in placed.rule.peers or () if isinstance(peer, PodPeer)]
    if len(peers) != len(placed.rule.peers or ()):
        return []
    pods = {(pod.namespace, pod.name): pod for pod in context.list_all_pods()}
    return [pod for pod in pods.values() if any(context.is_peer(pod, peer) for peer in peers)]


def _find_service_port(
    context: LintContext, pods: list[Pod], port: Port
) -> tuple[str, object] | None:
    """The Service that has this port, and its pods' own port where that is another one."""
    if not isinstance(port, PortRange) or port.first != port.last:
        return None
    for service in context.written.services:
        spec = spec_of(service)
        selector = spec.get("selector")
        behind = [
            pod
            for pod in pods
            if isinstance(selector, dict)
            and selector
            and selects_labels({"matchLabels": selector}, pod.labels)
        ]
        if not behind or any(_declares_port(pod, port) for pod in behind):
            continue
        for each in spec.get("ports") or ():
            target = each.get("targetPort") or each.get("port")
            if port.first == each.get("port") != target:
                named = (own.number for pod in behind for own in pod.ports if own.name == target)
                return str(service["metadata"]["name"]), next(named, target)
    return None
