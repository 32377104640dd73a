"""Manifests of which some may be refused: what is right is read, what is not is told of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from netpol.load.kinds import parse_object
from netpol.load.objects import LoadError
from netpol.load.sources import FileManifest, FileProblem, find_in_text, find_manifests
from netpol.model import Cluster, LabeledNamespace, Pod, UnsupportedPolicy, build_cluster
from netpol.parse import InvalidManifestError, Json, ManifestFault


@dataclass(frozen=True, slots=True)
class ManifestSet:
    """NetworkPolicies as they are written, and the cluster around them, without policies.

    `services` are Services as they are written; `faults` what an API server would refuse, or accept
    with a warning, in the order of the files.
    """

    policies: tuple[Json, ...] = field(hash=False)
    cluster: Cluster
    services: tuple[Json, ...] = field(hash=False)
    faults: tuple[ManifestFault, ...]
    warnings: tuple[ManifestFault, ...]


def load_manifest_set(paths: Sequence[str], *, stdin: BinaryIO, namespace: str) -> ManifestSet:
    """Raises `Refused` for files that cannot be read as manifests at all."""
    return _require_manifests(list(find_manifests(paths, stdin)), namespace)


def parse_manifest_set(text: str, *, namespace: str) -> ManifestSet:
    """The same of a text that stands in no file. Raises `Refused`."""
    return _require_manifests(list(find_in_text("text", text)), namespace)


def _require_manifests(found: Sequence[FileManifest | FileProblem], namespace: str) -> ManifestSet:
    if problems := [str(each) for each in found if isinstance(each, FileProblem)]:
        raise LoadError(problems)
    return build_manifest_set(
        [each.json for each in found if isinstance(each, FileManifest)], namespace
    )


def build_manifest_set(listed: Sequence[Json], namespace: str) -> ManifestSet:
    """The same of manifests that are at hand. Of two policies with one name the last counts, as
    where both are applied.
    """
    policies: dict[tuple[str, str], Json] = {}
    objects: list[object] = []
    faults: list[ManifestFault] = []
    warnings: list[ManifestFault] = []
    for manifest in listed:
        try:
            read = parse_object(
                manifest, namespace=namespace, strict_cidr=False, warn=warnings.append
            )
            objects.append(read)
        except InvalidManifestError as invalid:
            faults += invalid.faults
        if _is_policy(manifest) and (key := _find_identity(manifest, namespace)):
            policies.pop(key, None)
            policies[key] = manifest
    cluster = build_cluster(
        (each for each in objects if isinstance(each, LabeledNamespace)),
        (each for each in objects if isinstance(each, Pod)),
        (),
        (each for each in objects if isinstance(each, UnsupportedPolicy)),
    )
    services = tuple(each for each in listed if each.get("kind") == "Service")
    return ManifestSet(tuple(policies.values()), cluster, services, tuple(faults), tuple(warnings))


def _is_policy(manifest: Json) -> bool:
    version = manifest.get("apiVersion")
    return manifest.get("kind") == "NetworkPolicy" and version in (None, "networking.k8s.io/v1")


def _find_identity(manifest: Json, namespace: str) -> tuple[str, str] | None:
    """Nothing for what has no name that anybody could call it by."""
    match manifest.get("metadata"):
        case {"name": str(name), **rest} if name:
            place = rest.get("namespace")
            return (place if isinstance(place, str) and place else namespace), name
    return None
