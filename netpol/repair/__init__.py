"""The smallest change of a namespace's policies that gives the lab what it wants."""

from netpol.repair.model import Edit, Repair
from netpol.repair.proposal import repair, too_large

__all__ = ["Edit", "Repair", "repair", "too_large"]
