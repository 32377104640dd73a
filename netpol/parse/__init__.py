"""JSON → model: the one place where manifests are taken apart.

Each function takes an object as the API server keeps it or a file holds it, with or without `kind`
and `apiVersion` (items of a server's lists have neither). It raises `InvalidManifestError` with all
the faults that the API server would find, each with the path of its field. `parse_valid_policies`
alone skips invalid objects.
"""

from netpol.parse.field import (
    FaultReport,
    InvalidManifestError,
    Json,
    ManifestFault,
    ManifestField,
)
from netpol.parse.metadata import format_subject, parse_selector
from netpol.parse.objects import (
    ClusterObject,
    parse_namespace,
    parse_object,
    parse_pod,
    parse_unsupported,
)
from netpol.parse.policy import SpecCache, parse_policy, parse_valid_policies

__all__ = [
    "ClusterObject",
    "FaultReport",
    "InvalidManifestError",
    "Json",
    "ManifestFault",
    "ManifestField",
    "SpecCache",
    "format_subject",
    "parse_namespace",
    "parse_object",
    "parse_pod",
    "parse_policy",
    "parse_selector",
    "parse_unsupported",
    "parse_valid_policies",
]
