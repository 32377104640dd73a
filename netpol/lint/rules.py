"""Checks of rules: what they let through, what they forget, and which of them add nothing."""

from collections.abc import Iterator
from dataclasses import replace

from netpol.lint.codes import Finding, FindingCode
from netpol.lint.context import LintContext, PlacedRule
from netpol.model import Direction, Outcome, Protocol
from netpol.repair.parts import peers_of
from netpol.repair.universe import Masks


def check_empty_rules(context: LintContext) -> Iterator[Finding]:
    for placed in context.rules:
        if placed.rule.peers is not None or placed.rule.ports is not None:
            continue
        opened = dict.fromkeys(
            flow.flow
            for flow in context.assessment.flows
            if flow.expected is Outcome.DENY and flow.predicted is not Outcome.DENY
            for verdict in flow.verdicts
            for match in verdict.side_for(placed.direction).allowing
            if (match.policy, match.rule) == (placed.policy.name, placed.index)
        )
        section = placed.direction.rules_field
        yield placed.build_finding(
            FindingCode.ALLOW_ALL if opened else FindingCode.EMPTY_RULE,
            placed.path,
            f"This {section} rule is empty, and an empty rule lets everything through"
            + (f": {', '.join(opened)}, which the lab wants closed." if opened else "."),
            section=section,
        )


def check_or_peers(context: LintContext) -> Iterator[Finding]:
    for placed in context.rules:
        kinds = [tuple(sorted(peer)) for peer in peers_of(placed.manifest_rule, placed.direction)]
        if ("namespaceSelector",) in kinds and ("podSelector",) in kinds:
            message = "namespaceSelector and podSelector are two list items: that means OR."
            yield placed.build_finding(FindingCode.OR_INSTEAD_OF_AND, placed.peers_path, message)


def check_other_side(context: LintContext) -> Iterator[Finding]:
    """A rule that lets one side of a wanted flow pass, while the other side is closed."""
    for flow in context.assessment.flows:
        if flow.expected is not Outcome.ALLOW or flow.predicted is not Outcome.DENY:
            continue
        wanted = context.lab.find_flow(flow.flow)
        for verdict in flow.verdicts:
            sides = verdict.egress, verdict.ingress
            for here, there, end in zip(sides, sides[::-1], wanted.ends[::-1], strict=True):
                if here.allowing and there.outcome is Outcome.DENY:
                    match, section = here.allowing[0], there.direction.rules_field
                    yield FindingCode.ONE_SIDE_ONLY.build_finding(
                        match.policy,
                        f"spec.{match.direction.rules_field}[{match.rule}]",
                        f"It lets {flow.flow} pass on one side; on the other no {section} rule on "
                        f"{end} does.",
                        section=section,
                        end=end,
                    )


def check_dns(context: LintContext) -> Iterator[Finding]:
    egress = [placed for placed in context.rules if placed.direction is Direction.EGRESS]
    titles: dict[str, list[str]] = {}
    for entity in context.lab.entities:
        rules = [placed for placed in egress if context.list_entity_pods(entity, placed.policy)]
        has_dns = any(each.rule.ports is None or each.has_port(Protocol.UDP, 53) for each in rules)
        if entity.is_student_entity and rules and not has_dns:
            titles.setdefault(rules[0].policy.name, []).append(entity.title)
    for policy, names in titles.items():
        yield FindingCode.NO_DNS.build_finding(
            policy,
            "spec.egress",
            f"{', '.join(names)}: may go out, but not look names up: no egress rule allows DNS.",
        )


def check_dns_over_tcp(context: LintContext) -> Iterator[Finding]:
    for placed in context.rules:
        if placed.direction is Direction.EGRESS and placed.has_port(Protocol.UDP, 53):
            same = (other for other in context.rules if other.policy is placed.policy)
            if not any(other.has_port(Protocol.TCP, 53) for other in same):
                yield placed.build_finding(
                    FindingCode.DNS_OVER_UDP_ONLY,
                    f"{placed.path}.ports",
                    "DNS is allowed over UDP only; long answers come over TCP.",
                )


def check_cilium_gateway(context: LintContext) -> Iterator[Finding]:
    gateways = [
        (entity.title.lower(), pod)
        for entity in context.lab.entities
        for pod in context.list_entity_pods(entity)
        if pod.gateway
    ]
    for placed in context.rules:
        for path, peer in placed.list_pod_peers():
            for title, pod in gateways:
                if placed.direction is Direction.INGRESS and context.is_peer(pod, peer):
                    yield placed.build_finding(
                        FindingCode.CILIUM_GATEWAY,
                        path,
                        f"On Cilium no selector of pods matches what comes through the {title}: it "
                        "has an identity of its own.",
                    )


def check_redundant_rules(context: LintContext) -> Iterator[Finding]:
    """A rule beside another one that lets through the same, or more, for the same pods."""
    masks = [_mask_rule(context, each) for each in context.rules]
    for index, placed in enumerate(context.rules):
        for other, wider in enumerate(context.rules):
            if other == index or placed.direction is not wider.direction:
                continue
            is_same = masks[index] == masks[other]
            if _is_within(masks[index], masks[other]) and (not is_same or other < index):
                yield placed.build_finding(
                    FindingCode.REDUNDANT_RULE,
                    placed.path,
                    f"It lets through {'the same as' if is_same else 'less than'} "
                    f"`{wider.policy.name}` ({wider.path}) does, so it adds nothing.",
                )
                break


def _mask_rule(context: LintContext, placed: PlacedRule) -> Masks:
    rules, is_ingress = (placed.rule,), placed.direction is Direction.INGRESS
    policy = replace(
        placed.policy, ingress=rules if is_ingress else None, egress=None if is_ingress else rules
    )
    return context.universe.find_effect(policy)[placed.direction]


def _is_within(inner: Masks, outer: Masks) -> bool:
    """Whether the inner one lets something pass, and nothing that the outer one does not."""
    return any(inner) and all(
        mask is None or (other is not None and not mask & ~other)
        for mask, other in zip(inner, outer, strict=True)
    )
