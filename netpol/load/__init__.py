"""Files → manifests → a cluster. The one part of `netpol` that opens files."""

from netpol.load.document import documents
from netpol.load.events import Malformed
from netpol.load.lenient import Written, taken, written, written_in
from netpol.load.objects import Loaded, Refused, read
from netpol.load.sources import STDIN, Manifest, Problem, below, manifests

__all__ = [
    "STDIN",
    "Loaded",
    "Malformed",
    "Manifest",
    "Problem",
    "Refused",
    "Written",
    "below",
    "documents",
    "manifests",
    "read",
    "taken",
    "written",
    "written_in",
]
