"""Files → manifests → a cluster. The one part of `netpol` that opens files."""

from netpol.load.document import parse_documents
from netpol.load.events import MalformedDocumentError
from netpol.load.lenient import (
    ManifestSet,
    build_manifest_set,
    load_manifest_set,
    parse_manifest_set,
)
from netpol.load.objects import LoadedCluster, LoadError, load_cluster
from netpol.load.sources import (
    STDIN,
    FileManifest,
    FileProblem,
    find_manifests,
    list_manifest_files,
)

__all__ = [
    "STDIN",
    "FileManifest",
    "FileProblem",
    "LoadError",
    "LoadedCluster",
    "MalformedDocumentError",
    "ManifestSet",
    "build_manifest_set",
    "find_manifests",
    "list_manifest_files",
    "load_cluster",
    "load_manifest_set",
    "parse_documents",
    "parse_manifest_set",
]
