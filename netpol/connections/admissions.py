"""Policies as masks: who admits whom on which ports, in one direction."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from netpol.connections.population import Population
from netpol.model import Direction, NamedPort, PodPeer, Policy, PortRange, Profile, Rule


@dataclass(frozen=True, slots=True)
class Admission:
    """Each of `subjects` admits each of `peers` on each of `ports`."""

    subjects: int
    peers: int
    ports: int


@dataclass(frozen=True, slots=True)
class Admissions:
    """All admissions in one direction; `unrestricted` classes admit everyone on every port."""

    unrestricted: int
    listed: Sequence[Admission]


@dataclass(frozen=True, slots=True)
class PoliciesInForce:
    """Policies that isolate some pods in one direction, each with the classes of these pods."""

    population: Population
    direction: Direction
    policies: Sequence[tuple[Policy, int]]
    isolated: int

    @classmethod
    def from_population(cls, population: Population, direction: Direction) -> "PoliciesInForce":
        if population.cluster.profile is Profile.UNENFORCED:
            return cls(population, direction, (), 0)
        found, isolated = [], 0
        for namespace, policies in population.cluster.policies.items():
            home = population.by_namespace.get(namespace, 0)
            for policy in policies if home else ():
                if policy.rules_for(direction) is not None:
                    subjects = home & population.pods_by_label.find_matching(policy.selector)
                    found.append((policy, subjects))
                    isolated |= subjects
        return cls(population, direction, found, isolated)

    @property
    def undefined_classes(self) -> int:
        """The classes with only unknown verdicts, whatever the policies say."""
        unenforced = self.population.cluster.profile is Profile.UNENFORCED
        return 0 if unenforced else self.population.undefined


def find_sure_admissions(in_force: PoliciesInForce, family: int) -> Admissions:
    """What is surely admitted, by the addresses of one family."""
    certain = in_force.population.everyone & ~in_force.undefined_classes
    table = _AdmissionTable(in_force, family)
    for policy, subjects in in_force.policies:
        for rule in policy.rules_for(in_force.direction) or ():
            table.add_rule(policy.namespace, rule, subjects & certain)
    return Admissions(certain & ~in_force.isolated, table.to_admissions())


def find_doubtful_admissions(in_force: PoliciesInForce, family: int) -> Admissions:
    """What is perhaps admitted, including some of what is surely admitted."""
    population = in_force.population
    table = _AdmissionTable(in_force, family)
    isolated = in_force.isolated & ~in_force.undefined_classes
    every = population.distinctions.ports.all_ports
    # Network plugins differ in whether policies apply to pods on their node's network.
    table.add_admission(isolated & ~population.on_host, population.on_host, every)
    if population.unaddressed:
        for policy, subjects in in_force.policies:
            for rule in policy.rules_for(in_force.direction) or ():
                if rule.ip_blocks:
                    table.add_rule_ports(rule, subjects & isolated, population.unaddressed)
    return Admissions(
        in_force.undefined_classes | isolated & population.on_host, table.to_admissions()
    )


@dataclass(slots=True)
class _AdmissionTable:
    """Collects admissions: for peers and ports, the subjects that admit them."""

    in_force: PoliciesInForce
    family: int
    subjects: dict[tuple[int, int], int] = field(default_factory=dict)

    def to_admissions(self) -> list[Admission]:
        return [
            Admission(subjects, peers, ports) for (peers, ports), subjects in self.subjects.items()
        ]

    def add_admission(self, subjects: int, peers: int, ports: int) -> None:
        if subjects and peers and ports:
            key = peers, ports
            self.subjects[key] = self.subjects.get(key, 0) | subjects

    def add_rule(self, namespace: str, rule: Rule, subjects: int) -> None:
        """A rule of a policy in a namespace, for the pods that the policy selects.

        To a pod that has a network of its own, one on its node's network may be its node, which no
        selector means and which declares no ports.
        """
        on_host = self.in_force.population.on_host
        for ours, node in ((subjects & ~on_host, on_host), (subjects & on_host, 0)):
            if ours:
                self.add_rule_ports(rule, ours, self._find_peers(namespace, rule, node), node)

    def add_rule_ports(self, rule: Rule, subjects: int, peers: int, node: int = 0) -> None:
        """Add the rule's ports for these peers."""
        space = self.in_force.population.distinctions.ports
        if rule.ports is None:
            self.add_admission(subjects, peers, space.all_ports)
            return
        mask = 0
        for port in rule.ports:
            match port:
                case PortRange():
                    mask |= space.mask_range(port)
                case NamedPort():
                    self._add_named_port(port, subjects, peers, node)
        self.add_admission(subjects, peers, mask)

    def _add_named_port(self, port: NamedPort, subjects: int, peers: int, node: int) -> None:
        """A named port is what the destination declares, in both directions."""
        population = self.in_force.population
        for number, declaring in population.declaring[port.protocol, port.name].items():
            mask = population.distinctions.ports.mask_port(number, port.protocol)
            if self.in_force.direction is Direction.EGRESS:
                self.add_admission(subjects, peers & declaring & ~node, mask)
            else:
                self.add_admission(subjects & declaring, peers, mask)

    def _find_peers(self, namespace: str, rule: Rule, node: int) -> int:
        population = self.in_force.population
        if rule.peers is None:
            return population.everyone
        is_cilium = population.cluster.profile is Profile.CILIUM
        found = 0
        for peer in rule.peers:
            if isinstance(peer, PodPeer):
                # Without a namespaceSelector those of the policy's namespace.
                homes = population.by_namespace[namespace]
                if peer.namespaces is not None:
                    homes = population.namespaces_by_label.find_matching(peer.namespaces)
                pods = population.pods_by_label.find_matching(peer.pods) & homes & ~node
                found |= pods & ~population.gateways if is_cilium else pods
            elif not is_cilium:
                number = population.distinctions.blocks[peer]
                found |= population.in_blocks[self.family].get(number, 0)
        return found
