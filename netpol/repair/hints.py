"""What the lab's solution would say in some place: the words to use where the student has none."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from netpol.model import NAME_LABEL, Direction, OutsideAddress, Pod
from netpol.parse import Json
from netpol.repair.draft import Bench, Unmet
from netpol.repair.parts import peers_of, rules_of, spec_of, with_peers, with_rules, with_spec
from netpol.repair.selectors import selects


@dataclass(frozen=True, slots=True)
class Sought:
    """One side of a connection: `subject` is whose policies speak, `peer` whom they speak of."""

    bench: Bench
    unmet: Unmet

    @property
    def direction(self) -> Direction:
        return self.unmet.direction

    @property
    def subject(self) -> Pod:
        want = self.unmet.want
        index = want.source if self.direction is Direction.EGRESS else want.destination
        return self.bench.universe.subjects[index]

    @property
    def peer(self) -> Pod | OutsideAddress:
        want = self.unmet.want
        index = want.destination if self.direction is Direction.EGRESS else want.source
        end = self.bench.universe.ends[index]
        assert isinstance(end, Pod | OutsideAddress)  # noqa: S101  # a kubelet is no party
        return end

    def of(self, direction: Direction) -> "Sought":
        return Sought(self.bench, Unmet(self.unmet.want, direction))

    @property
    def is_inside(self) -> bool:
        """Whether the subject is the student's, so that the side can be mended at all."""
        want = self.unmet.want
        index = want.source if self.direction is Direction.EGRESS else want.destination
        return index < len(self.bench.universe.subjects)

    @property
    def port(self) -> Json:
        flow = self.unmet.want.flow
        return {"protocol": flow.protocol.value, "port": flow.port}

    def admits(self, manifest: Json) -> bool:
        """Whether this policy alone lets the side pass."""
        effect = self.bench.effect([manifest])
        want = self.unmet.want
        index = want.source if self.direction is Direction.EGRESS else want.destination
        return effect.of(self.direction)[index] is not None and self.bench.universe.admits(
            effect, self.direction, want
        )


def solving(sought: Sought) -> Iterator[tuple[Json, Json]]:
    """Of the solution: a policy and the one rule of it that lets the side pass."""
    for manifest in sought.bench.solution:
        for rule in rules_of(manifest, sought.direction):
            if sought.admits(with_rules(manifest, sought.direction, [rule])):
                yield manifest, rule


def peer_words(sought: Sought) -> list[Json]:
    """Peers that mean just the one that is sought, those of the solution first."""
    found = [
        peer
        for manifest, rule in solving(sought)
        for peer in peers_of(rule, sought.direction)
        if sought.admits(
            with_rules(manifest, sought.direction, [with_peers(rule, sought.direction, [peer])])
        )
    ]
    return found or [_peer(sought)]


def _peer(sought: Sought) -> Json:
    peer = sought.peer
    if isinstance(peer, OutsideAddress):
        return {"ipBlock": {"cidr": f"{peer.address}/{peer.address.max_prefixlen}"}}
    selector: dict[str, Any] = {"podSelector": pod_words(peer)}
    if peer.namespace == sought.bench.universe.namespace:
        return selector
    return {"namespaceSelector": {"matchLabels": {NAME_LABEL: peer.namespace}}, **selector}


def pod_words(pod: Pod) -> Json:
    """A selector of just such pods."""
    shown = ("app", "k8s-app", "app.kubernetes.io/name", *sorted(pod.labels))
    key = next((key for key in shown if key in pod.labels), None)
    return {"matchLabels": {key: pod.labels[key]}} if key else {}


def policy_words(sought: Sought) -> Iterator[Json]:
    """New policies that let the side pass: of the solution, a part of one of these, or our own."""
    for manifest, rule in solving(sought):
        yield manifest
        yield with_rules(manifest, sought.direction, [rule])
    kind = sought.direction.lower()
    rule = with_peers({"ports": [sought.port]}, sought.direction, [peer_words(sought)[0]])
    yield {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"allow-{kind}-{slug(sought)}"},
        "spec": {
            "podSelector": subject_words(sought)[0],
            "policyTypes": [sought.direction.value],
            kind: [rule],
        },
    }


def slug(sought: Sought) -> str:
    flow = sought.unmet.want.flow
    words = f"{flow.source}-{'to' if sought.direction is Direction.EGRESS else 'into'}"
    return "".join(
        letter if letter.isalnum() else "-" for letter in f"{words}-{flow.destination}".lower()
    )


def subject_words(sought: Sought) -> list[Json]:
    """Selectors of the subject, those of the solution first; never everything."""
    labels = sought.subject.labels
    found = [spec_of(manifest).get("podSelector") or {} for manifest in sought.bench.solution]
    narrow = [each for each in found if each and selects(each, labels)]
    return [*narrow, pod_words(sought.subject)]


def solution_selectors(bench: Bench) -> list[Json]:
    return [spec_of(manifest).get("podSelector") or {} for manifest in bench.solution]


def isolating_words(sought: Sought) -> Iterator[Json]:
    """New policies that close all of the direction to the subject: the solution's, or our own."""
    for manifest in sought.bench.solution:
        spec = spec_of(manifest)
        if not any(rules_of(manifest, each) for each in Direction) and selects(
            spec.get("podSelector"), sought.subject.labels
        ):
            yield manifest
            yield with_spec(manifest, policyTypes=[sought.direction.value])
    yield {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"deny-{sought.direction.lower()}"},
        "spec": {"podSelector": {}, "policyTypes": [sought.direction.value]},
    }
