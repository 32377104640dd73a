"""Manifests → the cluster that they describe."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from netpol.load.kinds import ClusterObject, parse_object
from netpol.load.sources import FileManifest, FileProblem, find_manifests
from netpol.model import Cluster, LabeledNamespace, Pod, Policy, UnsupportedPolicy, build_cluster
from netpol.parse import InvalidManifestError, ManifestFault, SpecCache


class LoadError(ValueError):
    """Files that cannot be used; `lines` has one for each fault, beginning with the file."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True, slots=True)
class LoadedCluster:
    """A cluster, and what an API server would warn of, a line each, beginning with the file."""

    cluster: Cluster
    warnings: tuple[str, ...]


def load_cluster(
    paths: Sequence[str],
    *,
    stdin: BinaryIO,
    namespace: str = "default",
    strict_cidr: bool = False,
) -> LoadedCluster:
    """The namespaces, pods and policies in the files; objects of other kinds are ignored.

    `namespace` is meant where a manifest names none, as kubectl's `-n` is. `strict_cidr` refuses
    the blocks that API servers up to 1.35 mask.

    Raises `Refused` with all that is wrong with all of them.
    """
    reading = _ClusterLoader()
    for found in find_manifests(paths, stdin):
        match found:
            case FileProblem():
                reading.faults.append(str(found))
            case FileManifest():
                reading.add_manifest(found, namespace=namespace, strict_cidr=strict_cidr)
    if reading.faults:
        raise LoadError(reading.faults)
    return LoadedCluster(reading.to_cluster(), tuple(reading.warnings))


@dataclass(slots=True)
class _ClusterLoader:
    """What has been read so far; `files` says where each object was first found."""

    objects: list[ClusterObject] = field(default_factory=list)
    files: dict[tuple[type[ClusterObject], str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    specs: SpecCache = field(default_factory=dict)

    def add_manifest(self, manifest: FileManifest, *, namespace: str, strict_cidr: bool) -> None:
        """Add the object, or what is wrong with it."""

        def warn(fault: ManifestFault) -> None:
            self.warnings.append(f"{manifest.file}: {fault}")

        try:
            found = parse_object(
                manifest.json,
                namespace=namespace,
                strict_cidr=strict_cidr,
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

    def to_cluster(self) -> Cluster:
        return build_cluster(
            (each for each in self.objects if isinstance(each, LabeledNamespace)),
            (each for each in self.objects if isinstance(each, Pod)),
            (each for each in self.objects if isinstance(each, Policy)),
            (each for each in self.objects if isinstance(each, UnsupportedPolicy)),
        )
