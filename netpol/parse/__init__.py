"""JSON → model: the one place where manifests are taken apart.

Every function takes an object as the API server keeps it or a file holds it, with or without
`kind` and `apiVersion` (items of a server's lists have neither), and raises `Invalid` with all
the faults that the API server would find, each with the path of its field. `readable` alone passes
over what has any.
"""

from netpol.parse.field import FaultReport, InvalidManifestError, Json, ManifestFault, ManifestField
from netpol.parse.metadata import format_subject
from netpol.parse.objects import parse_namespace, parse_pod
from netpol.parse.policy import SpecCache, parse_policy, parse_valid_policies
from netpol.parse.selector import parse_selector
from netpol.parse.unsupported import parse_unsupported

__all__ = [
    "FaultReport",
    "InvalidManifestError",
    "Json",
    "ManifestFault",
    "ManifestField",
    "SpecCache",
    "format_subject",
    "parse_namespace",
    "parse_pod",
    "parse_policy",
    "parse_selector",
    "parse_unsupported",
    "parse_valid_policies",
]
