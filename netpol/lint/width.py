"""Checks of what is wider than a lab needs, though nothing fails by it: advice."""

from collections.abc import Iterator

from netpol.lab import Entity
from netpol.lint.context import Finding, FindingLevel, LintContext, PlacedRule
from netpol.model import Direction, Pod, PodPeer, PortRange


def check_shared_ports(context: LintContext) -> Iterator[Finding]:
    """One rule for several parties opens the ports of each on all of them."""
    for placed in context.list_rules():
        opened = (
            list(_list_opened_ports(context, placed))
            if placed.direction is Direction.INGRESS
            else []
        )
        if opened:
            yield Finding(
                "NP118",
                FindingLevel.INFO,
                placed.policy.name,
                f"{placed.path}.ports",
                f"It opens {' and '.join(opened)} too, which no flow of the lab needs.",
                "Nothing fails by it. A policy for each of them, with its own port, opens less.",
            )


def _list_opened_ports(context: LintContext, placed: PlacedRule) -> Iterator[str]:
    """The ports that are needed of another selected party, but not of this one."""
    selected = [
        entity
        for entity in context.lab.entities
        if entity.is_student_entity and _list_selected_pods(context, entity, placed)
    ]
    for port in placed.rule.ports or ():
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


def _list_selected_pods(context: LintContext, entity: Entity, placed: PlacedRule) -> list[Pod]:
    ends = context.parties.endpoints[entity.name]
    return [end for end in ends if isinstance(end, Pod) and context.selects_pod(placed.policy, end)]


def check_whole_namespaces(context: LintContext) -> Iterator[Finding]:
    """A namespaceSelector without a podSelector: "selects all Pods in the Namespaces selected"."""
    for placed in context.list_rules():
        for index, peer in enumerate(placed.rule.peers or ()):
            if not isinstance(peer, PodPeer) or peer.namespaces is None or peer.pods.requirements:
                continue
            titles = [
                entity.title
                for entity in context.lab.entities
                for end in context.parties.endpoints[entity.name][:1]
                if isinstance(end, Pod) and context.selects_peer(peer, end)
            ]
            if titles:
                yield Finding(
                    "NP119",
                    FindingLevel.INFO,
                    placed.policy.name,
                    f"{placed.peers_path}[{index}]",
                    "It means every pod of the selected namespaces, not only "
                    f"{' and '.join(titles)}.",
                    "Nothing fails by it. A podSelector in the same list item would narrow "
                    "it, where the pods have a label of their own.",
                )
