"""The smallest change of a namespace's policies that gives the lab what it wants."""

from netpol.repair.model import PolicyEdit, Repair
from netpol.repair.proposal import find_repair, is_too_large

__all__ = ["PolicyEdit", "Repair", "find_repair", "is_too_large"]
