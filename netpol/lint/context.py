"""What is worth a word about policies, whether or not a flow of the lab depends on it."""

from dataclasses import dataclass, field
from enum import StrEnum

from netpol.assess import Assessment
from netpol.assess.parties import EntityBinding
from netpol.evaluate import selector_matches
from netpol.lab import Lab
from netpol.model import Direction, Pod, PodPeer, Policy, Rule
from netpol.parse import Json, ManifestFault
from netpol.repair.universe import ConnectionUniverse


class FindingLevel(StrEnum):
    """An error keeps something from working as it was meant, a warning may, an info does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable and never reused. `policy` is empty for what is about no single policy."""

    code: str
    level: FindingLevel
    policy: str
    path: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule and where it stands."""

    policy: Policy
    manifest: Json = field(hash=False)
    direction: Direction
    index: int
    rule: Rule

    @property
    def path(self) -> str:
        return f"spec.{self.direction.rules_field}[{self.index}]"

    @property
    def peers_path(self) -> str:
        return f"{self.path}.{self.direction.peers_field}"


@dataclass(frozen=True, slots=True)
class LintContext:
    """All that checks look at. `pods` are the namespace's own and the stand-ins in it.

    `policies` are those that an API server takes and that are in the namespace, each with its
    manifest; `manifests` are all.
    """

    lab: Lab
    namespace: str
    manifests: tuple[Json, ...] = field(hash=False)
    policies: tuple[tuple[Policy, Json], ...] = field(hash=False)
    parties: EntityBinding = field(hash=False)
    assessment: Assessment = field(hash=False)
    universe: ConnectionUniverse = field(hash=False)
    services: tuple[Json, ...] = field(default=(), hash=False)
    faults: tuple[ManifestFault, ...] = ()
    warnings: tuple[ManifestFault, ...] = ()

    @property
    def pods(self) -> tuple[Pod, ...]:
        return self.parties.pods

    def list_all_pods(self) -> list[Pod]:
        """Every pod that is known, wherever."""
        ends = [end for listed in self.parties.endpoints.values() for end in listed]
        known = (*self.parties.cluster.pods, *self.pods, *ends)
        return [end for end in known if isinstance(end, Pod)]

    def selects_pod(self, policy: Policy, pod: Pod) -> bool:
        return pod.namespace == self.namespace and selector_matches(policy.selector, pod.labels)

    def selects_peer(self, peer: PodPeer, pod: Pod) -> bool:
        if not selector_matches(peer.pods, pod.labels):
            return False
        if peer.namespaces is None:
            return pod.namespace == self.namespace
        return selector_matches(peer.namespaces, self.parties.cluster.labels_of(pod.namespace))

    def list_rules(self) -> list[PlacedRule]:
        return [
            PlacedRule(policy, manifest, direction, index, rule)
            for policy, manifest in self.policies
            for direction in Direction
            for index, rule in enumerate(policy.rules_for(direction) or ())
        ]
