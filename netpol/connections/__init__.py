"""What may be opened to what: for every pair of pods, and of pods and addresses outside, a set of
protocols and ports.

`decide` answers for one port; this answers for all of them at once, and for a whole cluster. Pods
that no policy tells apart are one class, policies are masks over classes and ports, and a row of
the matrix is a few operations on integers, which hold a bit for each class. So an answer costs
what the policies say, not what pairs there are.
"""

from netpol.connections.addresses import AddressRange
from netpol.connections.answer import ConnectionCell, Connections
from netpol.connections.ends import ConnectionEnd
from netpol.connections.ports import PortSpace

__all__ = [
    "AddressRange",
    "ConnectionCell",
    "ConnectionEnd",
    "Connections",
    "PortSpace",
]
