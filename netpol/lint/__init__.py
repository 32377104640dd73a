"""Findings: what is worth a word about a namespace's policies. docs/findings.md has examples."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from netpol.assess import assess_namespace
from netpol.assess.parties import bind_entities
from netpol.lab import Lab
from netpol.lint.context import Finding, FindingLevel, LintContext
from netpol.lint.objects import (
    check_duplicates,
    check_host_network,
    check_namespaces,
    check_other_kinds,
    check_policy_types,
    check_refused_policies,
    check_warnings,
)
from netpol.lint.ports import check_container_ports, check_service_ports
from netpol.lint.rules import (
    check_cilium_gateway,
    check_dns,
    check_dns_over_tcp,
    check_empty_rules,
    check_or_peers,
    check_other_side,
    check_whole_world,
)
from netpol.lint.selection import check_label_spelling, check_peers, check_policy_selectors
from netpol.lint.shadows import check_redundant_rules
from netpol.lint.width import check_shared_ports, check_whole_namespaces
from netpol.load import ManifestSet
from netpol.parse import Json, parse_valid_policies
from netpol.repair import is_too_large
from netpol.repair.witnesses import build_universe

__all__ = ["MISSING_ELSEWHERE", "Finding", "FindingLevel", "lint_namespace"]

CHECKS: tuple[Callable[[LintContext], Iterator[Finding]], ...] = (
    check_refused_policies,
    check_namespaces,
    check_policy_types,
    check_label_spelling,
    check_service_ports,
    check_other_side,
    check_empty_rules,
    check_policy_selectors,
    check_peers,
    check_or_peers,
    check_dns,
    check_dns_over_tcp,
    check_container_ports,
    check_host_network,
    check_warnings,
    check_whole_world,
    check_shared_ports,
    check_whole_namespaces,
    check_redundant_rules,
    check_duplicates,
    check_cilium_gateway,
    check_other_kinds,
)
LEVELS = tuple(FindingLevel)
MISSING_ELSEWHERE = frozenset({"NP104", "NP107"})
"""Findings about what is missing elsewhere: the place that they name is as it should be."""


def lint_namespace(
    lab: Lab, namespace: str, written: ManifestSet, manifests: Sequence[Json]
) -> tuple[Finding, ...]:
    """All of `namespace`, those that matter most first. `manifests` are its policies, among them
    those that name another namespace by mistake. Never raises.
    """
    if is_too_large(manifests):
        message = "These policies have too many rules to be looked through."
        return (Finding("NP005", FindingLevel.INFO, "", "", message, "Split or shorten them."),)
    known = parse_valid_policies(manifests, namespace=namespace)
    here = tuple((policy, each) for policy, each in known if policy.namespace == namespace)
    cluster = replace(written.cluster, policies={namespace: tuple(policy for policy, _ in here)})
    context = LintContext(
        lab,
        namespace,
        tuple(manifests),
        here,
        bind_entities(lab, cluster, namespace),
        assess_namespace(lab, cluster, namespace),
        build_universe(
            lab, replace(cluster, policies={}), namespace, [policy for policy, _ in here]
        ),
        written.services,
        written.faults,
        written.warnings,
    )
    found = dict.fromkeys(finding for check in CHECKS for finding in check(context))
    return tuple(sorted(found, key=lambda finding: LEVELS.index(finding.level)))
