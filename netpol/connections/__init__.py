"""All connections of a cluster: the allowed protocols and ports between every two pods, and between
pods and addresses outside.

`decide` answers for one port; this answers for all of them at once, and for a whole cluster. Pods
that no policy tells apart are one class, policies are masks over classes and ports, and a row of
the matrix is a few operations on integers, which hold a bit for each class. So an answer costs
what the policies say, not what pairs there are.
"""

from netpol.connections.addresses import AddressRange
from netpol.connections.answer import ConnectionCell, Connections
from netpol.connections.ends import ConnectionEnd
from netpol.connections.ports import PortSpace

__all__ = ["AddressRange", "ConnectionCell", "ConnectionEnd", "Connections", "PortSpace"]
