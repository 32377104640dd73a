"""What checks look at: a namespace's policies, their rules and peers, and the pods around."""

from collections.abc import Iterator
from dataclasses import dataclass

from netpol.assess import Assessment
from netpol.assess.binding import EntityBinding
from netpol.evaluate import selector_matches
from netpol.lab import Entity, Lab
from netpol.lint.codes import Finding, FindingCode
from netpol.load import ManifestSet
from netpol.model import Direction, IPBlock, Pod, PodPeer, Policy, Port, PortRange, Protocol, Rule
from netpol.parse import Json
from netpol.repair.parts import rules_of
from netpol.repair.universe import ConnectionUniverse


@dataclass(frozen=True, slots=True, eq=False)
class PlacedRule:
    """A rule, the policy that has it, and its index there."""

    policy: Policy
    manifest: Json
    direction: Direction
    index: int
    rule: Rule

    @property
    def path(self) -> str:
        return f"spec.{self.direction.rules_field}[{self.index}]"

    @property
    def manifest_rule(self) -> Json:
        """The rule as the manifest has it."""
        return rules_of(self.manifest, self.direction)[self.index]

    @property
    def peers_path(self) -> str:
        return f"{self.path}.{self.direction.peers_field}"

    @property
    def ports(self) -> tuple[Port, ...]:
        return self.rule.ports or ()

    def list_peers(self) -> Iterator[tuple[str, PodPeer | IPBlock]]:
        """Each peer with its path."""
        for index, peer in enumerate(self.rule.peers or ()):
            yield f"{self.peers_path}[{index}]", peer

    def list_pod_peers(self) -> Iterator[tuple[str, PodPeer]]:
        return ((path, peer) for path, peer in self.list_peers() if isinstance(peer, PodPeer))

    def has_port(self, protocol: Protocol, number: int) -> bool:
        """Whether a number or a range among its ports is or contains this port."""
        return any(
            isinstance(port, PortRange) and port.has_port(protocol, number) for port in self.ports
        )

    def build_finding(
        self, code: FindingCode, path: str, message: str, **values: object
    ) -> Finding:
        return code.build_finding(self.policy.name, path, message, **values)


@dataclass(frozen=True, slots=True, eq=False)
class LintContext:
    """One namespace, its lab and its policies.

    `policies` are in the namespace and valid, each with its manifest; `manifests` are all.
    """

    lab: Lab
    namespace: str
    manifests: tuple[Json, ...]
    policies: tuple[tuple[Policy, Json], ...]
    rules: tuple[PlacedRule, ...]
    binding: EntityBinding
    assessment: Assessment
    universe: ConnectionUniverse
    written: ManifestSet

    def list_all_pods(self) -> list[Pod]:
        """Every known pod, in any namespace."""
        ends = [end for listed in self.binding.endpoints.values() for end in listed]
        known = (*self.binding.cluster.pods, *self.binding.pods, *ends)
        return [end for end in known if isinstance(end, Pod)]

    def list_entity_pods(self, entity: Entity, policy: Policy | None = None) -> list[Pod]:
        """The pods behind an entity; with a policy those that it selects."""
        pods = [end for end in self.binding.endpoints[entity.name] if isinstance(end, Pod)]
        if policy is None:
            return pods
        home = [pod for pod in pods if pod.namespace == self.namespace]
        return [pod for pod in home if selector_matches(policy.selector, pod.labels)]

    def is_peer(self, pod: Pod, peer: PodPeer) -> bool:
        """Whether the peer of a policy in this namespace means the pod."""
        if not selector_matches(peer.pods, pod.labels):
            return False
        if peer.namespaces is None:
            return pod.namespace == self.namespace
        return selector_matches(peer.namespaces, self.binding.cluster.labels_of(pod.namespace))


def list_rules(policies: tuple[tuple[Policy, Json], ...]) -> Iterator[PlacedRule]:
    for policy, manifest in policies:
        for direction in Direction:
            for index, rule in enumerate(policy.rules_for(direction) or ()):
                yield PlacedRule(policy, manifest, direction, index, rule)
