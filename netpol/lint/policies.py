"""Checks of whole policies: are they valid, are they where they act, do they repeat each other?"""

from collections.abc import Iterator

from netpol.canonical_policies import canonicalize_policy, compute_digest
from netpol.lint.codes import Finding, FindingCode
from netpol.lint.context import LintContext
from netpol.model import Direction
from netpol.repair.parts import rules_of, types_of


def check_refused_policies(context: LintContext) -> Iterator[Finding]:
    for fault in context.written.faults:
        policy = fault.subject.rpartition("/")[2]
        message = f"An API server refuses it: {fault.message}."
        yield FindingCode.REFUSED_POLICY.build_finding(policy, fault.field, message)


def check_odd_fields(context: LintContext) -> Iterator[Finding]:
    for warning in context.written.warnings:
        policy = warning.subject.rpartition("/")[2]
        message = f"{warning.message[0].upper()}{warning.message[1:]}."
        yield FindingCode.ODD_FIELD.build_finding(policy, warning.field, message)


def check_other_kinds(context: LintContext) -> Iterator[Finding]:
    for other in context.binding.cluster.unsupported:
        if other.namespace in (None, context.namespace):
            message = f"A {other.kind} is not evaluated here, and could change every answer."
            yield FindingCode.OTHER_KIND.build_finding(other.name, "kind", message)


def check_namespaces(context: LintContext) -> Iterator[Finding]:
    for manifest in context.manifests:
        namespace = manifest["metadata"].get("namespace")
        if namespace and namespace != context.namespace:
            yield FindingCode.WRONG_NAMESPACE.build_finding(
                str(manifest["metadata"]["name"]),
                "metadata.namespace",
                f"It is in the namespace `{namespace}`, and a policy acts in its own namespace "
                "only.",
                namespace=context.namespace,
            )


def check_policy_types(context: LintContext) -> Iterator[Finding]:
    """A section whose direction `policyTypes` does not name."""
    for policy, manifest in context.policies:
        for direction in Direction:
            if rules_of(manifest, direction) and direction not in types_of(manifest):
                section = direction.rules_field
                message = (
                    f"The {section} section has no effect: policyTypes does not name {direction}."
                )
                yield FindingCode.MISSING_TYPE.build_finding(
                    policy.name, "spec.policyTypes", message, direction=direction
                )


def check_duplicates(context: LintContext) -> Iterator[Finding]:
    first_names: dict[str, str] = {}
    for policy, manifest in context.policies:
        digest = compute_digest(canonicalize_policy(manifest)["spec"])
        first = first_names.setdefault(digest, policy.name)
        if first != policy.name:
            message = f"It says the same as `{first}`."
            yield FindingCode.DUPLICATE_POLICY.build_finding(policy.name, "spec", message)


def check_host_network(context: LintContext) -> Iterator[Finding]:
    for entity in context.lab.entities:
        pods = context.list_entity_pods(entity)
        if entity.is_student_entity and any(pod.host_network for pod in pods):
            message = f"{entity.title} uses its node's network (hostNetwork)."
            yield FindingCode.HOST_NETWORK.build_finding("", "spec.hostNetwork", message)
