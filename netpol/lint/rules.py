"""Checks of rules: what they let through, and what they forget."""

from collections.abc import Iterator

from netpol.lint.context import Finding, FindingLevel, LintContext, PlacedRule
from netpol.model import Direction, IPBlock, Outcome, Pod, PodPeer, PortRange, Protocol
from netpol.repair.parts import peers_of, spec_of


def check_empty_rules(context: LintContext) -> Iterator[Finding]:
    for placed in context.list_rules():
        if placed.rule.peers is None and placed.rule.ports is None:
            defeated = _list_defeated_flows(context, placed)
            kind = placed.direction.lower()
            yield Finding(
                "NP112" if defeated else "NP110",
                FindingLevel.ERROR if defeated else FindingLevel.WARNING,
                placed.policy.name,
                placed.path,
                f"This {kind} rule is empty, and an empty rule lets everything through"
                + (f": {defeated}, which the lab wants closed." if defeated else "."),
                "Delete the rule, or say which peers and ports are meant. To let nothing "
                f"through, leave the list empty: {kind}: [].",
            )


def _list_defeated_flows(context: LintContext, placed: PlacedRule) -> str:
    """The flows that should be closed and pass by this rule."""
    names = [
        flow.flow
        for flow in context.assessment.flows
        if flow.expected is Outcome.DENY and flow.predicted is not Outcome.DENY
        for verdict in flow.verdicts
        for match in verdict.side_for(placed.direction).allowing
        if (match.policy, match.rule) == (placed.policy.name, placed.index)
    ]
    return ", ".join(dict.fromkeys(names))


def check_whole_world(context: LintContext) -> Iterator[Finding]:
    for placed in context.list_rules():
        for index, peer in enumerate(placed.rule.peers or ()):
            if isinstance(peer, IPBlock) and not peer.cidr.prefixlen and not peer.excluded:
                yield Finding(
                    "NP111",
                    FindingLevel.INFO,
                    placed.policy.name,
                    f"{placed.peers_path}[{index}].ipBlock.cidr",
                    f"{peer.cidr} is every address, on most network plugins the cluster's own too.",
                    "If only the internet is meant, leave the cluster's networks out by `except`.",
                )


def check_or_peers(context: LintContext) -> Iterator[Finding]:
    for placed in context.list_rules():
        rules = spec_of(placed.manifest).get(placed.direction.lower()) or []
        peers = peers_of(rules[placed.index] or {}, placed.direction)
        kinds = [tuple(sorted(peer)) for peer in peers]
        if ("namespaceSelector",) in kinds and ("podSelector",) in kinds:
            yield Finding(
                "NP117",
                FindingLevel.WARNING,
                placed.policy.name,
                placed.peers_path,
                "namespaceSelector and podSelector are two list items: that means OR.",
                "If pods of that namespace are meant, put both into one item, under one dash.",
            )


def check_other_side(context: LintContext) -> Iterator[Finding]:
    """A rule that lets one side of a wanted flow pass, while the other side is closed."""
    for flow in context.assessment.flows:
        if flow.expected is not Outcome.ALLOW or flow.predicted is not Outcome.DENY:
            continue
        for verdict in flow.verdicts:
            for here, there in (
                (verdict.egress, verdict.ingress),
                (verdict.ingress, verdict.egress),
            ):
                if here.allowing and there.outcome is Outcome.DENY:
                    match = here.allowing[0]
                    other = there.direction.lower()
                    wanted = context.lab.find_flow(flow.flow)
                    end = wanted.destination if other == "ingress" else wanted.source
                    yield Finding(
                        "NP104",
                        FindingLevel.ERROR,
                        match.policy,
                        f"spec.{match.direction.lower()}[{match.rule}]",
                        f"It lets {flow.flow} pass on one side; on the other no {other} rule "
                        f"on {end} does.",
                        f"Both sides have to allow a connection: add an {other} rule on "
                        f"{end}, or mend the one that is meant to.",
                    )


def check_dns(context: LintContext) -> Iterator[Finding]:
    forgotten: dict[str, list[str]] = {}
    for entity in context.lab.entities:
        ends = [end for end in context.parties.endpoints[entity.name] if isinstance(end, Pod)]
        if not entity.is_student_entity or not ends:
            continue
        rules = [
            placed
            for placed in context.list_rules()
            if placed.direction is Direction.EGRESS
            and any(context.selects_pod(placed.policy, end) for end in ends)
        ]
        if rules and not any(_allows_dns(placed) for placed in rules):
            forgotten.setdefault(rules[0].policy.name, []).append(entity.title)
    for policy, titles in forgotten.items():
        yield Finding(
            "NP107",
            FindingLevel.WARNING,
            policy,
            "spec.egress",
            f"{', '.join(titles)}: may go out, but not look names up: no egress rule allows DNS.",
            "Allow UDP and TCP 53 to the cluster's DNS (kube-system, k8s-app: kube-dns).",
        )


def _allows_dns(placed: PlacedRule) -> bool:
    return placed.rule.ports is None or _has_port(placed, Protocol.UDP, 53)


def _has_port(placed: PlacedRule, protocol: Protocol, number: int) -> bool:
    return any(
        isinstance(port, PortRange)
        and port.protocol is protocol
        and port.first <= number <= port.last
        for port in placed.rule.ports or ()
    )


def check_dns_over_tcp(context: LintContext) -> Iterator[Finding]:
    for placed in context.list_rules():
        if placed.direction is not Direction.EGRESS or not _has_port(placed, Protocol.UDP, 53):
            continue
        same = [other for other in context.list_rules() if other.policy is placed.policy]
        if not any(_has_port(other, Protocol.TCP, 53) for other in same):
            yield Finding(
                "NP108",
                FindingLevel.WARNING,
                placed.policy.name,
                f"{placed.path}.ports",
                "DNS is allowed over UDP only; long answers come over TCP.",
                "Add TCP 53.",
            )


def check_cilium_gateway(context: LintContext) -> Iterator[Finding]:
    gateways = [
        (entity.title.lower(), end)
        for entity in context.lab.entities
        for end in context.parties.endpoints[entity.name]
        if isinstance(end, Pod) and end.gateway
    ]
    for placed in context.list_rules():
        if placed.direction is not Direction.INGRESS:
            continue
        for index, peer in enumerate(placed.rule.peers or ()):
            for title, end in gateways:
                if isinstance(peer, PodPeer) and context.selects_peer(peer, end):
                    yield Finding(
                        "NP116",
                        FindingLevel.INFO,
                        placed.policy.name,
                        f"{placed.peers_path}[{index}]",
                        "On Cilium no selector of pods matches what comes through the "
                        f"{title}: it has an identity of its own.",
                        "If this cluster runs Cilium, the gateway needs a CiliumNetworkPolicy "
                        "with fromEntities: [ingress].",
                    )
