"""Checks of whole objects: can they be read, are they where they act, are they evaluated?"""

from collections.abc import Iterator

from netpol.canonical import canonicalize_policy, compute_digest
from netpol.lab import Entity
from netpol.lint.model import Finding, Level, Scene
from netpol.model import Direction, Pod
from netpol.repair.parts import rules_of, types_of


def invalid(scene: Scene) -> Iterator[Finding]:
    for fault in scene.faults:
        yield Finding(
            "NP001",
            Level.ERROR,
            fault.subject.rpartition("/")[2],
            fault.field,
            f"An API server refuses it: {fault.message}.",
            "Until it is mended, this policy is not there: kubectl apply --dry-run=server says so.",
        )


def doubtful(scene: Scene) -> Iterator[Finding]:
    for warning in scene.warnings:
        yield Finding(
            "NP002",
            Level.WARNING,
            warning.subject.rpartition("/")[2],
            warning.field,
            f"{warning.message[0].upper()}{warning.message[1:]}.",
            "Look for a wrong indentation or a misspelt word.",
        )


def unsupported(scene: Scene) -> Iterator[Finding]:
    for other in scene.parties.cluster.unsupported:
        if other.namespace in (None, scene.namespace):
            yield Finding(
                "NP003",
                Level.INFO,
                other.name,
                "kind",
                f"A {other.kind} is not evaluated here, and could change every answer.",
                "What it says has to be thought of besides.",
            )


def misplaced(scene: Scene) -> Iterator[Finding]:
    for manifest in scene.manifests:
        place = manifest["metadata"].get("namespace")
        if place and place != scene.namespace:
            yield Finding(
                "NP004",
                Level.ERROR,
                str(manifest["metadata"]["name"]),
                "metadata.namespace",
                f"It is in the namespace `{place}`, and a policy acts in its own namespace only.",
                f"Leave the field out, or write `{scene.namespace}`.",
            )


def inert(scene: Scene) -> Iterator[Finding]:
    """A section whose direction the policyTypes do not name."""
    for policy, manifest in scene.policies:
        for direction in Direction:
            if rules_of(manifest, direction) and direction not in types_of(manifest):
                kind = direction.lower()
                yield Finding(
                    "NP109",
                    Level.ERROR,
                    policy.name,
                    "spec.policyTypes",
                    f"The {kind} section has no effect: policyTypes does not name {direction}.",
                    f"Add {direction} to policyTypes.",
                )


def duplicates(scene: Scene) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for policy, manifest in scene.policies:
        key = compute_digest(canonicalize_policy(manifest)["spec"])
        if key in seen:
            yield Finding(
                "NP113",
                Level.INFO,
                policy.name,
                "spec",
                f"It says the same as `{seen[key]}`.",
                "One of them can be deleted.",
            )
        seen.setdefault(key, policy.name)


def host_network(scene: Scene) -> Iterator[Finding]:
    for entity in scene.lab.entities:
        if _on_host(entity, scene):
            yield Finding(
                "NP115",
                Level.WARNING,
                "",
                "spec.hostNetwork",
                f"{entity.title} uses its node's network (hostNetwork).",
                "Network plugins differ in whether policies apply to it: do without hostNetwork.",
            )


def _on_host(entity: Entity, scene: Scene) -> bool:
    ends = scene.parties.endpoints[entity.name]
    return entity.is_student_entity and any(
        isinstance(end, Pod) and end.host_network for end in ends
    )
