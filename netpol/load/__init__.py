"""Files → manifests → a cluster. The one part of `netpol` that opens files."""

from netpol.load.cluster import (
    LoadedCluster,
    LoadError,
    ManifestSet,
    build_manifest_set,
    load_cluster,
    load_manifest_set,
    parse_manifest_set,
)
from netpol.load.documents import parse_documents
from netpol.load.files import STDIN, FileManifest, FileProblem, find_manifests, list_manifest_files
from netpol.load.yaml_reader import MalformedDocumentError

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
