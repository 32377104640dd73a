"""Manifests → the cluster that they describe."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from netpol.load.kinds import Object, parsed
from netpol.load.sources import Manifest, Problem, manifests
from netpol.model import Cluster, Namespace, Pod, Policy, Unsupported
from netpol.parse import Fault, Invalid, Specs


class Refused(ValueError):  # noqa: N818  a state, as in TemplateDoesNotExist
    """Files that cannot be used; `lines` has one for each fault, beginning with the file."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A cluster, and what an API server would warn of, a line each, beginning with the file."""

    cluster: Cluster
    warnings: tuple[str, ...]


def read(
    paths: Sequence[str],
    *,
    stdin: BinaryIO,
    namespace: str = "default",
    strict_cidr: bool = False,
) -> Loaded:
    """The namespaces, pods and policies in the files; objects of other kinds are ignored.

    `namespace` is meant where a manifest names none, as kubectl's `-n` is. `strict_cidr` refuses
    the blocks that API servers up to 1.35 mask.

    Raises `Refused` with all that is wrong with all of them.
    """
    reading = _Reading()
    for found in manifests(paths, stdin):
        match found:
            case Problem():
                reading.faults.append(str(found))
            case Manifest():
                reading.take(found, namespace=namespace, strict_cidr=strict_cidr)
    if reading.faults:
        raise Refused(reading.faults)
    return Loaded(reading.cluster(), tuple(reading.warnings))


@dataclass(slots=True)
class _Reading:
    """What has been read so far; `files` says where each object was first found."""

    objects: list[Object] = field(default_factory=list)
    files: dict[tuple[type[Object], str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    specs: Specs = field(default_factory=dict)

    def take(self, manifest: Manifest, *, namespace: str, strict_cidr: bool) -> None:
        """Add the object, or what is wrong with it."""

        def warn(fault: Fault) -> None:
            self.warnings.append(f"{manifest.file}: {fault}")

        try:
            found = parsed(
                manifest.json,
                namespace=namespace,
                strict_cidr=strict_cidr,
                warn=warn,
                specs=self.specs,
            )
            if found is not None:
                self._add(found, manifest)
        except Invalid as invalid:
            self.faults += [f"{manifest.file}: {fault}" for fault in invalid.faults]

    def _add(self, found: Object, manifest: Manifest) -> None:
        namespace = "" if isinstance(found, Namespace) else found.namespace or ""
        identity = type(found), namespace, found.name
        if identity in self.files and not isinstance(found, Unsupported):
            subject = f"{namespace}/{found.name}" if namespace else found.name
            message = f"a {manifest.json['kind']} of this name is already in {self.files[identity]}"
            raise Invalid((Fault(subject, "metadata.name", message),))
        self.files[identity] = manifest.file
        self.objects.append(found)

    def cluster(self) -> Cluster:
        return Cluster.of(
            (each for each in self.objects if isinstance(each, Namespace)),
            (each for each in self.objects if isinstance(each, Pod)),
            (each for each in self.objects if isinstance(each, Policy)),
            (each for each in self.objects if isinstance(each, Unsupported)),
        )
