"""Manifests → the cluster that they describe: all valid, or the valid ones among them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from netpol import parse
from netpol.load.files import FileManifest, FileProblem, find_in_text, find_manifests
from netpol.model import Cluster, LabeledNamespace, Pod, Policy, UnsupportedPolicy, build_cluster
from netpol.parse import ClusterObject, InvalidManifestError, Json, ManifestFault, SpecCache


class LoadError(ValueError):
    """Files that cannot be used; `lines` has one for each fault, beginning with the file."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True, slots=True)
class LoadedCluster:
    """A cluster, and an API server's warnings, a line each, beginning with the file."""

    cluster: Cluster
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManifestSet:
    """The manifests of NetworkPolicies, and the cluster around them, without policies.

    `services` are the manifests of Services. `faults` are what an API server would refuse,
    `warnings` what it would accept with a warning, in the order of the files.
    """

    policies: tuple[Json, ...] = field(hash=False)
    cluster: Cluster
    services: tuple[Json, ...] = field(hash=False)
    faults: tuple[ManifestFault, ...]
    warnings: tuple[ManifestFault, ...]


def load_cluster(
    paths: Sequence[str],
    *,
    stdin: BinaryIO,
    namespace: str = "default",
    strict_cidr: bool = False,
) -> LoadedCluster:
    """The namespaces, pods and policies in the files; objects of other kinds are ignored.

    `namespace` applies where a manifest names none, as kubectl's `-n` does. `strict_cidr` refuses
    the blocks that API servers up to 1.35 mask.

    Raises `LoadError` with the faults of all files.
    """
    loader = _ClusterLoader(namespace, strict_cidr)
    for found in find_manifests(paths, stdin):
        match found:
            case FileProblem():
                loader.faults.append(str(found))
            case FileManifest():
                loader.add_manifest(found)
    if loader.faults:
        raise LoadError(loader.faults)
    return LoadedCluster(_build_cluster(loader.objects), tuple(loader.warnings))


@dataclass(slots=True)
class _ClusterLoader:
    """The objects so far, and in `files` the file in which each was found first."""

    namespace: str
    strict_cidr: bool
    objects: list[ClusterObject] = field(default_factory=list)
    files: dict[tuple[type[ClusterObject], str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    specs: SpecCache = field(default_factory=dict)

    def add_manifest(self, manifest: FileManifest) -> None:
        """Add the object, or its faults."""

        def warn(fault: ManifestFault) -> None:
            self.warnings.append(f"{manifest.file}: {fault}")

        try:
            found = parse.parse_object(
                manifest.json,
                namespace=self.namespace,
                strict_cidr=self.strict_cidr,
                warn=warn,
                specs=self.specs,
            )
            if found is not None:
                self._add_object(found, manifest)
        except InvalidManifestError as invalid:
            self.faults += [f"{manifest.file}: {fault}" for fault in invalid.faults]

    def _add_object(self, found: ClusterObject, manifest: FileManifest) -> None:
        namespace = "" if isinstance(found, LabeledNamespace) else found.namespace or ""
        identity = type(found), namespace, found.name
        if identity in self.files and not isinstance(found, UnsupportedPolicy):
            subject = f"{namespace}/{found.name}" if namespace else found.name
            message = f"a {manifest.json['kind']} of this name is already in {self.files[identity]}"
            raise InvalidManifestError((ManifestFault(subject, "metadata.name", message),))
        self.files[identity] = manifest.file
        self.objects.append(found)


def load_manifest_set(paths: Sequence[str], *, stdin: BinaryIO, namespace: str) -> ManifestSet:
    """The manifests in the files. Raises `LoadError` for files that hold no manifests."""
    return _build_from_files(find_manifests(paths, stdin), namespace)


def parse_manifest_set(text: str, *, namespace: str) -> ManifestSet:
    """The manifests in a text that stands in no file. Raises `LoadError`."""
    return _build_from_files(find_in_text("text", text), namespace)


def _build_from_files(found: Iterable[FileManifest | FileProblem], namespace: str) -> ManifestSet:
    manifests: list[Json] = []
    problems: list[str] = []
    for item in found:
        match item:
            case FileManifest(json=manifest):
                manifests.append(manifest)
            case FileProblem():
                problems.append(str(item))
    if problems:
        raise LoadError(problems)
    return build_manifest_set(manifests, namespace)


def build_manifest_set(manifests: Sequence[Json], namespace: str) -> ManifestSet:
    """The set of these manifests. Of two policies with one name the last counts, as where both
    are applied. Never raises.
    """
    policies: dict[tuple[str, str], Json] = {}
    objects: list[ClusterObject] = []
    faults: list[ManifestFault] = []
    warnings: list[ManifestFault] = []
    for manifest in manifests:
        try:
            found = parse.parse_object(
                manifest, namespace=namespace, strict_cidr=False, warn=warnings.append
            )
            if found is not None and not isinstance(found, Policy):
                objects.append(found)
        except InvalidManifestError as invalid:
            faults += invalid.faults
        if _is_policy(manifest) and (key := _find_identity(manifest, namespace)):
            policies.pop(key, None)
            policies[key] = manifest
    services = tuple(manifest for manifest in manifests if manifest.get("kind") == "Service")
    cluster = _build_cluster(objects)
    return ManifestSet(tuple(policies.values()), cluster, services, tuple(faults), tuple(warnings))


def _build_cluster(objects: Sequence[ClusterObject]) -> Cluster:
    return build_cluster(
        (each for each in objects if isinstance(each, LabeledNamespace)),
        (each for each in objects if isinstance(each, Pod)),
        (each for each in objects if isinstance(each, Policy)),
        (each for each in objects if isinstance(each, UnsupportedPolicy)),
    )


def _is_policy(manifest: Json) -> bool:
    version = manifest.get("apiVersion")
    return manifest.get("kind") == "NetworkPolicy" and version in (None, "networking.k8s.io/v1")


def _find_identity(manifest: Json, namespace: str) -> tuple[str, str] | None:
    """The namespace and name; `None` for a manifest without a name."""
    match manifest.get("metadata"):
        case {"name": str(name), **rest} if name:
            place = rest.get("namespace")
            return (place if isinstance(place, str) and place else namespace), name
    return None
