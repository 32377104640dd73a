"""Checks of whole objects: can they be read, are they where they act, are they evaluated?"""

from collections.abc import Iterator

from netpol.canonical import canonicalize_policy, compute_digest
from netpol.lab import Entity
from netpol.lint.context import Finding, FindingLevel, LintContext
from netpol.model import Direction, Pod
from netpol.repair.parts import rules_of, types_of


def check_refused_policies(context: LintContext) -> Iterator[Finding]:
    for fault in context.faults:
        yield Finding(
            "NP001",
            FindingLevel.ERROR,
            fault.subject.rpartition("/")[2],
            fault.field,
            f"An API server refuses it: {fault.message}.",
            "Until it is mended, this policy is not there: kubectl apply --dry-run=server says so.",
        )


def check_warnings(context: LintContext) -> Iterator[Finding]:
    for warning in context.warnings:
        yield Finding(
            "NP002",
            FindingLevel.WARNING,
            warning.subject.rpartition("/")[2],
            warning.field,
            f"{warning.message[0].upper()}{warning.message[1:]}.",
            "Look for a wrong indentation or a misspelt word.",
        )


def check_other_kinds(context: LintContext) -> Iterator[Finding]:
    for other in context.parties.cluster.unsupported:
        if other.namespace in (None, context.namespace):
            yield Finding(
                "NP003",
                FindingLevel.INFO,
                other.name,
                "kind",
                f"A {other.kind} is not evaluated here, and could change every answer.",
                "What it says has to be thought of besides.",
            )


def check_namespaces(context: LintContext) -> Iterator[Finding]:
    for manifest in context.manifests:
        place = manifest["metadata"].get("namespace")
        if place and place != context.namespace:
            yield Finding(
                "NP004",
                FindingLevel.ERROR,
                str(manifest["metadata"]["name"]),
                "metadata.namespace",
                f"It is in the namespace `{place}`, and a policy acts in its own namespace only.",
                f"Leave the field out, or write `{context.namespace}`.",
            )


def check_policy_types(context: LintContext) -> Iterator[Finding]:
    """A section whose direction the policyTypes do not name."""
    for policy, manifest in context.policies:
        for direction in Direction:
            if rules_of(manifest, direction) and direction not in types_of(manifest):
                kind = direction.lower()
                yield Finding(
                    "NP109",
                    FindingLevel.ERROR,
                    policy.name,
                    "spec.policyTypes",
                    f"The {kind} section has no effect: policyTypes does not name {direction}.",
                    f"Add {direction} to policyTypes.",
                )


def check_duplicates(context: LintContext) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for policy, manifest in context.policies:
        key = compute_digest(canonicalize_policy(manifest)["spec"])
        if key in seen:
            yield Finding(
                "NP113",
                FindingLevel.INFO,
                policy.name,
                "spec",
                f"It says the same as `{seen[key]}`.",
                "One of them can be deleted.",
            )
        seen.setdefault(key, policy.name)


def check_host_network(context: LintContext) -> Iterator[Finding]:
    for entity in context.lab.entities:
        if _on_host(entity, context):
            yield Finding(
                "NP115",
                FindingLevel.WARNING,
                "",
                "spec.hostNetwork",
                f"{entity.title} uses its node's network (hostNetwork).",
                "Network plugins differ in whether policies apply to it: do without hostNetwork.",
            )


def _on_host(entity: Entity, context: LintContext) -> bool:
    ends = context.parties.endpoints[entity.name]
    return entity.is_student_entity and any(
        isinstance(end, Pod) and end.host_network for end in ends
    )
