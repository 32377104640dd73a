"""Checks of what is wider than a lab needs, though nothing fails by it: advice."""

from collections.abc import Iterator

from netpol.lint.codes import Finding, FindingCode
from netpol.lint.context import LintContext, PlacedRule
from netpol.model import Direction, IPBlock, PortRange


def check_whole_world(context: LintContext) -> Iterator[Finding]:
    for placed in context.rules:
        for path, peer in placed.list_peers():
            if isinstance(peer, IPBlock) and not peer.cidr.prefixlen and not peer.excluded:
                yield placed.build_finding(
                    FindingCode.WHOLE_WORLD,
                    f"{path}.ipBlock.cidr",
                    f"{peer.cidr} is every address, on most network plugins the cluster's own too.",
                )


def check_shared_ports(context: LintContext) -> Iterator[Finding]:
    """One rule for several entities opens the ports of each on all of them."""
    for placed in context.rules:
        opened = list(_list_opened_ports(context, placed))
        if opened and placed.direction is Direction.INGRESS:
            yield placed.build_finding(
                FindingCode.SHARED_PORTS,
                f"{placed.path}.ports",
                f"It opens {' and '.join(opened)} too, which no flow of the lab needs.",
            )


def _list_opened_ports(context: LintContext, placed: PlacedRule) -> Iterator[str]:
    """The ports that another selected entity needs, but not this one."""
    selected = [
        entity
        for entity in context.lab.entities
        if entity.is_student_entity and context.list_entity_pods(entity, placed.policy)
    ]
    for port in placed.ports:
        if isinstance(port, PortRange) and port.first == port.last:
            needed = {
                flow.destination
                for flow in context.lab.flows
                if (flow.protocol, flow.port) == (port.protocol, port.first)
            }
            if any(entity.name in needed for entity in selected):
                for entity in selected:
                    if entity.name not in needed:
                        yield f"{port.protocol} {port.first} on {entity.title}"


def check_whole_namespaces(context: LintContext) -> Iterator[Finding]:
    """A namespaceSelector without a podSelector: "selects all Pods in the Namespaces selected"."""
    for placed in context.rules:
        for path, peer in placed.list_pod_peers():
            if peer.namespaces is None or peer.pods.requirements:
                continue
            titles = [
                entity.title
                for entity in context.lab.entities
                for pod in context.list_entity_pods(entity)[:1]
                if context.is_peer(pod, peer)
            ]
            if titles:
                yield placed.build_finding(
                    FindingCode.WHOLE_NAMESPACE,
                    path,
                    "It means every pod of the selected namespaces, not only "
                    f"{' and '.join(titles)}.",
                )
