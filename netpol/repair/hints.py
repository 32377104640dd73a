"""Suggestions for one side of a connection: the solution's parts first, then our own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from netpol.model import NAME_LABEL, Direction, OutsideAddress, Pod
from netpol.parse import Json
from netpol.repair.draft import DraftScorer, UnmetWant
from netpol.repair.parts import (
    build_policy,
    peers_of,
    rules_of,
    spec_of,
    with_peers,
    with_rules,
    with_spec,
)
from netpol.repair.selectors import selects_labels


@dataclass(frozen=True, slots=True)
class ConnectionSide:
    """One side of a connection: policies select the `subject`, their rules the `peer`."""

    scorer: DraftScorer
    unmet: UnmetWant

    @property
    def direction(self) -> Direction:
        return self.unmet.direction

    @property
    def subject_index(self) -> int:
        want = self.unmet.want
        return want.source if self.direction is Direction.EGRESS else want.destination

    @property
    def subject(self) -> Pod:
        return self.scorer.universe.subjects[self.subject_index]

    @property
    def peer(self) -> Pod | OutsideAddress:
        want = self.unmet.want
        index = want.destination if self.direction is Direction.EGRESS else want.source
        end = self.scorer.universe.ends[index]
        assert isinstance(end, Pod | OutsideAddress)  # noqa: S101  # a kubelet is no entity
        return end

    def with_direction(self, direction: Direction) -> "ConnectionSide":
        return ConnectionSide(self.scorer, UnmetWant(self.unmet.want, direction))

    @property
    def is_inside(self) -> bool:
        """Whether the subject is the student's, so that an edit can change this side."""
        return self.subject_index < len(self.scorer.universe.subjects)

    @property
    def port_entry(self) -> Json:
        flow = self.unmet.want.flow
        return {"protocol": flow.protocol.value, "port": flow.port}

    def is_admitted_by(self, manifest: Json) -> bool:
        """Whether this policy alone lets the side pass."""
        effect = self.scorer.find_effect([manifest])
        if effect[self.direction][self.subject_index] is None:
            return False
        return self.scorer.universe.is_admitted(effect, self.direction, self.unmet.want)

    def is_admitted_by_rule(self, rule: Json) -> bool:
        """Whether a policy for all pods with this rule alone lets the side pass."""
        spec = {"policyTypes": [self.direction.value], "podSelector": {}}
        manifest = build_policy("x", spec)
        return self.is_admitted_by(with_rules(manifest, self.direction, [rule]))


def list_solving_rules(side: ConnectionSide) -> Iterator[tuple[Json, Json]]:
    """Each policy of the solution with a rule that lets the side pass, and that rule."""
    for manifest in side.scorer.solution:
        for rule in rules_of(manifest, side.direction):
            if side.is_admitted_by(with_rules(manifest, side.direction, [rule])):
                yield manifest, rule


def suggest_peers(side: ConnectionSide) -> list[Json]:
    """Peers that select just the peer of this side; those of the solution first."""
    direction, end = side.direction, side.peer
    found = [
        peer
        for manifest, rule in list_solving_rules(side)
        for peer in peers_of(rule, direction)
        if side.is_admitted_by(
            with_rules(manifest, direction, [with_peers(rule, direction, [peer])])
        )
    ]
    if found:
        return found
    if isinstance(end, OutsideAddress):
        return [{"ipBlock": {"cidr": f"{end.address}/{end.address.max_prefixlen}"}}]
    own: dict[str, Any] = {"podSelector": _build_pod_selector(end)}
    home = {"namespaceSelector": {"matchLabels": {NAME_LABEL: end.namespace}}}
    return [own if end.namespace == side.scorer.universe.namespace else home | own]


def _build_pod_selector(pod: Pod) -> Json:
    """A selector of pods like this one."""
    shown = ("app", "k8s-app", "app.kubernetes.io/name", *sorted(pod.labels))
    key = next((key for key in shown if key in pod.labels), None)
    return {"matchLabels": {key: pod.labels[key]}} if key else {}


def suggest_policies(side: ConnectionSide) -> Iterator[Json]:
    """New policies that let the side pass: of the solution, with one rule of it, or our own."""
    for manifest, rule in list_solving_rules(side):
        yield manifest
        yield with_rules(manifest, side.direction, [rule])
    kind = side.direction.lower()
    rule = with_peers({"ports": [side.port_entry]}, side.direction, [suggest_peers(side)[0]])
    types = [side.direction.value]
    spec = {"podSelector": suggest_selectors(side)[0], "policyTypes": types, kind: [rule]}
    flow, word = side.unmet.want.flow, "to" if side.direction is Direction.EGRESS else "into"
    name = f"allow-{kind}-{flow.source}-{word}-{flow.destination}".lower()
    yield build_policy("".join(each if each.isalnum() else "-" for each in name), spec)


def suggest_selectors(side: ConnectionSide) -> list[Json]:
    """Selectors of the subject, those of the solution first; none selects everything."""
    labels = side.subject.labels
    found = list_solution_selectors(side.scorer)
    narrow = [each for each in found if each and selects_labels(each, labels)]
    return [*narrow, _build_pod_selector(side.subject)]


def list_solution_selectors(scorer: DraftScorer) -> list[Json]:
    return [spec_of(manifest).get("podSelector") or {} for manifest in scorer.solution]


def suggest_isolation(side: ConnectionSide) -> Iterator[Json]:
    """New policies that isolate the subject in this direction: the solution's, or our own."""
    for manifest in side.scorer.solution:
        spec = spec_of(manifest)
        is_empty = not any(rules_of(manifest, each) for each in Direction)
        if is_empty and selects_labels(spec.get("podSelector"), side.subject.labels):
            yield manifest
            yield with_spec(manifest, policyTypes=[side.direction.value])
    spec = {"podSelector": {}, "policyTypes": [side.direction.value]}
    yield build_policy(f"deny-{side.direction.lower()}", spec)
