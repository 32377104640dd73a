"""Findings: what is worth a word about policies, whether or not a flow of the lab depends on it.

A finding has a code in `codes.py`, a check in the module of its subject, a place in `CHECKS` and an
example in docs/findings.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from netpol.assess import assess_namespace
from netpol.assess.binding import bind_entities
from netpol.lab import Lab
from netpol.lint import policies, ports, rules, selectors, width
from netpol.lint.codes import Finding, FindingCode, FindingLevel
from netpol.lint.context import LintContext, list_rules
from netpol.load import ManifestSet
from netpol.parse import Json, parse_valid_policies
from netpol.repair import is_too_large
from netpol.repair.witnesses import build_universe

__all__ = ["MISSING_ELSEWHERE", "Finding", "FindingCode", "FindingLevel", "lint_namespace"]

CHECKS: tuple[Callable[[LintContext], Iterator[Finding]], ...] = (
    policies.check_refused_policies,
    policies.check_namespaces,
    policies.check_policy_types,
    selectors.check_label_spelling,
    ports.check_service_ports,
    rules.check_other_side,
    rules.check_empty_rules,
    selectors.check_policy_selectors,
    selectors.check_peers,
    rules.check_or_peers,
    rules.check_dns,
    rules.check_dns_over_tcp,
    ports.check_container_ports,
    policies.check_host_network,
    policies.check_odd_fields,
    width.check_whole_world,
    width.check_shared_ports,
    width.check_whole_namespaces,
    rules.check_redundant_rules,
    policies.check_duplicates,
    rules.check_cilium_gateway,
    policies.check_other_kinds,
)
"""Of findings with one level, those of the first checks come first."""

LEVELS = tuple(FindingLevel)
MISSING_ELSEWHERE = frozenset({FindingCode.ONE_SIDE_ONLY.value, FindingCode.NO_DNS.value})
"""Codes of what is missing elsewhere: nothing is wrong at the place that these findings name."""


def lint_namespace(
    lab: Lab, namespace: str, written: ManifestSet, manifests: Sequence[Json]
) -> tuple[Finding, ...]:
    """All findings about `namespace`, those that matter most first. Never raises.

    `manifests` are its policies, among them those that name another namespace by mistake.
    """
    if is_too_large(manifests):
        message = "These policies have too many rules to be looked through."
        return (FindingCode.TOO_LARGE.build_finding("", "", message),)
    valid = parse_valid_policies(manifests, namespace=namespace)
    here = tuple((policy, each) for policy, each in valid if policy.namespace == namespace)
    parsed = tuple(policy for policy, _ in here)
    cluster = replace(written.cluster, policies={namespace: parsed})
    context = LintContext(
        lab,
        namespace,
        tuple(manifests),
        here,
        tuple(list_rules(here)),
        bind_entities(lab, cluster, namespace),
        assess_namespace(lab, cluster, namespace),
        build_universe(lab, replace(cluster, policies={}), namespace, parsed),
        written,
    )
    found = dict.fromkeys(finding for check in CHECKS for finding in check(context))
    return tuple(sorted(found, key=lambda finding: LEVELS.index(finding.level)))
