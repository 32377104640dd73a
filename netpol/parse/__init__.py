"""JSON → model: the one place where manifests are taken apart.

Every function takes an object as the API server keeps it or a file holds it, with or without
`kind` and `apiVersion` (items of a server's lists have neither), and raises `Invalid` with all
the faults that the API server would find, each with the path of its field. `readable` alone passes
over what has any.
"""

from netpol.parse.field import Fault, Field, Invalid, Json, Report
from netpol.parse.metadata import subject
from netpol.parse.objects import namespace, pod
from netpol.parse.policy import Specs, policy, readable
from netpol.parse.selector import selector
from netpol.parse.unsupported import unsupported

__all__ = [
    "Fault",
    "Field",
    "Invalid",
    "Json",
    "Report",
    "Specs",
    "namespace",
    "pod",
    "policy",
    "readable",
    "selector",
    "subject",
    "unsupported",
]
