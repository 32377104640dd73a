"""Checks of what is wider than a lab needs, though nothing fails by it: advice."""

from collections.abc import Iterator

from netpol.lab import Entity
from netpol.lint.model import Finding, Level, Placed, Scene
from netpol.model import Direction, Pod, PodPeer, PortRange


def others_ports(scene: Scene) -> Iterator[Finding]:
    """One rule for several parties opens the ports of each on all of them."""
    for placed in scene.rules():
        opened = list(_opened(scene, placed)) if placed.direction is Direction.INGRESS else []
        if opened:
            yield Finding(
                "NP118",
                Level.INFO,
                placed.policy.name,
                f"{placed.path}.ports",
                f"It opens {' and '.join(opened)} too, which no flow of the lab needs.",
                "Nothing fails by it. A policy for each of them, with its own port, opens less.",
            )


def _opened(scene: Scene, placed: Placed) -> Iterator[str]:
    """The ports that are needed of another selected party, but not of this one."""
    selected = [
        entity
        for entity in scene.lab.entities
        if entity.is_student_entity and _ends(scene, entity, placed)
    ]
    for port in placed.rule.ports or ():
        if isinstance(port, PortRange) and port.first == port.last:
            needed = {
                flow.destination
                for flow in scene.lab.flows
                if (flow.protocol, flow.port) == (port.protocol, port.first)
            }
            if any(entity.name in needed for entity in selected):
                for entity in selected:
                    if entity.name not in needed:
                        yield f"{port.protocol} {port.first} on {entity.title}"


def _ends(scene: Scene, entity: Entity, placed: Placed) -> list[Pod]:
    ends = scene.parties.endpoints[entity.name]
    return [end for end in ends if isinstance(end, Pod) and scene.selects(placed.policy, end)]


def whole_namespace(scene: Scene) -> Iterator[Finding]:
    """A namespaceSelector without a podSelector: "selects all Pods in the Namespaces selected"."""
    for placed in scene.rules():
        for index, peer in enumerate(placed.rule.peers or ()):
            if not isinstance(peer, PodPeer) or peer.namespaces is None or peer.pods.requirements:
                continue
            titles = [
                entity.title
                for entity in scene.lab.entities
                for end in scene.parties.endpoints[entity.name][:1]
                if isinstance(end, Pod) and scene.selects_peer(peer, end)
            ]
            if titles:
                yield Finding(
                    "NP119",
                    Level.INFO,
                    placed.policy.name,
                    f"{placed.peers_path}[{index}]",
                    "It means every pod of the selected namespaces, not only "
                    f"{' and '.join(titles)}.",
                    "Nothing fails by it. A podSelector in the same list item would narrow it, "
                    "where the pods have a label of their own.",
                )
