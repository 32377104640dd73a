"""Findings: what is worth a word about a namespace's policies. docs/findings.md has examples."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from netpol.assess import assess_namespace
from netpol.assess.parties import bind_entities
from netpol.lab import Lab
from netpol.lint.model import Finding, Level, Scene
from netpol.lint.objects import (
    doubtful,
    duplicates,
    host_network,
    inert,
    invalid,
    misplaced,
    unsupported,
)
from netpol.lint.ports import no_container, services_port
from netpol.lint.rules import (
    dns_forgotten,
    gateway_on_cilium,
    lets_everything,
    one_sided,
    or_where_and_is_meant,
    udp_alone,
    whole_world,
)
from netpol.lint.selection import nearly_right, peers_nobody, selects_nothing
from netpol.lint.shadows import shadowed
from netpol.lint.width import others_ports, whole_namespace
from netpol.load import ManifestSet
from netpol.parse import Json, parse_valid_policies
from netpol.repair import too_large
from netpol.repair.witnesses import universe

__all__ = ["ELSEWHERE", "Finding", "Level", "findings"]

CHECKS: tuple[Callable[[Scene], Iterator[Finding]], ...] = (
    invalid,
    misplaced,
    inert,
    nearly_right,
    services_port,
    one_sided,
    lets_everything,
    selects_nothing,
    peers_nobody,
    or_where_and_is_meant,
    dns_forgotten,
    udp_alone,
    no_container,
    host_network,
    doubtful,
    whole_world,
    others_ports,
    whole_namespace,
    shadowed,
    duplicates,
    gateway_on_cilium,
    unsupported,
)
LEVELS = tuple(Level)
ELSEWHERE = frozenset({"NP104", "NP107"})
"""Findings about what is missing elsewhere: the place that they name is as it should be."""


def findings(
    lab: Lab, namespace: str, written: ManifestSet, manifests: Sequence[Json]
) -> tuple[Finding, ...]:
    """All of `namespace`, those that matter most first. `manifests` are its policies, among them
    those that name another namespace by mistake. Never raises.
    """
    if too_large(manifests):
        message = "These policies have too many rules to be looked through."
        return (Finding("NP005", Level.INFO, "", "", message, "Split or shorten them."),)
    known = parse_valid_policies(manifests, namespace=namespace)
    here = tuple((policy, each) for policy, each in known if policy.namespace == namespace)
    cluster = replace(written.cluster, policies={namespace: tuple(policy for policy, _ in here)})
    scene = Scene(
        lab,
        namespace,
        tuple(manifests),
        here,
        bind_entities(lab, cluster, namespace),
        assess_namespace(lab, cluster, namespace),
        universe(lab, replace(cluster, policies={}), namespace, [policy for policy, _ in here]),
        written.services,
        written.faults,
        written.warnings,
    )
    found = dict.fromkeys(finding for check in CHECKS for finding in check(scene))
    return tuple(sorted(found, key=lambda finding: LEVELS.index(finding.level)))
